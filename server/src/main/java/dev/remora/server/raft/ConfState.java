package dev.remora.server.raft;

import java.util.List;

/**
 * Who belongs to the group and how (Raft dissertation §4). Lists are sorted, without duplicates.
 *
 * @param voters who votes; in a joint configuration, the incoming half
 * @param votersOutgoing the outgoing half of a joint configuration, else empty
 * @param learners who receives the log and has no vote
 * @param learnersNext who becomes a learner when the joint configuration is left: now still an
 *     outgoing voter
 * @param autoLeave whether the leader leaves the joint configuration by itself
 */
public record ConfState(
    List<Long> voters,
    List<Long> votersOutgoing,
    List<Long> learners,
    List<Long> learnersNext,
    boolean autoLeave) {
  /** Of a member that belongs to no group yet. */
  public static final ConfState EMPTY = of(List.of());

  public ConfState {
    voters = List.copyOf(voters);
    votersOutgoing = List.copyOf(votersOutgoing);
    learners = List.copyOf(learners);
    learnersNext = List.copyOf(learnersNext);
  }

  /** Of a group with these voters and nobody else. */
  public static ConfState of(List<Long> voters) {
    return new ConfState(voters.stream().sorted().toList(), List.of(), List.of(), List.of(), false);
  }

  /** Whether this member belongs to the group, with or without a vote. */
  public boolean has(long member) {
    return voters.contains(member) || votersOutgoing.contains(member) || learners.contains(member);
  }

  /** Whether decisions need a majority of both halves. */
  public boolean isJoint() {
    return !votersOutgoing.isEmpty();
  }
}
