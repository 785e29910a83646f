package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.Status;
import dev.remora.server.raft.progress.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** etcd's strict reconfiguration check, and how far a learner must be. */
final class MemberCheckTest {
  private static final long NOW = Duration.ofHours(1).toNanos();
  private static final long LONG_AGO = NOW - Duration.ofSeconds(5).toNanos();
  private static final long JUST_NOW = LONG_AGO + 1;
  private static final Member VOTER = joining(9, false);
  private static final Member LEARNER = joining(9, true);

  private final Others others = new Others();
  private final MemberCheck check = new MemberCheck(1, others, new FixedClocks(), this::askLeader);

  @Test
  void aMemberAloneMayAddAnother() {
    assertThat(refusal(new Command.AddMember(VOTER, 0), group(1))).isNull();
  }

  @Test
  void nobodyIsAddedUnlessAllVotersHaveBeenConnectedForFiveSeconds() {
    others.connected.put(2L, LONG_AGO);
    others.connected.put(3L, JUST_NOW);
    State three = group(1, 2, 3);

    assertThat(refusal(new Command.AddMember(VOTER, 0), three)).isEqualTo(Answer.Reason.UNHEALTHY);
    assertThat(refusal(new Command.AddMember(LEARNER, 0), three))
        .isEqualTo(Answer.Reason.UNHEALTHY);
    others.connected.put(3L, LONG_AGO);
    assertThat(refusal(new Command.AddMember(VOTER, 0), three)).isNull();
    others.connected.remove(2L);
    assertThat(refusal(new Command.AddMember(VOTER, 0), three)).isEqualTo(Answer.Reason.UNHEALTHY);
  }

  @Test
  void nobodyIsAddedToVoteWhileOneIsAwaited() {
    State awaiting = with(group(1), 4);

    assertThat(refusal(new Command.AddMember(VOTER, 0), awaiting))
        .isEqualTo(Answer.Reason.NOT_ENOUGH_STARTED);
    assertThat(refusal(new Command.AddMember(LEARNER, 0), awaiting)).isNull();
  }

  @Test
  void whoIsDownMayBeRemoved() {
    others.connected.put(2L, LONG_AGO);

    assertThat(refusal(new Command.RemoveMember(3, 0), group(1, 2, 3))).isNull();
  }

  @Test
  void aHealthyMemberStaysWhileItsMajorityDependsOnIt() {
    others.connected.put(2L, LONG_AGO);
    State three = group(1, 2, 3);

    assertThat(refusal(new Command.RemoveMember(2, 0), three)).isEqualTo(Answer.Reason.UNHEALTHY);
    assertThat(refusal(new Command.RemoveMember(1, 0), three)).isEqualTo(Answer.Reason.UNHEALTHY);
    others.connected.put(3L, LONG_AGO);
    assertThat(refusal(new Command.RemoveMember(2, 0), three)).isNull();
    assertThat(refusal(new Command.RemoveMember(1, 0), three)).isNull();
  }

  @Test
  void oneOfTwoMayLeaveButNotTheLast() {
    others.connected.put(2L, LONG_AGO);

    assertThat(refusal(new Command.RemoveMember(2, 0), group(1, 2))).isNull();
    assertThat(refusal(new Command.RemoveMember(1, 0), group(1)))
        .isEqualTo(Answer.Reason.NOT_ENOUGH_STARTED);
  }

  @Test
  void aLearnerMayAlwaysBeRemoved() {
    assertThat(refusal(new Command.RemoveMember(4, 0), with(group(1, 2, 3), 4))).isNull();
  }

  @Test
  void aLearnerIsPromotedWithNineTenthsOfTheLeadersLog() {
    State group = with(group(1), 4);
    Command.Reconfiguration promote = new Command.PromoteMember(4);

    others.progress(100, 89, true);
    assertThat(refusal(promote, group)).isEqualTo(Answer.Reason.LEARNER_NOT_READY);
    others.progress(100, 90, false);
    assertThat(refusal(promote, group)).isEqualTo(Answer.Reason.LEARNER_NOT_READY);
    others.progress(100, 90, true);
    assertThat(refusal(promote, group)).isNull();
  }

  @Test
  void whatApplyRefusesIsLeftToIt() {
    State group = group(1);

    assertThat(refusal(new Command.PromoteMember(77), group)).isNull();
    assertThat(refusal(new Command.PromoteMember(1), group)).isNull();
    assertThat(refusal(new Command.RemoveMember(77, 0), group)).isNull();
  }

  private Answer.@Nullable Reason refusal(Command.Reconfiguration change, State state) {
    AtomicReference<Answer.@Nullable Reason> refusal = new AtomicReference<>(Answer.Reason.STOPPED);
    check.judge(change, state, refusal::set);
    return refusal.get();
  }

  private void askLeader(long id, Consumer<LeaseAnswer> done) {
    done.accept(
        MemberCheck.isInSync(others.status(), id)
            ? new LeaseAnswer.Alive(0)
            : new LeaseAnswer.Unknown());
  }

  private static State group(long... voters) {
    Applier applier = new Applier(State.EMPTY);
    List<Long> conf = new ArrayList<>();
    for (long id : voters) {
      conf.add(id);
      Member founder = Member.unstarted(id, "m" + id, List.of("http://m" + id + ":1"), false);
      applier.reconfigure(conf.size(), 1, new Command.AddMember(founder, 0), ConfState.of(conf));
    }
    return applier.freeze();
  }

  private static State with(State group, long learner) {
    Applier applier = new Applier(group);
    ConfState conf =
        new ConfState(group.conf().voters(), List.of(), List.of(learner), List.of(), false);
    applier.reconfigure(
        group.index() + 1, 1, new Command.AddMember(joining(learner, false), 0), conf);
    return applier.freeze();
  }

  private static Member joining(long id, boolean isLearner) {
    return Member.unstarted(id, "", List.of("http://m" + id + ":1"), isLearner);
  }

  private record FixedClocks() implements Clocks {
    @Override
    public long wallNanos() {
      return 0;
    }

    @Override
    public long monotonicNanos() {
      return NOW;
    }
  }

  /** What this member knows of the others. */
  private static final class Others implements Consensus {
    private final Map<Long, Long> connected = new HashMap<>();
    private Map<Long, Status.PeerProgress> progress = Map.of();
    private Role role = Role.LEADER;

    void progress(long own, long learners, boolean isActive) {
      progress = Map.of(1L, peer(own, false, true), 4L, peer(learners, true, isActive));
    }

    private static Status.PeerProgress peer(long match, boolean isLearner, boolean isActive) {
      return new Status.PeerProgress(
          Phase.REPLICATE, match, match + 1, isLearner, isActive, false, 0, 0, false);
    }

    @Override
    public Status status() {
      return new Status(
          1, HardState.INITIAL, new Ready.SoftState(role, 1), 0, 0, ConfState.EMPTY, progress);
    }

    @Override
    public OptionalLong connectedSinceNanos(long peer) {
      Long since = connected.get(peer);
      return since == null ? OptionalLong.empty() : OptionalLong.of(since);
    }

    @Override
    public Proposal propose(List<Payload> payloads) {
      throw new AssertionError("the check proposes nothing");
    }

    @Override
    public Proposal proposeConf(ConfChange change) {
      throw new AssertionError("the check proposes nothing");
    }

    @Override
    public void readIndex(long token) {
      throw new AssertionError("the check reads nothing");
    }

    @Override
    public void snapshotSaved(SnapshotMark mark, ConfState conf, int entriesKept) {
      throw new AssertionError("the check saves nothing");
    }
  }
}
