package dev.remora.server.raft;

import dev.remora.server.raft.progress.Phase;
import java.util.Map;

/**
 * A core as it is between two calls.
 *
 * @param id the member's own
 * @param hard term, vote, commit
 * @param soft role and leader
 * @param applied the last place told to be applied
 * @param lastIndex of the log
 * @param conf the configuration in force
 * @param progress of each member as this leader sees it; empty elsewhere
 */
public record Status(
    long id,
    HardState hard,
    Ready.SoftState soft,
    long applied,
    long lastIndex,
    ConfState conf,
    Map<Long, PeerProgress> progress) {

  /**
   * How far a member is.
   *
   * @param phase how it is sent to
   * @param match the last place known to agree with the leader's log
   * @param next the next place to send
   * @param isLearner whether it has no vote
   * @param isActive whether it was heard of in this election timeout
   * @param isPaused whether nothing is sent to it until it answers
   * @param pendingSnapshot the place of the snapshot it is being sent, 0 for none
   * @param inflights how many appends are under way to it
   * @param isInflightFull whether no more may be
   */
  public record PeerProgress(
      Phase phase,
      long match,
      long next,
      boolean isLearner,
      boolean isActive,
      boolean isPaused,
      long pendingSnapshot,
      int inflights,
      boolean isInflightFull) {}
}
