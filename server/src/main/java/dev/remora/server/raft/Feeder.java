package dev.remora.server.raft;

import dev.remora.server.raft.log.RaftLog;
import dev.remora.server.raft.progress.Progress;
import java.util.List;

/** What a leader sends to its followers: appends, snapshots, heartbeats. */
final class Feeder {
  private final Member member;
  private final Reads reads;

  Feeder(Member member, Reads reads) {
    this.member = member;
    this.reads = reads;
  }

  /** Sends every other member what follows in its log, or at least the commit index. */
  void broadcastAppend() {
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress to = member.tracker.at(i);
      if (to.id() != member.id()) {
        append(to, true);
      }
    }
  }

  /** Sends every other member what it lacks, as far as anything may be sent to it. */
  void broadcastMissing() {
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress to = member.tracker.at(i);
      if (to.id() != member.id()) {
        append(to, false);
      }
    }
  }

  /**
   * Sends the next entries, or a snapshot if they are compacted.
   *
   * @param evenIfEmpty whether to send without entries, to tell the commit index or to probe
   * @return whether anything was sent
   */
  boolean append(Progress to, boolean evenIfEmpty) {
    if (to.isPaused()) {
      return false;
    }
    RaftLog log = member.log;
    long previous = to.next() - 1;
    long previousTerm = log.term(previous);
    if (previousTerm == RaftLog.UNKNOWN) {
      return snapshot(to);
    }
    List<Entry> entries =
        to.hasRoom() ? log.read(to.next(), member.config.messageBytesMax()) : List.of();
    if (entries.isEmpty() && !evenIfEmpty) {
      return false;
    }
    member.outbox.now(
        new Message.Append(
            member.id(),
            to.id(),
            member.term,
            previous,
            previousTerm,
            log.committed(),
            entries,
            reads.stamp(to)));
    to.sent(entries.size(), payloadBytes(entries), log.committed());
    return true;
  }

  private boolean snapshot(Progress to) {
    SnapshotMeta meta = member.log.snapshot();
    if (!to.isActive() || meta.index() == 0) {
      return false;
    }
    to.becomeSnapshot(meta.index());
    member.outbox.now(new Message.Snapshot(member.id(), to.id(), member.term, meta));
    return true;
  }

  static long payloadBytes(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).payload().size();
    }
    return bytes;
  }

  void broadcastHeartbeat() {
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress to = member.tracker.at(i);
      if (to.id() != member.id()) {
        heartbeat(to);
      }
    }
  }

  /** The commit index goes no further than what the follower has: it need not agree beyond. */
  void heartbeat(Progress to) {
    long commit = Math.min(to.match(), member.log.committed());
    member.outbox.now(
        new Message.Heartbeat(member.id(), to.id(), member.term, commit, reads.stamp(to)));
  }

  /** Tells a follower to campaign at once. */
  void timeoutNow(Progress to) {
    member.leadership.isHandedOver = true;
    member.outbox.now(new Message.TimeoutNow(member.id(), to.id(), member.term));
  }
}
