package dev.remora.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.Message.Append;
import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.membership.ConfChangeCodec;
import dev.remora.server.raft.progress.Phase;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Snapshots that are sent, and configurations that change. */
final class MembershipTest {
  private static final ConfState THREE = ConfState.of(List.of(1L, 2L, 3L));

  private final TestGroup group = new TestGroup();

  private void lead() {
    group.startThree().elect(1, 1, 2, 3);
  }

  private Role role(long id) {
    return group.core(id).status().soft().role();
  }

  @Test
  void aFollowerFarBehindIsSentASnapshotAndThenTheRest() {
    lead();
    for (int i = 0; i < 10; i++) {
      group.propose(1, "without 3");
      group.settle(1, 2);
    }
    group.core(1).snapshotTaken(new SnapshotMeta(9, 1, THREE));
    group.core(1).compact(9);

    group.tick(1, 1);
    group.settle(1, 2, 3);
    group.tick(1, 1);
    group.settle(1, 2, 3);

    assertThat(group.core(3).status().lastIndex()).isEqualTo(11);
    assertThat(group.get(3).applied).extracting(Entry::index).containsExactly(1L, 10L, 11L);
  }

  @Test
  void twoVotersAreReplacedThroughAJointConfigurationThatEndsByItself() {
    for (long id = 1; id <= 3; id++) {
      group.restart(id, new HardState(1, 0, 1), new SnapshotMeta(1, 1, THREE), List.of());
    }
    group.start(ConfState.EMPTY, 4, 5);
    group.elect(1, 1, 2, 3);
    ConfChange change =
        new ConfChange(
            Transition.AUTO,
            List.of(
                new Change(ConfChange.Type.REMOVE, 2),
                new Change(ConfChange.Type.REMOVE, 3),
                new Change(ConfChange.Type.ADD_VOTER, 4),
                new Change(ConfChange.Type.ADD_VOTER, 5)),
            Payload.EMPTY);

    group.core(1).proposeConf(change);
    group.settle(1, 2, 3, 4, 5);

    ConfState after = ConfState.of(List.of(1L, 4L, 5L));
    assertThat(group.core(1).status().conf()).isEqualTo(after);
    assertThat(group.core(5).status().conf()).isEqualTo(after);
  }

  @Test
  void aJointConfigurationIsLeftEvenIfAHandOverWasInTheWay() {
    lead();
    ConfChange change =
        new ConfChange(
            Transition.JOINT_IMPLICIT,
            List.of(new Change(ConfChange.Type.ADD_LEARNER, 3)),
            Payload.EMPTY);
    group.core(1).proposeConf(change);
    group.core(1).transferLeader(2);
    group.work(1);
    group.deliver(message -> message instanceof Append && message.to() == 3);
    group.work(3);
    group.deliver(message -> message.to() == 1);
    group.work(1);
    assertThat(group.core(1).status().conf().isJoint()).isTrue();

    group.wire.clear();
    group.tick(1, TestGroup.ELECTION_TICKS);
    group.settle(1, 2, 3);

    assertThat(group.core(1).status().conf())
        .isEqualTo(new ConfState(List.of(1L, 2L), List.of(), List.of(3L), List.of(), false));
  }

  @Test
  void nobodyCampaignsBeforeCommittedChangesAreApplied() {
    ConfChange change =
        new ConfChange(
            Transition.AUTO, List.of(new Change(ConfChange.Type.REMOVE, 3)), Payload.EMPTY);
    Entry entry = new Entry(1, 1, EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change));
    group.restart(1, new HardState(1, 0, 1), new SnapshotMeta(0, 0, THREE), List.of(entry));

    group.core(1).campaign();
    assertThat(role(1)).isEqualTo(Role.FOLLOWER);

    group.work(1);
    group.core(1).campaign();
    assertThat(role(1)).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void noSnapshotIsSentToWhoIsNotHeardOf() {
    for (long id = 1; id <= 2; id++) {
      group.restart(id, new HardState(1, 0, 1), new SnapshotMeta(1, 1, THREE), List.of());
    }
    group.start(ConfState.EMPTY, 3);
    group.elect(1, 1, 2);
    assertThat(progress(3).phase()).isEqualTo(Phase.PROBE);
    group.core(1).step(new AppendResponse(3, 1, 2, 1, true, 0, 0, 0));
    assertThat(progress(3).phase()).isEqualTo(Phase.SNAPSHOT);

    group.core(1).snapshotStatus(3, false);
    group.tick(1, TestGroup.ELECTION_TICKS);
    group.settle(1, 2);

    assertThat(progress(3).isActive()).isFalse();
    assertThat(progress(3).phase()).isEqualTo(Phase.PROBE);
    group.propose(1, "a");
    group.settle(1, 2);
    assertThat(progress(3).phase()).isEqualTo(Phase.PROBE);
  }

  private Status.PeerProgress progress(long id) {
    return Objects.requireNonNull(group.core(1).status().progress().get(id));
  }

  @Test
  void whoIsRemovedAndAddedInOneChangeBeginsAnew() {
    lead();
    ConfChange change =
        new ConfChange(
            Transition.JOINT_EXPLICIT,
            List.of(
                new Change(ConfChange.Type.ADD_LEARNER, 4),
                new Change(ConfChange.Type.REMOVE, 4),
                new Change(ConfChange.Type.ADD_LEARNER, 4)),
            Payload.EMPTY);
    group.core(1).proposeConf(change);
    group.settle(1, 2, 3);
    group.core(1).step(new AppendResponse(4, 1, 1, 2, false, 0, 0, 0));
    assertThat(progress(4).match()).isEqualTo(2);

    group.core(1).applyConf(new ConfChange(Transition.AUTO, List.of(), Payload.EMPTY));
    assertThat(progress(4).match()).isEqualTo(2);
    group.core(1).applyConf(change);

    assertThat(progress(4).match()).isZero();
  }

  @Test
  void aLeaderThatIsAskedItselfRefusesWhatDoesNotFit() {
    lead();
    ConfChange leave = new ConfChange(Transition.AUTO, List.of(), Payload.EMPTY);
    ConfChange remove =
        new ConfChange(
            Transition.AUTO, List.of(new Change(ConfChange.Type.REMOVE, 3)), Payload.EMPTY);
    Proposal refused = new Proposal.Refused(Proposal.Reason.CHANGE_PENDING);

    assertThat(group.core(1).proposeConf(leave)).isEqualTo(refused);
    assertThat(group.core(1).proposeConf(remove)).isEqualTo(new Proposal.Accepted(1, 2));
    assertThat(group.core(1).proposeConf(remove)).isEqualTo(refused);

    assertThat(group.core(1).status().lastIndex()).isEqualTo(2);
  }

  @Test
  void whatWasForwardedAndFitsNoLongerBecomesAnEmptyEntry() {
    lead();
    ConfChange leave = new ConfChange(Transition.AUTO, List.of(), Payload.EMPTY);

    group.core(2).proposeConf(leave);
    group.settle(1, 2, 3);

    assertThat(group.get(2).applied.getLast()).isEqualTo(new Entry(1, 2, Payload.EMPTY));
  }

  @Test
  void aNewLeaderTakesAllItFindsForAChangeUntilItIsApplied() {
    ConfChange change =
        new ConfChange(
            Transition.AUTO, List.of(new Change(ConfChange.Type.REMOVE, 3)), Payload.EMPTY);
    Entry found = new Entry(1, 1, EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change));
    group.preVote = false;
    group.restart(1, new HardState(1, 0, 0), new SnapshotMeta(0, 0, THREE), List.of(found));
    group.core(1).campaign();
    group.work(1);
    group.core(1).step(new Message.VoteResponse(2, 1, 2, false, false));
    group.work(1);
    assertThat(role(1)).isEqualTo(Role.LEADER);

    assertThat(group.core(1).proposeConf(change))
        .isEqualTo(new Proposal.Refused(Proposal.Reason.CHANGE_PENDING));
    group.core(1).step(new Message.Propose(2, 1, 0, List.of(proposed(change))));
    group.take(1);

    assertThat(group.get(1).storing.getLast().append())
        .containsExactly(new Entry(2, 3, Payload.EMPTY));
  }

  private static Message.Proposed proposed(ConfChange change) {
    return new Message.Proposed(EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change));
  }

  @Test
  void aSnapshotOfWhatTheLogHasOnlyTellsTheCommit() {
    List<Entry> log = List.of(TestGroup.entry(1, 1), TestGroup.entry(1, 2), TestGroup.entry(1, 3));
    group.restart(2, new HardState(1, 0, 0), new SnapshotMeta(0, 0, THREE), log);

    group.core(2).step(new Message.Snapshot(1, 2, 1, new SnapshotMeta(2, 1, THREE)));
    group.work(2);

    assertThat(group.core(2).status().lastIndex()).isEqualTo(3);
    assertThat(group.wire).containsExactly(new AppendResponse(2, 1, 1, 2, false, 0, 0, 0));
  }

  @Test
  void aSnapshotOfAGroupOfOthersIsNotInstalled() {
    group.start(ConfState.EMPTY, 4);

    group.core(4).step(new Message.Snapshot(1, 4, 1, new SnapshotMeta(2, 1, THREE)));

    assertThat(group.core(4).status().lastIndex()).isZero();
  }

  @Test
  void nobodyCampaignsWhileASnapshotIsInstalled() {
    group.start(ConfState.EMPTY, 3);
    group.core(3).step(new Message.Snapshot(1, 3, 1, new SnapshotMeta(2, 1, THREE)));
    group.take(3);
    group.core(3).campaign();
    assertThat(role(3)).isEqualTo(Role.FOLLOWER);

    group.store(3);
    group.core(3).campaign();
    assertThat(role(3)).isEqualTo(Role.PRE_CANDIDATE);
  }

  @Test
  void aLeaderThatIsRemovedLeadsUntilTheOthersKnowAndHandsOver() {
    lead();
    removeTheLeader();
    group.cut(_ -> true); // What would have told the others is lost.
    assertThat(role(1)).isEqualTo(Role.LEADER);
    assertThat(group.core(2).status().conf()).isEqualTo(THREE);

    group.tick(1, 1);
    group.settle(1, 2, 3);

    ConfState two = ConfState.of(List.of(2L, 3L));
    assertThat(group.core(2).status().conf()).isEqualTo(two);
    assertThat(group.core(3).status().conf()).isEqualTo(two);
    assertThat(role(1)).isEqualTo(Role.FOLLOWER);
    assertThat(List.of(role(2), role(3))).containsOnlyOnce(Role.LEADER);
  }

  @Test
  void oneOfTwoIsNotEnoughToLeave() {
    lead();
    removeTheLeader();

    group.settle(1, 2);
    group.tick(1, 1);
    group.settle(1, 2);

    assertThat(role(1)).isEqualTo(Role.LEADER);
  }

  @Test
  void aLeaderThatIsRemovedAndHearsNobodyStepsDown() {
    lead();
    removeTheLeader();
    group.cut(_ -> true);

    group.tick(1, 2 * TestGroup.ELECTION_TICKS);

    assertThat(role(1)).isEqualTo(Role.FOLLOWER);
  }

  @Test
  void whatWasAcknowledgedBeforeTheRemovalTellsNothing() {
    lead();
    removeTheLeader();
    List<Message> lost = group.cut(_ -> true);

    group.core(1).step(new AppendResponse(2, 1, 1, 2, false, 0, 0, 1));
    group.core(1).step(new AppendResponse(3, 1, 1, 2, false, 0, 0, 1));
    assertThat(role(1)).isEqualTo(Role.LEADER);

    lost.forEach(message -> group.core(message.to()).step(message));
    group.settle(1, 2, 3);
    assertThat(role(1)).isEqualTo(Role.FOLLOWER);
  }

  /** It knows that this is committed, and nobody else does. */
  private void removeTheLeader() {
    ConfChange change =
        new ConfChange(
            Transition.AUTO, List.of(new Change(ConfChange.Type.REMOVE, 1)), Payload.EMPTY);
    group.core(1).proposeConf(change);
    group.work(1);
    group.deliver(message -> message instanceof Append);
    group.work(2);
    group.work(3);
    group.deliver(message -> message instanceof AppendResponse);
    group.work(1);
    assertThat(group.core(1).status().conf()).isEqualTo(ConfState.of(List.of(2L, 3L)));
  }
}
