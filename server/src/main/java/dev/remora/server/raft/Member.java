package dev.remora.server.raft;

import dev.remora.server.raft.log.RaftLog;
import dev.remora.server.raft.progress.Progress;
import dev.remora.server.raft.progress.Tracker;
import org.jspecify.annotations.Nullable;

/** What all parts of one member's core share: who it is, where it stands, its log, its group. */
final class Member {
  final RaftConfig config;
  final RaftLog log;
  final Tracker tracker;
  final Timers timers;
  final Outbox outbox = new Outbox();

  /** The latest term seen. */
  long term;

  /** Whom it voted for in that term, 0 for none. */
  long vote;

  /** Who leads in that term, 0 for not known. */
  long leader;

  Role role = Role.FOLLOWER;

  /** What only a leader knows; a new one with every change of role. */
  Leadership leadership = new Leadership();

  Member(RaftConfig config, RaftLog log, Tracker tracker, Timers timers) {
    this.config = config;
    this.log = log;
    this.tracker = tracker;
    this.timers = timers;
  }

  long id() {
    return config.id();
  }

  boolean isLeader() {
    return role == Role.LEADER;
  }

  HardState hard() {
    return new HardState(term, vote, log.committed());
  }

  Ready.SoftState soft() {
    return new Ready.SoftState(role, leader);
  }

  /** Itself in the configuration in force, or null if it is not there. */
  @Nullable Progress self() {
    return tracker.find(id());
  }

  /** Whether it may campaign: it is a voter, and its state machine is not being replaced. */
  boolean isPromotable() {
    Progress self = self();
    return self != null && !self.isLearner() && !log.isInstalling();
  }
}
