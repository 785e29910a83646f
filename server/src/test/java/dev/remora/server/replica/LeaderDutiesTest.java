package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LeaderDutiesTest {
  private static final Command REVOKE = new Command.LeaseRevoke(7, true);

  private long nanos;
  private final List<Command> proposed = new ArrayList<>();
  private final LeaderDuties duties = new LeaderDuties(new HandClocks(), proposed::add);

  private final class HandClocks implements Clocks {
    @Override
    public long wallNanos() {
      return nanos;
    }

    @Override
    public long monotonicNanos() {
      return nanos;
    }
  }

  @Test
  void aLeaseThatNobodyKeptAliveIsRevokedAtItsTtl() {
    State state = stateWithALeaseOfTenSeconds();
    duties.begin(state);
    look(state, Duration.ofMillis(9_750));

    assertThat(proposed).isEmpty();
    look(state, Duration.ofMillis(250));
    assertThat(proposed).containsExactly(REVOKE);
  }

  @Test
  void aMemberThatWasPausedRevokesNothingForAFullTtl() {
    State state = stateWithALeaseOfTenSeconds();
    duties.begin(state);
    look(state, Duration.ofSeconds(5));
    nanos += Duration.ofSeconds(60).toNanos();
    duties.revokeExpiredLeases(state);
    look(state, Duration.ofMillis(9_750));

    assertThat(proposed).isEmpty();
    look(state, Duration.ofMillis(250));
    assertThat(proposed).containsExactly(REVOKE);
  }

  /** Passes the time as it passes for a member that is not paused. */
  private void look(State state, Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 250) {
      nanos += Duration.ofMillis(250).toNanos();
      duties.revokeExpiredLeases(state);
    }
  }

  private static State stateWithALeaseOfTenSeconds() {
    Applier applier = new Applier(State.EMPTY);
    applier.apply(1, 1, new Command.LeaseGrant(7, 10));
    return applier.freeze();
  }
}
