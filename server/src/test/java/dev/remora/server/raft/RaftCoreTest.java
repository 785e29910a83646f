package dev.remora.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.Message.Append;
import dev.remora.server.raft.Message.TimeoutNow;
import dev.remora.server.raft.Message.VoteRequest;
import dev.remora.server.raft.Message.VoteResponse;
import dev.remora.server.raft.Proposal.Reason;
import dev.remora.server.raft.Proposal.Refused;
import dev.remora.server.raft.Ready.ReadReady;
import dev.remora.server.raft.progress.Phase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RaftCoreTest {
  private static final ConfState THREE = ConfState.of(List.of(1L, 2L, 3L));

  private final TestGroup group = new TestGroup();

  private void lead() {
    group.startThree().elect(1, 1, 2, 3);
  }

  private Role role(long id) {
    return group.core(id).status().soft().role();
  }

  private long commit(long id) {
    return group.core(id).status().hard().commit();
  }

  @Test
  void aSilentGroupElectsALeaderByItself() {
    group.startThree();

    for (int tick = 0; tick < 2 * TestGroup.ELECTION_TICKS; tick++) {
      for (long id = 1; id <= 3; id++) {
        group.tick(id, 1);
      }
      group.settle(1, 2, 3);
    }

    assertThat(List.of(role(1), role(2), role(3))).containsOnlyOnce(Role.LEADER);
    assertThat(commit(1)).isEqualTo(1);
  }

  @Test
  void ownVoteAndOwnEntriesCountOnlyWhenDurable() {
    group.preVote = false;
    group.start(ConfState.of(List.of(1L)), 1);

    group.core(1).campaign();
    group.take(1);
    assertThat(role(1)).isEqualTo(Role.CANDIDATE);

    group.store(1);
    group.take(1);
    assertThat(role(1)).isEqualTo(Role.LEADER);
    assertThat(commit(1)).isZero();

    group.store(1);
    assertThat(commit(1)).isEqualTo(1);
  }

  @Test
  void aVoteIsPromisedOnlyWhenDurableAndNeverToTwo() {
    group.startThree();

    group.core(1).step(new VoteRequest(2, 1, 5, 0, 0, false, false));
    group.take(1);
    assertThat(group.wire).isEmpty();
    assertThat(group.get(1).storing.getLast().hard()).isEqualTo(new HardState(5, 2, 0));
    group.store(1);
    group.core(1).step(new VoteRequest(3, 1, 5, 0, 0, false, false));
    group.work(1);

    assertThat(group.wire)
        .containsExactly(
            new VoteResponse(1, 2, 5, false, false), new VoteResponse(1, 3, 5, false, true));
  }

  @Test
  void aVoteGivenBeforeARestartIsNotGivenAgain() {
    group.restart(1, new HardState(5, 2, 0), new SnapshotMeta(0, 0, THREE), List.of());

    group.core(1).step(new VoteRequest(3, 1, 5, 0, 0, false, false));
    group.work(1);

    assertThat(group.wire).containsExactly(new VoteResponse(1, 3, 5, false, true));
  }

  @Test
  void whoHearsOfALeaderDoesNotVoteForAnother() {
    lead();

    group.core(2).step(new VoteRequest(3, 2, 9, 9, 9, false, false));
    group.work(2);
    assertThat(group.wire).isEmpty();
    assertThat(group.core(2).status().hard().term()).isEqualTo(1);

    group.core(2).step(new VoteRequest(3, 2, 9, 9, 9, false, true));
    group.work(2);
    assertThat(group.wire).containsExactly(new VoteResponse(2, 3, 9, false, false));
  }

  @Test
  void aMemberThatWasCutOffDoesNotDisturbTheOthers() {
    lead();
    group.tick(3, 10 * TestGroup.ELECTION_TICKS);
    group.settle(3);
    assertThat(role(3)).isEqualTo(Role.PRE_CANDIDATE);

    group.tick(1, 1);
    group.settle(1, 2, 3);

    assertThat(role(1)).isEqualTo(Role.LEADER);
    assertThat(group.core(3).status().hard().term()).isEqualTo(1);
    assertThat(role(3)).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aLeaderThatHearsNoQuorumStepsDown() {
    lead();

    group.tick(1, TestGroup.ELECTION_TICKS);
    assertThat(role(1)).isEqualTo(Role.LEADER);
    group.tick(1, TestGroup.ELECTION_TICKS);

    assertThat(role(1)).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void theLeadershipIsHandedOverOnceTheOtherHasTheWholeLog() {
    lead();
    group.propose(1, "not there yet");
    group.work(1);
    List<Message> held = group.cut(message -> message instanceof Append && message.to() == 2);

    group.core(1).transferLeader(2);
    group.work(1);
    assertThat(group.wire).noneMatch(TimeoutNow.class::isInstance);
    assertThat(group.core(1).propose(List.of(TestGroup.payload("later"))))
        .isEqualTo(new Refused(Reason.TRANSFERRING));

    group.wire.addAll(held);
    group.settle(1, 2, 3);
    assertThat(role(2)).isEqualTo(Role.LEADER);
    assertThat(group.core(2).status().hard().term()).isEqualTo(2);
    assertThat(role(1)).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void aHandOverThatDoesNotHappenIsGivenUp() {
    lead();
    group.core(1).transferLeader(2);
    group.work(1);
    group.wire.clear();
    group.tick(1, TestGroup.ELECTION_TICKS);

    assertThat(group.core(1).propose(List.of(TestGroup.payload("again"))))
        .isEqualTo(new Proposal.Accepted(1, 2));
  }

  /** Else every answer to overtaken messages would begin a stream, whose messages overtake, too. */
  @Test
  void aRejectionFromBeforeTheStreamBeginsNoOther() {
    lead();
    List<Message> appends = new ArrayList<>();
    for (String text : List.of("a", "b", "c")) {
      group.propose(1, text);
      group.work(1);
      appends.addAll(group.cut(message -> message.to() == 2));
      group.wire.clear();
    }
    for (int late : List.of(1, 2, 0)) {
      group.core(2).step(appends.get(late));
    }
    group.work(2);
    List<Message> answers = group.cut(message -> message.from() == 2);

    List<Integer> sent = new ArrayList<>();
    for (int answer : List.of(0, 2, 1)) {
      group.core(1).step(answers.get(answer));
      group.work(1);
      sent.add(group.cut(message -> message.to() == 2).size());
    }

    assertThat(sent).as("a probe, the stream, nothing").containsExactly(1, 1, 0);
    assertThat(group.core(1).status().progress())
        .hasEntrySatisfying(2L, to -> assertThat(to.phase()).isEqualTo(Phase.REPLICATE));
  }

  @Test
  void aFollowerAsksTheLeaderToHandOver() {
    lead();

    group.core(2).transferLeader(3);
    group.settle(1, 2, 3);

    assertThat(role(3)).isEqualTo(Role.LEADER);
  }

  @Test
  void tooMuchUncommittedIsRefusedUntilItIsApplied() {
    group.uncommittedBytesMax = 10;
    lead();
    group.propose(1, "12345678");
    Proposal second = group.core(1).propose(List.of(TestGroup.payload("1234")));
    assertThat(second).isEqualTo(new Refused(Reason.OVERLOADED));

    group.settle(1, 2, 3);

    assertThat(group.core(1).propose(List.of(TestGroup.payload("1234"))))
        .isInstanceOf(Proposal.Accepted.class);
  }

  @Test
  void aLearnerIsNotHandedTheLeadership() {
    ConfState conf = new ConfState(List.of(1L), List.of(), List.of(2L), List.of(), false);
    group.start(conf, 1, 2).elect(1, 1, 2);

    group.core(1).transferLeader(2);

    assertThat(group.core(1).propose(List.of(TestGroup.payload("a"))))
        .isInstanceOf(Proposal.Accepted.class);
  }

  @Test
  void whoAsksAboutAnOldTermIsTold() {
    group.restart(1, new HardState(5, 2, 0), new SnapshotMeta(0, 0, THREE), List.of());

    group.core(1).step(new VoteRequest(3, 1, 3, 0, 0, true, false));
    group.work(1);

    assertThat(group.wire).containsExactly(new VoteResponse(1, 3, 5, true, true));
  }

  @Test
  void aFollowerPassesProposalsOn() {
    lead();

    Proposal proposal = group.core(3).propose(List.of(TestGroup.payload("a")));
    group.settle(1, 2, 3);

    assertThat(proposal).isEqualTo(new Proposal.Forwarded(1));
    assertThat(group.get(2).applied).hasSize(2);
    assertThat(group.core(3).status().hard().commit()).isEqualTo(2);
  }

  @Test
  void aBatchLeavesInOneAppendAndOneStore() {
    lead();
    group.core(1).propose(List.of(TestGroup.payload("a"), TestGroup.payload("b")));
    group.take(1);

    assertThat(group.wire).hasSize(2);
    assertThat(group.get(1).storing.getLast().append()).hasSize(2);
  }

  @Test
  void readsAreServedByLeaderAndFollowerAndRideOnOneRound() {
    lead();
    group.core(1).readIndex(11);
    group.core(1).readIndex(12);
    group.core(2).readIndex(21);
    group.take(1);
    assertThat(group.wire).hasSize(2).allMatch(Message.Heartbeat.class::isInstance);

    group.settle(1, 2, 3);

    assertThat(group.get(1).reads).containsExactly(new ReadReady(11, 1), new ReadReady(12, 1));
    assertThat(group.get(2).reads).containsExactly(new ReadReady(21, 1));
  }

  @Test
  void aReadNeedsNoHeartbeatWhereAnAppendLeaves() {
    lead();
    group.core(1).readIndex(11);
    group.propose(1, "a");
    group.take(1);

    assertThat(group.wire).hasSize(2).allMatch(Append.class::isInstance);
    group.settle(1, 2, 3);
    assertThat(group.get(1).reads).containsExactly(new ReadReady(11, 1));
  }

  @Test
  void readsThatArriveDuringARoundGoWithTheNext() {
    lead();
    group.core(1).readIndex(11);
    group.take(1);
    group.core(1).readIndex(12);
    group.core(1).readIndex(13);
    group.take(1);
    assertThat(group.wire).hasSize(2);

    group.settle(1, 2, 3);

    assertThat(group.get(1).reads).extracting(ReadReady::token).containsExactly(11L, 12L, 13L);
  }

  @Test
  void aRoundThatIsLostIsMadeUpForByTheNextHeartbeat() {
    lead();
    group.core(1).readIndex(11);
    group.work(1);
    group.wire.clear();

    group.tick(1, 1);
    group.settle(1, 2);

    assertThat(group.get(1).reads).containsExactly(new ReadReady(11, 1));
  }

  @Test
  void aSingleMemberReadsAtOnce() {
    group.start(ConfState.of(List.of(1L)), 1);
    group.elect(1, 1);

    group.core(1).readIndex(11);
    group.take(1);

    assertThat(group.get(1).reads).containsExactly(new ReadReady(11, 1));
  }

  @Test
  void aLeaseServesReadsWithoutARoundUntilItEnds() {
    group.leaseReads = true;
    lead();
    group.tick(1, 1);
    group.settle(1, 2, 3);

    group.core(1).readIndex(11);
    group.take(1);
    assertThat(group.get(1).reads).containsExactly(new ReadReady(11, 1));
    assertThat(group.wire).isEmpty();

    group.core(1).transferLeader(2);
    group.core(1).readIndex(12);
    group.take(1);
    assertThat(group.get(1).reads).hasSize(1);
  }

  @Test
  void aTransfereeMayCampaignAtAnyTimeSoThatNoLeaseHoldsAnyMore() {
    group.leaseReads = true;
    lead();
    group.core(1).transferLeader(2);
    group.take(1);
    group.cut(message -> message instanceof TimeoutNow);
    for (int tick = 0; tick < TestGroup.ELECTION_TICKS; tick++) {
      group.tick(1, 1);
      group.settle(1, 2, 3);
    }

    group.core(1).readIndex(11);
    group.take(1);

    assertThat(group.get(1).reads).isEmpty();
  }

  @Test
  void readsOfAnEarlierTermAreLost() {
    lead();
    group.core(1).readIndex(11);
    group.take(1);
    group.wire.clear();
    group.core(1).step(new Message.HeartbeatResponse(2, 1, 9, 0));
    group.settle(1);
    group.tick(2, TestGroup.ELECTION_TICKS);
    group.elect(1, 1, 2);

    assertThat(group.get(1).reads).isEmpty();
  }
}
