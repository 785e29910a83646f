package dev.remora.server.simulation;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Changes the group as an operator would: learners first, never so that a quorum is out of reach,
 * and what has died is replaced.
 */
final class Operator {
  private static final int VOTERS_MAX = 7;

  /** A change that was proposed may come to light so much later. */
  private static final long REST_MICROS = 30 * Swarm.TICK_MICROS;

  private final Group group;
  private long lastChangeMicros = -REST_MICROS;

  Operator(Group group) {
    this.group = group;
  }

  /** Does one thing, if it can be done now; returns whether it was to be done at all. */
  boolean act(FaultKind kind, SplittableRandom chance, SimMember any, @Nullable SimMember leader) {
    if (leader == null || !leader.isActive()) {
      if (kind == FaultKind.CAMPAIGN) {
        any.server().campaign();
      }
      return false;
    }
    switch (kind) {
      case ADD_LEARNER -> addLearner(leader);
      case PROMOTE -> promote(leader);
      case REMOVE -> remove(leader, any.id);
      case REMOVE_LEADER -> remove(leader, leader.id);
      case REPLACE -> {
        return replace(leader, any.id, chance);
      }
      case TRANSFER -> {
        group.marks().reach(Mark.LEADER_TRANSFERRED);
        leader.server().transferLeader(any.id);
      }
      case FORGET_LEADER -> any.server().forgetLeader();
      case CAMPAIGN -> any.server().campaign();
      default -> throw new IllegalArgumentException(kind.toString());
    }
    return true;
  }

  /** Brings the group nearer to one without dead members; returns whether it is one. */
  boolean repair() {
    SimMember leader = group.leader();
    if (leader == null || leader.process.isPaused()) {
      return false;
    }
    ConfState conf = leader.shadow.conf;
    if (conf.isJoint()) {
      propose(leader, change(ConfChange.Transition.AUTO));
      return false;
    }
    for (long id : conf.voters()) {
      if (group.member(id).isDead()) {
        group.marks().reach(Mark.MINORITY_REPLACED_AFTER_DISK_LOSS);
        propose(leader, ConfChange.Type.REMOVE, id);
        return false;
      }
    }
    for (long id : conf.learners()) {
      if (group.member(id).isDead()) {
        propose(leader, ConfChange.Type.REMOVE, id);
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a member may be lost for ever: a majority of the others must be left, and everything at
   * rest.
   */
  boolean maySpare(SimMember member) {
    SimMember leader = group.leader();
    boolean isRecent = group.scheduler().nowMicros() < lastChangeMicros + REST_MICROS;
    if (leader == null || isRecent || leader.shadow.conf.isJoint() || isChanging(leader)) {
      return false;
    }
    long voters = leader.shadow.quorum.voters();
    long lost = group.countVoters(leader, this::isLost);
    boolean isVoter = (voters >> member.id & 1) != 0;
    boolean isLearner = leader.shadow.conf.learners().contains(member.id);
    return (isLearner && !isVoter) || (isVoter && 2 * (lost + 1) < Long.bitCount(voters));
  }

  private boolean isLost(long id) {
    return group.member(id).isDead() || group.isDamaged(id);
  }

  /** Whether some member has not yet applied a change that some member knows of. */
  private boolean isChanging(SimMember leader) {
    long last = leader.shadow.log.lastChange();
    for (SimMember member : group.members()) {
      if (!member.isDead()) {
        last = Math.max(last, member.shadow.log.lastChange());
      }
    }
    long newest = last;
    return !leader.process.isUp()
        || group.countVoters(leader, id -> group.member(id).shadow.applied < newest) > 0;
  }

  private void addLearner(SimMember leader) {
    if (leader.shadow.conf.learners().size() < 2) {
      SimMember joined = group.join();
      if (joined != null) {
        propose(leader, ConfChange.Type.ADD_LEARNER, joined.id);
      }
    }
  }

  private void promote(SimMember leader) {
    ConfState conf = leader.shadow.conf;
    if (conf.voters().size() >= VOTERS_MAX || hasLost(leader)) {
      return;
    }
    for (long id : conf.learners()) {
      SimMember learner = group.member(id);
      if (learner.isActive() && learner.shadow.log.last() * 10 >= leader.shadow.log.last() * 9) {
        propose(leader, ConfChange.Type.ADD_VOTER, id);
        return;
      }
    }
  }

  private void remove(SimMember leader, long id) {
    boolean isVoter = leader.shadow.conf.voters().contains(id);
    if (!hasLost(leader) && (!isVoter || leader.shadow.conf.voters().size() > 2)) {
      propose(leader, ConfChange.Type.REMOVE, id);
    }
  }

  /**
   * All learners that run take the places of as many voters but the leader, through a joint
   * configuration that is not left soon: its halves may have majorities apart.
   */
  boolean replaceMany(SimMember leader, SplittableRandom chance) {
    ConfState conf = leader.shadow.conf;
    List<Long> joining =
        conf.learners().stream().filter(id -> group.member(id).isActive()).toList();
    List<Long> leaving = new ArrayList<>(conf.voters());
    leaving.removeIf(id -> id == leader.id);
    if (conf.isJoint() || joining.isEmpty() || leaving.size() < 2 || hasLost(leader)) {
      addLearner(leader);
      return false;
    }
    List<ConfChange.Change> changes = new ArrayList<>();
    for (long id : joining) {
      if (leaving.size() > 1) {
        long out = leaving.remove(chance.nextInt(leaving.size()));
        changes.add(new ConfChange.Change(ConfChange.Type.ADD_VOTER, id));
        changes.add(new ConfChange.Change(ConfChange.Type.REMOVE, out));
      }
    }
    boolean isExplicit = chance.nextInt(3) > 0;
    propose(
        leader,
        new ConfChange(
            isExplicit
                ? ConfChange.Transition.JOINT_EXPLICIT
                : ConfChange.Transition.JOINT_IMPLICIT,
            changes,
            Payload.EMPTY));
    if (isExplicit) {
      leaveLater(10 * Swarm.TICK_MICROS);
    }
    return true;
  }

  /** Another takes the place of a voter, through a joint configuration. */
  private boolean replace(SimMember leader, long id, SplittableRandom chance) {
    ConfState conf = leader.shadow.conf;
    if (!conf.voters().contains(id) || conf.learners().isEmpty() || hasLost(leader)) {
      addLearner(leader);
      return false;
    }
    long next = conf.learners().get(chance.nextInt(conf.learners().size()));
    if (!group.member(next).isActive()) {
      return false;
    }
    List<ConfChange.Transition> all = List.of(ConfChange.Transition.values());
    ConfChange.Transition transition = all.get(chance.nextInt(all.size()));
    List<ConfChange.Change> changes = new ArrayList<>();
    changes.add(new ConfChange.Change(ConfChange.Type.ADD_VOTER, next));
    changes.add(
        new ConfChange.Change(
            chance.nextBoolean() ? ConfChange.Type.REMOVE : ConfChange.Type.ADD_LEARNER, id));
    propose(leader, new ConfChange(transition, changes, Payload.EMPTY));
    if (transition == ConfChange.Transition.JOINT_EXPLICIT) {
      leaveLater(10 * Swarm.TICK_MICROS);
    }
    return true;
  }

  private void leaveLater(long micros) {
    group
        .scheduler()
        .after(
            micros,
            () -> {
              SimMember leader = group.leader();
              if (leader != null && leader.isActive() && leader.shadow.conf.isJoint()) {
                propose(leader, change(ConfChange.Transition.AUTO));
              }
            });
  }

  private boolean hasLost(SimMember leader) {
    return group.countVoters(leader, this::isLost) > 0;
  }

  private void propose(SimMember leader, ConfChange.Type type, long id) {
    propose(leader, change(ConfChange.Transition.AUTO, new ConfChange.Change(type, id)));
  }

  private void propose(SimMember leader, ConfChange change) {
    lastChangeMicros = group.scheduler().nowMicros();
    leader.server().proposeConf(change);
  }

  private static ConfChange change(ConfChange.Transition transition, ConfChange.Change... changes) {
    return new ConfChange(transition, List.of(changes), Payload.EMPTY);
  }
}
