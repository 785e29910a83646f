package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.Outcome;
import dev.remora.server.raft.ConfState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Changes of the members of a running group. */
final class MemberGroupTest {
  private static final Duration A_WHILE = Duration.ofSeconds(10);

  private final MemberGroup group = new MemberGroup(1, 2, 3);

  @Test
  void everyMemberTellsWhereItServes() {
    for (long id = 1; id <= 3; id++) {
      assertThat(group.state(id).members().list()).containsExactly(member(1), member(2), member(3));
    }
    assertThat(group.state(1).revision()).isEqualTo(1);
  }

  @Test
  void whoIsAddedToVoteGetsItsVoteOnceItHasStartedAndCaughtUp() {
    assertDone(group.ask(group.leader(), add(4, false)));
    group.pass(A_WHILE);
    assertThat(group.state(1).hasVote(4)).isFalse();

    group.start(4);
    group.pass(A_WHILE);

    assertThat(new TreeSet<>(voters())).isEqualTo(new TreeSet<>(Set.of(1L, 2L, 3L, 4L)));
    assertThat(Set.copyOf(group.confs())).hasSize(1);
    assertThat(group.state(4).members().get(4)).contains(member(4));
    assertThat(group.state(4).members()).isEqualTo(group.state(1).members());
  }

  @Test
  void theNextLeaderKnowsWhomItHasToPromote() {
    long first = group.leader();
    assertDone(group.ask(first, add(4, false)));
    group.transferLeader(group.follower());
    group.pass(A_WHILE);
    assertThat(group.leader()).isNotEqualTo(first);

    group.start(4);
    group.pass(A_WHILE);

    assertThat(voters()).contains(4L);
  }

  @Test
  void nobodyIsAddedWhileTheOneBeforeHasNotStarted() {
    assertDone(group.ask(group.follower(), add(4, false)));

    assertThat(group.ask(group.leader(), add(5, false)))
        .isEqualTo(new Answer.Failed(Answer.Reason.NOT_ENOUGH_STARTED));
    group.start(4);
    group.pass(A_WHILE);

    assertDone(group.ask(group.leader(), add(5, false)));
  }

  @Test
  void aLearnerStaysOneUntilItIsPromotedByRequest() {
    assertDone(group.ask(group.leader(), add(4, true)));
    for (long asked : List.of(group.leader(), group.follower())) {
      assertThat(group.ask(asked, new Command.PromoteMember(4)))
          .isEqualTo(new Answer.Failed(Answer.Reason.LEARNER_NOT_READY));
    }
    group.start(4);
    group.pass(A_WHILE);
    assertThat(voters()).doesNotContain(4L);

    assertDone(group.ask(group.follower(), new Command.PromoteMember(4)));

    assertThat(voters()).contains(4L);
  }

  @Test
  void withAMemberDownNobodyIsAddedAndNoHealthyOneRemoved() {
    long leader = group.leader();
    long down = group.follower();
    long healthy = 6 - leader - down;
    group.cut(down);

    Answer unhealthy = new Answer.Failed(Answer.Reason.UNHEALTHY);
    assertThat(group.ask(leader, add(4, false))).isEqualTo(unhealthy);
    assertThat(group.ask(leader, new Command.RemoveMember(healthy, 2))).isEqualTo(unhealthy);
    assertDone(group.ask(leader, new Command.RemoveMember(down, 2)));

    assertThat(Set.copyOf(group.confs())).hasSize(1);
    assertThat(voters()).containsExactlyInAnyOrder(leader, healthy);
    assertThat(group.state(healthy).revision()).isEqualTo(3);
  }

  @Test
  void theLeaderMayBeRemovedAndIsAnswered() {
    long leader = group.leader();

    assertDone(group.ask(leader, new Command.RemoveMember(leader, 0)));

    group.cut(leader);
    assertThat(voters()).hasSize(2).doesNotContain(leader);
    assertThat(group.leader()).isNotEqualTo(leader);
  }

  @Test
  void aForwardedChangeThatIsRefusedChangesTheConfigurationNowhere() {
    Member atAnothers = Member.unstarted(4, "", MemberGroup.peerUrls(2), false);

    Answer.Applied refused =
        (Answer.Applied) group.ask(group.follower(), new Command.AddMember(atAnothers, 1));

    assertThat(refused.outcome()).isEqualTo(new Outcome.Refused(1, Outcome.Reason.PEER_URL_EXISTS));
    assertThat(Set.copyOf(group.confs())).containsExactly(ConfState.of(List.of(1L, 2L, 3L)));
    assertDone(group.ask(group.follower(), add(4, false)));
  }

  @Test
  void aLeaderWhoseDiskStandsStillHandsOver() {
    long first = group.leader();
    group.stallDisk(first);

    group.ask(group.follower(), new Command.LeaseGrant(1, 60));

    assertThat(group.leader()).isNotEqualTo(first);
    assertThat(group.ask(group.leader(), new Command.LeaseGrant(2, 60)))
        .isInstanceOf(Answer.Applied.class);
  }

  @Test
  void membersWithTheSameStateFindNoDifference() {
    for (int i = 0; i < 20; i++) {
      group.ask(group.follower(), new Command.LeaseGrant(i + 1, 60));
    }
    group.start(4);
    assertDone(group.ask(group.leader(), add(4, false)));
    group.pass(A_WHILE);

    assertThat(group.differing()).isEmpty();
    assertThat(group.state(4).digest()).isEqualTo(group.state(1).digest()).isNotZero();
  }

  @Test
  void whoHasMadeSomethingElseOfTheLogThanTheLeaderNotices() {
    long leader = group.leader();

    group.fail();
    group.pass(A_WHILE);

    assertThat(group.differing()).hasSize(2).doesNotContain(leader);
  }

  private List<Long> voters() {
    return group.confs().getLast().voters();
  }

  private static Command add(long id, boolean isLearner) {
    return new Command.AddMember(Member.unstarted(id, "", MemberGroup.peerUrls(id), isLearner), 0);
  }

  private static Member member(long id) {
    return new Member(id, "m" + id, MemberGroup.peerUrls(id), MemberGroup.clientUrls(id), false, 1);
  }

  private static void assertDone(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Applied.class);
    assertThat(((Answer.Applied) answer).outcome()).isInstanceOf(Outcome.MembersChanged.class);
  }
}
