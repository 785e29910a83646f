package dev.remora.server.raft.membership;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.ConfState;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One change of a configuration, in the making.
 *
 * <p>One voter at a time may change directly: then every majority of the old voters meets every
 * majority of the new (dissertation §4.1). Otherwise both have to agree for a while: the joint
 * configuration (§4.3). A voter that is to become a learner stays a voter of the outgoing half
 * until the joint configuration is left.
 *
 * <p>Changes are idempotent, and a member id of 0 is passed over.
 */
public final class Changer {
  private final ConfState before;
  private final Set<Long> voters;
  private final Set<Long> outgoing;
  private final Set<Long> learners;
  private final Set<Long> learnersNext;
  private final Set<Long> renewed = new TreeSet<>();

  private Changer(ConfState before) {
    this.before = before;
    voters = new TreeSet<>(before.voters());
    outgoing = new TreeSet<>(before.votersOutgoing());
    learners = new TreeSet<>(before.learners());
    learnersNext = new TreeSet<>(before.learnersNext());
  }

  /** What became of a change. */
  public sealed interface Result {
    /**
     * It is in force.
     *
     * @param renewed members that were removed and added again in one change
     */
    record Changed(ConfState conf, Set<Long> renewed) implements Result {}

    /**
     * It does not fit.
     *
     * @param reason in etcd's words
     */
    record Unfit(String reason) implements Result {}
  }

  /** Does what a change says: enters or leaves a joint configuration, or changes directly. */
  public static Result apply(ConfState conf, ConfChange change) {
    if (isLeave(change)) {
      return leaveJoint(conf);
    }
    if (change.transition() != Transition.AUTO || change.changes().size() > 1) {
      return enterJoint(conf, change.changes(), change.transition() != Transition.JOINT_EXPLICIT);
    }
    return simple(conf, change.changes());
  }

  /** Whether a change asks to leave the joint configuration. */
  public static boolean isLeave(ConfChange change) {
    return change.transition() == Transition.AUTO && change.changes().isEmpty();
  }

  /** Changes directly; at most one voter may change. */
  public static Result simple(ConfState conf, List<Change> changes) {
    if (conf.isJoint()) {
      return new Result.Unfit("can't apply simple config change in joint config");
    }
    Changer changer = new Changer(conf);
    changer.run(changes);
    if (changer.voters.isEmpty()) {
      return new Result.Unfit("removed all voters");
    }
    if (changer.votersChanged() > 1) {
      return new Result.Unfit("more than one voter changed without entering joint config");
    }
    return changer.result(false);
  }

  /**
   * Enters a joint configuration.
   *
   * @param autoLeave whether the leader is to leave it by itself
   */
  public static Result enterJoint(ConfState conf, List<Change> changes, boolean autoLeave) {
    if (conf.isJoint()) {
      return new Result.Unfit("config is already joint");
    }
    if (conf.voters().isEmpty()) {
      return new Result.Unfit("can't make a zero-voter config joint");
    }
    Changer changer = new Changer(conf);
    changer.outgoing.addAll(conf.voters());
    changer.run(changes);
    if (changer.voters.isEmpty()) {
      return new Result.Unfit("removed all voters");
    }
    return changer.result(autoLeave);
  }

  /** Leaves the joint configuration: only the incoming half stays. */
  public static Result leaveJoint(ConfState conf) {
    if (!conf.isJoint()) {
      return new Result.Unfit("can't leave a non-joint config");
    }
    Changer changer = new Changer(conf);
    changer.learners.addAll(changer.learnersNext);
    changer.learnersNext.clear();
    changer.outgoing.clear();
    return changer.result(false);
  }

  private void run(List<Change> changes) {
    for (Change change : changes) {
      long member = change.member();
      if (member == 0) {
        continue;
      }
      switch (change.type()) {
        case ADD_VOTER -> addVoter(member);
        case ADD_LEARNER -> addLearner(member);
        case REMOVE -> remove(member);
        case UPDATE -> {}
      }
    }
  }

  private void addVoter(long member) {
    learners.remove(member);
    learnersNext.remove(member);
    voters.add(member);
  }

  private void addLearner(long member) {
    voters.remove(member);
    if (outgoing.contains(member)) {
      learnersNext.add(member);
    } else {
      learners.add(member);
    }
  }

  private void remove(long member) {
    boolean isKnown = voters.contains(member) || learners.contains(member);
    voters.remove(member);
    learners.remove(member);
    learnersNext.remove(member);
    if (isKnown && !outgoing.contains(member)) {
      renewed.add(member);
    }
  }

  private int votersChanged() {
    Set<Long> gone = new TreeSet<>(before.voters());
    gone.removeAll(voters);
    Set<Long> come = new TreeSet<>(voters);
    come.removeAll(before.voters());
    return gone.size() + come.size();
  }

  private Result result(boolean autoLeave) {
    ConfState after =
        new ConfState(
            List.copyOf(voters),
            List.copyOf(outgoing),
            List.copyOf(learners),
            List.copyOf(learnersNext),
            autoLeave);
    return new Result.Changed(after, renewed);
  }
}
