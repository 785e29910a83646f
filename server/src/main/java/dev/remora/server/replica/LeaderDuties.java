package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.lease.Lease;
import dev.remora.server.lease.Lessor;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.tree.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the leader proposes by itself: that leases are revoked and nodes removed whose time is over,
 * and that history is compacted. On the replica's loop only.
 */
final class LeaderDuties {
  /** Most leases revoked at a time. */
  private static final int REVOKES_MAX = 100;

  private final Clocks clocks;
  private final Predicate<Command> proposer;
  private final Lessor lessor = new Lessor();
  private HistoryBounds historyBounds = HistoryBounds.DEFAULT;
  private AutoCompaction autoCompaction = AutoCompaction.none();
  private boolean isCompacting;
  private boolean isExpiring;
  private Duration absence = Duration.ofSeconds(1);
  private long lookedAtNanos;

  /**
   * Begins.
   *
   * @param proposer proposes a command if this member leads; whether it is under way
   */
  LeaderDuties(Clocks clocks, Predicate<Command> proposer) {
    this.clocks = clocks;
    this.proposer = proposer;
    this.lookedAtNanos = clocks.monotonicNanos();
  }

  void keepHistory(HistoryBounds bounds) {
    historyBounds = bounds;
  }

  /** A loop that was away for so long could not hear of leases that clients kept alive; 1 s. */
  void renewLeasesAfter(Duration away) {
    absence = away;
  }

  void compactBy(AutoCompaction rule) {
    autoCompaction = rule;
  }

  /** This member leads from now on: every lease gets its full TTL anew. */
  void begin(State state) {
    isCompacting = false;
    isExpiring = false;
    startAll(state);
  }

  private void startAll(State state) {
    lessor.clear();
    state.leases().granted().scan(Bytes.EMPTY, Bytes.EMPTY, this::start);
  }

  /** Takes note of what was applied. */
  void applied(Command command, Outcome outcome) {
    if (command instanceof Command.Compact) {
      isCompacting = false; // Done, or overtaken by another.
    }
    switch (outcome) {
      case Outcome.LeaseGranted(_, long id, long ttlSeconds) ->
          lessor.start(id, ttlSeconds, clocks.monotonicNanos());
      case Outcome.LeaseRevoked(_, long id) -> lessor.stop(id);
      case Outcome.Expired _ -> isExpiring = false;
      default -> {}
    }
  }

  Optional<Long> keepAlive(long lease) {
    return lessor.keepAlive(lease, clocks.monotonicNanos());
  }

  Optional<Long> remainingSeconds(long lease) {
    return lessor.remainingSeconds(lease, clocks.monotonicNanos());
  }

  /**
   * Has leases revoked that have run out. To be called some times a second: if it was not, this
   * member was paused, and every lease gets its full TTL anew.
   */
  void revokeExpiredLeases(State state) {
    long now = clocks.monotonicNanos();
    boolean wasAway = now - lookedAtNanos > absence.toNanos();
    lookedAtNanos = now;
    if (wasAway) {
      startAll(state);
      return;
    }
    lessor
        .takeExpired(clocks.monotonicNanos(), REVOKES_MAX)
        .forEach(id -> {
          if (!proposer.test(new Command.LeaseRevoke(id, true))) {
            lessor.postpone(id, clocks.monotonicNanos());
          }
        });
  }

  void expireNodes(State state) {
    long now = clocks.wallNanos();
    Optional<Deadline> first = state.tree().deadlines().firstLive(Bytes.EMPTY, Bytes.EMPTY);
    if (!isExpiring && first.isPresent() && first.get().expiration() <= now) {
      isExpiring = proposer.test(new Command.Expire(now));
    }
  }

  void compactIfDue(State state) {
    if (!isCompacting) {
      historyBounds
          .compactTo(state.keyspace())
          .ifPresent(revision -> isCompacting = proposer.test(new Command.Compact(revision)));
    }
  }

  void compactByRule(State state) {
    autoCompaction
        .due(clocks.monotonicNanos(), state.revision())
        .filter(revision -> revision > state.keyspace().compactRevision())
        .ifPresent(revision -> isCompacting = proposer.test(new Command.Compact(revision)));
  }

  private boolean start(Lease lease) {
    lessor.start(lease.id(), lease.ttlSeconds(), clocks.monotonicNanos());
    return true;
  }
}
