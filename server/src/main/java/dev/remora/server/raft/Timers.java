package dev.remora.server.raft;

import java.util.random.RandomGenerator;

/** Counts ticks: since there was word of a leader, and since the last heartbeats. */
final class Timers {
  private final int electionTicks;
  private final int heartbeatTicks;
  private final RandomGenerator random;

  private int sinceElection;
  private int sinceHeartbeat;
  private int campaignAfter;

  /** How many ticks there have been in all. */
  private long now;

  Timers(RaftConfig config, RandomGenerator random) {
    electionTicks = config.electionTicks();
    heartbeatTicks = config.heartbeatTicks();
    this.random = random;
    draw();
  }

  /** Draws how long to wait for a leader (Raft §5.2): up to twice the election timeout. */
  void draw() {
    campaignAfter = electionTicks + random.nextInt(electionTicks);
  }

  void tick() {
    now++;
    sinceElection++;
    sinceHeartbeat++;
  }

  long now() {
    return now;
  }

  int electionTicks() {
    return electionTicks;
  }

  /** Begins anew. */
  void restart() {
    sinceElection = 0;
    sinceHeartbeat = 0;
    draw();
  }

  /** There is word of the leader, or a vote was granted. */
  void restartElection() {
    sinceElection = 0;
  }

  void restartHeartbeat() {
    sinceHeartbeat = 0;
  }

  /** Whether there was no word of a leader for so long that this member should campaign. */
  boolean isTimeToCampaign() {
    return sinceElection >= campaignAfter;
  }

  /** Whether one election timeout has passed. */
  boolean isElectionOver() {
    return sinceElection >= electionTicks;
  }

  boolean isTimeToBeat() {
    return sinceHeartbeat >= heartbeatTicks;
  }
}
