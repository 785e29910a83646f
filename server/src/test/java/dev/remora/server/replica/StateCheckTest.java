package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.State;
import org.junit.jupiter.api.Test;

final class StateCheckTest {
  private final StateCheck check = new StateCheck(1, State.EMPTY);

  private void apply(long from, long to) {
    for (long index = from; index <= to; index++) {
      check.applied(index, digest(index));
    }
  }

  private static long digest(long index) {
    return index * 31;
  }

  @Test
  void theSamePlacesAreCompared() {
    apply(1, 5);

    assertThat(check.differs(new StateClaim(3, digest(3)))).isFalse();
    assertThat(check.differs(new StateClaim(5, digest(5)))).isFalse();
    assertThat(check.differs(new StateClaim(4, digest(5)))).isTrue();
  }

  @Test
  void whatIsSaidOfAPlaceToComeWaitsUntilThen() {
    apply(1, 2);

    assertThat(check.differs(new StateClaim(4, 7))).isFalse();
    apply(3, 3);
    assertThat(check.differs(new StateClaim(3, digest(3)))).isFalse();
    assertThat(check.differs(new StateClaim(5, 8))).isFalse();
    apply(4, 5);
    assertThat(check.differs(new StateClaim(5, digest(5)))).isTrue();
    assertThat(check.differs(new StateClaim(5, digest(5)))).isFalse();
  }

  @Test
  void placesLongAgoAreNotKnownAnyMore() {
    apply(1, (1 << 16) + 10);

    assertThat(check.differs(new StateClaim(10, 7))).isFalse();
    assertThat(check.differs(new StateClaim(11, 7))).isTrue();
  }

  @Test
  void nothingIsKnownOfThePlacesBeforeASnapshot() {
    apply(1, 5);
    check.restart(State.EMPTY);

    assertThat(check.differs(new StateClaim(3, 7))).isFalse();
    check.applied(1, digest(1));
    assertThat(check.differs(new StateClaim(1, 7))).isTrue();
  }
}
