package dev.remora.server.raft;

import java.util.List;

/**
 * A change of the configuration (etcd's ConfChangeV2). With no changes it leaves a joint
 * configuration.
 *
 * @param transition how more than one voter's change comes about
 * @param changes applied in order
 * @param context what the proposer wants to find again at the entry; consensus does not look into
 *     it
 */
public record ConfChange(Transition transition, List<Change> changes, Payload context) {
  /** How a change comes into force (Raft dissertation §4.3). */
  public enum Transition {
    /** Directly if one voter changes, else through a joint configuration that is left by itself. */
    AUTO,
    /** Through a joint configuration, left by itself. */
    JOINT_IMPLICIT,
    /** Through a joint configuration, left by a change without changes. */
    JOINT_EXPLICIT
  }

  /** What becomes of a member. */
  public enum Type {
    ADD_VOTER,
    ADD_LEARNER,
    REMOVE,
    /** Nothing changes for consensus: its addresses are others. */
    UPDATE
  }

  /**
   * One member's part.
   *
   * @param member its id, not 0
   */
  public record Change(Type type, long member) {}

  public ConfChange {
    changes = List.copyOf(changes);
  }
}
