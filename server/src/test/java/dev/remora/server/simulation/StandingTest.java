package dev.remora.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When a run may end without a leader, and when that is a bug. */
final class StandingTest {
  private static final Quorum BOTH = quorum(1, 2);
  private static final Quorum SECOND_ALONE = quorum(2);

  /** 1 led and removed itself at 10; 2 has that entry, does not know it is committed. */
  @Test
  void aRemovedLeaderWithALongerLogIsInTheWay() {
    assertThat(isStuck(at(1, SECOND_ALONE, 11, 10), at(2, BOTH, 10, 9))).isTrue();
  }

  @Test
  void aRemovedLeaderThatWouldVoteIsNot() {
    assertThat(isStuck(at(1, SECOND_ALONE, 10, 10), at(2, BOTH, 10, 9))).isFalse();
  }

  @Test
  void whoHasHeardOfTheRemovalCanWin() {
    assertThat(isStuck(at(1, SECOND_ALONE, 11, 10), at(2, SECOND_ALONE, 10, 10))).isFalse();
  }

  @Test
  void threeDoNotNeedTheRemovedOne() {
    Quorum three = quorum(1, 2, 3);

    assertThat(isStuck(at(1, quorum(2, 3), 11, 10), at(2, three, 10, 9), at(3, three, 10, 9)))
        .isFalse();
  }

  /** The outgoing half of a joint configuration is 1 and 2, of which 1 has left. */
  @Test
  void aJointConfigurationNeedsItsOutgoingHalf() {
    Quorum joint = new Quorum(bits(2, 3), bits(1, 2));
    Quorum after = quorum(2, 3);

    assertThat(isStuck(at(1, after, 11, 10), at(2, joint, 10, 9), at(3, joint, 10, 9))).isTrue();
  }

  @Test
  void aQuorumThatIsMissingIsNoExcuse() {
    assertThat(isStuck(at(2, quorum(1, 2, 3), 10, 10))).isFalse();
    assertThat(isStuck()).isFalse();
  }

  @Test
  void nobodyWhoseVoteIsNeededByTheNewConfigurationEitherIsAnExcuse() {
    Quorum old = quorum(1, 2, 3);
    Quorum after = quorum(2, 3);

    assertThat(isStuck(at(1, after, 11, 10), at(2, old, 10, 9))).isFalse();
  }

  private static boolean isStuck(Standing... running) {
    return Standing.areStuckByRemoval(List.of(running));
  }

  private static Standing at(long id, Quorum quorum, long lastIndex, long applied) {
    return new Standing(id, quorum, 1, lastIndex, applied);
  }

  private static Quorum quorum(long... voters) {
    return new Quorum(bits(voters), 0);
  }

  private static long bits(long... members) {
    long bits = 0;
    for (long member : members) {
      bits |= 1L << member;
    }
    return bits;
  }
}
