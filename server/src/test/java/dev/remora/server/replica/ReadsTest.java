package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReadsTest {
  private static final long FIRST_TOKEN = 40;

  private long nanos = -1_000;
  private final List<Optional<State>> answers = new ArrayList<>();
  private final Reads reads = new Reads(new HandClocks(), FIRST_TOKEN);

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
  void aRoundThatIsSlowIsNotThrownAwayByLaterReaders() {
    reads.add(answers::add);
    assertThat(reads.next()).hasValue(41);
    nanos += 100;
    reads.add(answers::add);
    assertThat(reads.next()).hasValue(42);

    reads.again(nanos); // The first is old by now, the second is not.

    assertThat(reads.next()).hasValue(43);
    reads.readable(41, 0, State.EMPTY);
    assertThat(answers).isEmpty();
    reads.readable(42, 0, State.EMPTY);
    assertThat(answers).containsExactly(Optional.of(State.EMPTY));
    reads.readable(43, 0, State.EMPTY);
    assertThat(answers).hasSize(2);
  }

  @Test
  void whatWaitsTooLongIsToldSoWhereverItWaits() {
    reads.add(answers::add);
    reads.next();
    reads.readable(41, 7, State.EMPTY); // Nothing is applied up to there.
    reads.add(answers::add);
    reads.next();
    reads.add(answers::add);

    reads.giveUp(nanos + 1);

    assertThat(answers).hasSize(3).containsOnly(Optional.empty());
    reads.readable(42, 0, State.EMPTY);
    assertThat(answers).hasSize(3);
    assertThat(reads.next()).isEmpty();
  }
}
