package dev.remora.server.raft;

import dev.remora.server.raft.Message.Append;
import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.log.RaftLog;
import java.util.Set;

/** How a follower takes what its leader sends (Raft §5.3, §7). */
class Following {
  private final Member member;

  Following(Member member) {
    this.member = member;
  }

  final void onAppend(Append append) {
    RaftLog log = member.log;
    if (append.prevIndex() < log.committed()) {
      // A late one: all of it up to here is settled.
      accept(append.from(), log.committed(), append.readPosition());
    } else if (log.matches(append.prevIndex(), append.prevTerm())) {
      log.merge(append.entries());
      long covered = append.prevIndex() + append.entries().size();
      log.commitTo(Math.min(append.commit(), committable(covered)));
      accept(append.from(), acknowledged(covered), append.readPosition());
    } else {
      reject(append);
    }
  }

  /** What is told to agree: only what this append has covered, whatever lies beyond. */
  long acknowledged(long covered) {
    return covered;
  }

  /** How far the leader's commit index may be followed: what lies beyond may not be its log. */
  long committable(long covered) {
    return covered;
  }

  private void accept(long leader, long index, long readPosition) {
    member.outbox.afterDurable(
        new AppendResponse(member.id(), leader, member.term, index, false, 0, 0, readPosition));
  }

  private void reject(Append append) {
    RaftLog log = member.log;
    long hint =
        log.lastOfTermAtMost(Math.min(append.prevIndex(), log.lastIndex()), append.prevTerm());
    member.outbox.afterDurable(
        new AppendResponse(
            member.id(),
            append.from(),
            member.term,
            append.prevIndex(),
            true,
            hint,
            Math.max(log.term(hint), 0),
            append.readPosition()));
  }

  /** Tells a leader of an older term that there is a newer one. */
  final void answerLate(long from) {
    accept(from, 0, 0);
  }

  final void onHeartbeat(Message.Heartbeat heartbeat) {
    member.log.commitTo(heartbeat.commit());
    member.outbox.now(
        new Message.HeartbeatResponse(
            member.id(), heartbeat.from(), member.term, heartbeat.readPosition()));
  }

  final void onSnapshot(Message.Snapshot snapshot) {
    boolean isInstalled = install(snapshot.meta());
    long index = isInstalled ? member.log.lastIndex() : member.log.committed();
    accept(snapshot.from(), index, 0);
  }

  private boolean install(SnapshotMeta meta) {
    RaftLog log = member.log;
    if (meta.index() <= log.committed() || !isOf(meta.conf())) {
      return false;
    }
    if (log.matches(meta.index(), meta.term())) {
      // The log already has all of it.
      log.commitTo(meta.index());
      return false;
    }
    log.install(meta);
    member.tracker.reconfigure(meta.conf(), Set.of(), log.lastIndex());
    member.tracker.reset(member.id(), log.lastIndex());
    return true;
  }

  private boolean isOf(ConfState conf) {
    long id = member.id();
    return conf.voters().contains(id)
        || conf.learners().contains(id)
        || conf.votersOutgoing().contains(id);
  }
}
