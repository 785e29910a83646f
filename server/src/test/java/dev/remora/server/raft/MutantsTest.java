package dev.remora.server.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.Message.Append;
import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.Message.HeartbeatResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** For each safety rule of the core, a few steps in which it matters. */
final class MutantsTest {
  private static final ConfState THREE = ConfState.of(List.of(1L, 2L, 3L));

  @ParameterizedTest
  @EnumSource
  void theCoreIsSafeAndTheMutantIsNot(Mutant mutant) {
    assertThat(isSafe(mutant, null)).as("the core").isTrue();
    assertThat(isSafe(mutant, mutant)).as("the mutant").isFalse();
  }

  private static boolean isSafe(Mutant scenario, @Nullable Mutant bug) {
    TestGroup group = new TestGroup().with(bug);
    return switch (scenario) {
      case READ_JOINS_ROUND_IN_FLIGHT -> laterReadWaits(group);
      case READ_SKIPS_ROUND -> everyReadAsks(group);
      case READ_COUNTS_ANSWERS -> learnersDoNotConfirm(group);
      case READ_POSITION_REPEATS -> oldAnswersDoNotConfirm(group);
      case READ_BEFORE_OWN_COMMIT -> newLeaderWaits(group);
      case READ_BY_NEW_MAJORITY -> bothHalvesConfirm(group);
      case SNAPSHOT_KEEPS_SUFFIX -> snapshotReplacesAll(group);
      case ACK_OF_REPLACED_ENTRY -> replacedIsNotDurable(group);
      case COMMIT_OF_OLD_TERM -> oldTermDoesNotCommit(group);
      case CHANGE_WHILE_PENDING -> oneChangeAtATime(group);
      case LEASE_BY_WALL_CLOCK -> leaseEnds(group);
      case ACK_OF_LAST_INDEX -> acknowledgesWhatWasCovered(group);
      case DUPLICATE_TRUNCATES -> duplicateCutsNothing(group);
      case READ_UNCONFIRMED -> readIsConfirmed(group);
      case LEASE_AFTER_HAND_OVER -> leaseEndsWithHandOver(group);
      case LEARNER_COMMITS -> learnerDoesNotCommit(group);
      case COMMIT_ONE_AHEAD -> commitsWhatAQuorumHas(group);
      case COMMIT_BEYOND_COVERED -> commitsWhatWasCovered(group);
    };
  }

  /** A leader of three that has committed its first entry; nothing is on the wire. */
  private static TestGroup led(TestGroup group) {
    group.startThree().elect(1, 1, 2, 3);
    return group;
  }

  private static boolean laterReadWaits(TestGroup group) {
    led(group);
    group.core(1).readIndex(71);
    group.take(1);
    group.deliver(message -> message.to() != 1);
    group.work(2);
    group.work(3);

    group.core(1).readIndex(72);
    group.take(1);
    group.deliver(message -> message instanceof HeartbeatResponse);
    group.take(1);

    return group.get(1).reads.equals(List.of(new Ready.ReadReady(71, 1)));
  }

  private static boolean everyReadAsks(TestGroup group) {
    led(group);
    group.core(1).readIndex(71);
    group.settle(1, 2, 3);

    group.core(1).readIndex(72);
    group.take(1);

    return group.get(1).reads.size() == 1;
  }

  private static boolean learnersDoNotConfirm(TestGroup group) {
    ConfState conf = new ConfState(List.of(1L, 2L, 3L), List.of(), List.of(4L), List.of(), false);
    group.start(conf, 1, 2, 3, 4);
    group.elect(1, 1, 2, 3, 4);

    group.core(1).readIndex(71);
    group.tick(1, 1);
    group.settle(1, 4);

    return group.get(1).reads.isEmpty();
  }

  private static boolean oldAnswersDoNotConfirm(TestGroup group) {
    led(group);
    group.tick(1, 1);
    group.take(1);
    group.deliver(message -> message.to() == 2);
    group.work(2);

    group.core(1).readIndex(71);
    group.take(1);
    group.deliver(message -> message.from() == 2);
    group.take(1);

    return group.get(1).reads.isEmpty();
  }

  private static boolean newLeaderWaits(TestGroup group) {
    led(group);
    group.propose(1, "acknowledged");
    group.settle(1, 2, 3);
    group.propose(1, "acknowledged, 2 does not know");
    group.work(1);
    group.deliver(message -> message instanceof Append);
    group.work(2);
    group.work(3);
    group.deliver(message -> message.to() == 1);
    long acknowledged = group.core(1).status().hard().commit();
    group.wire.clear();

    group.tick(3, TestGroup.ELECTION_TICKS);
    group.tick(2, TestGroup.ELECTION_TICKS);
    group.core(2).campaign();
    group.work(2);
    for (int i = 0; i < 2; i++) {
      group.deliver(message -> message.to() == 3);
      group.work(3);
      group.deliver(message -> message.to() == 2);
      group.take(2);
      group.store(2);
    }
    group.core(2).readIndex(71);
    group.take(2);
    group.cut(message -> message instanceof Append);
    group.deliver(message -> message.to() == 3);
    group.work(3);
    group.deliver(message -> message.to() == 2);
    group.take(2);

    return group.get(2).isLeader()
        && group.get(2).reads.stream().allMatch(read -> read.index() >= acknowledged);
  }

  private static boolean bothHalvesConfirm(TestGroup group) {
    ConfState joint =
        new ConfState(List.of(1L, 2L, 3L), List.of(1L, 4L, 5L), List.of(), List.of(), false);
    group.start(joint, 1, 2, 3, 4, 5);
    group.elect(1, 1, 2, 3, 4, 5);

    group.core(1).readIndex(71);
    group.settle(1, 2, 3);

    return group.get(1).reads.isEmpty();
  }

  private static boolean snapshotReplacesAll(TestGroup group) {
    List<Entry> others =
        List.of(TestGroup.entry(1, 1), TestGroup.entry(1, 2), TestGroup.entry(1, 3));
    group.restart(2, new HardState(1, 0, 0), new SnapshotMeta(0, 0, THREE), others);

    group.core(2).step(new Message.Snapshot(1, 2, 2, new SnapshotMeta(2, 2, THREE)));

    return group.core(2).status().lastIndex() == 2;
  }

  /** The ABA race: stored in one term, replaced in the next, by an entry of the same index. */
  private static boolean replacedIsNotDurable(TestGroup group) {
    group.start(THREE, 2);
    RaftCore core = group.core(2);
    core.step(new Append(1, 2, 1, 0, 0, 0, List.of(TestGroup.entry(1, 1)), 0));
    group.take(2);
    core.step(new Append(3, 2, 2, 0, 0, 0, List.of(TestGroup.entry(2, 1)), 0));
    group.take(2);

    group.storeOne(2);
    core.step(new Append(3, 2, 2, 1, 2, 1, List.of(), 0));
    group.take(2);

    // It is committed, but not durable here: it must not be applied yet.
    return group.get(2).applied.isEmpty();
  }

  /** Figure 8 of the Raft paper: by 2's answer a majority has the old entry, none of the own. */
  private static boolean oldTermDoesNotCommit(TestGroup group) {
    List<Entry> old = List.of(TestGroup.entry(1, 1), TestGroup.entry(2, 2));
    group.preVote = false;
    group.restart(1, new HardState(3, 0, 1), new SnapshotMeta(0, 0, THREE), old);
    group.core(1).campaign();
    group.work(1);
    long term = group.core(1).status().hard().term();
    group.core(1).step(new Message.VoteResponse(2, 1, term, false, false));
    group.work(1);

    group.core(1).step(new AppendResponse(2, 1, term, 2, false, 0, 0, 0));

    return group.get(1).isLeader() && group.core(1).status().hard().commit() == 1;
  }

  private static boolean oneChangeAtATime(TestGroup group) {
    led(group);
    ConfChange remove =
        new ConfChange(
            Transition.AUTO, List.of(new Change(ConfChange.Type.REMOVE, 3)), Payload.EMPTY);
    group.core(1).proposeConf(remove);
    group.core(1).proposeConf(remove);
    group.take(1);

    long changes =
        group.get(1).storing.stream()
            .flatMap(ready -> ready.append().stream())
            .filter(entry -> entry.kind() == EntryKind.CONF_CHANGE)
            .count();
    return changes == 1;
  }

  private static boolean leaseEnds(TestGroup group) {
    group.leaseReads = true;
    led(group);
    group.tick(1, 1);
    group.settle(1, 2, 3);

    // The wall clock stands, or was put back.
    group.tick(1, TestGroup.ELECTION_TICKS - 1);
    group.core(1).readIndex(71);
    group.take(1);

    return group.get(1).reads.isEmpty();
  }

  private static boolean acknowledgesWhatWasCovered(TestGroup group) {
    List<Entry> others =
        List.of(TestGroup.entry(1, 1), TestGroup.entry(1, 2), TestGroup.entry(1, 3));
    group.restart(2, new HardState(1, 0, 0), new SnapshotMeta(0, 0, THREE), others);

    group.core(2).step(new Append(1, 2, 2, 1, 1, 0, List.of(), 0));
    group.work(2);

    return group.wire.equals(List.of(new AppendResponse(2, 1, 2, 1, false, 0, 0, 0)));
  }

  private static boolean duplicateCutsNothing(TestGroup group) {
    group.start(THREE, 2);
    Append first = new Append(1, 2, 1, 0, 0, 0, List.of(TestGroup.entry(1, 1)), 0);
    group.core(2).step(first);
    group.core(2).step(new Append(1, 2, 1, 1, 1, 0, List.of(TestGroup.entry(1, 2)), 0));
    group.work(2);

    group.core(2).step(first);

    return group.core(2).status().lastIndex() == 2;
  }

  private static boolean readIsConfirmed(TestGroup group) {
    led(group);

    group.core(1).readIndex(71);
    group.take(1);

    return group.get(1).reads.isEmpty();
  }

  private static boolean leaseEndsWithHandOver(TestGroup group) {
    group.leaseReads = true;
    led(group);
    group.tick(1, 1);
    group.settle(1, 2, 3);

    group.core(1).transferLeader(2);
    group.core(1).readIndex(71);
    group.take(1);

    return group.get(1).reads.isEmpty();
  }

  private static boolean learnerDoesNotCommit(TestGroup group) {
    ConfState conf =
        new ConfState(List.of(1L, 2L, 3L), List.of(), List.of(4L, 5L), List.of(), false);
    group.start(conf, 1, 2, 3, 4, 5);
    group.elect(1, 1, 2, 3, 4, 5);
    long before = group.core(1).status().hard().commit();

    group.propose(1, "only learners hear of it");
    group.settle(1, 4, 5);

    return group.core(1).status().hard().commit() == before;
  }

  private static boolean commitsWhatAQuorumHas(TestGroup group) {
    led(group);
    group.propose(1, "all have it");
    group.work(1);
    group.propose(1, "only the leader has it");
    group.work(1);

    group.core(1).step(new AppendResponse(2, 1, 1, 2, false, 0, 0, 0));

    return group.core(1).status().hard().commit() == 2;
  }

  private static boolean commitsWhatWasCovered(TestGroup group) {
    List<Entry> others = List.of(TestGroup.entry(1, 1), TestGroup.entry(1, 2));
    group.restart(2, new HardState(1, 0, 0), new SnapshotMeta(0, 0, THREE), others);

    group.core(2).step(new Append(1, 2, 2, 1, 1, 2, List.of(), 0));

    return group.core(2).status().hard().commit() == 1;
  }
}
