package dev.remora.server.raft;

import dev.remora.server.raft.Ready.ReadReady;
import dev.remora.server.raft.Ready.SoftState;
import dev.remora.server.raft.Ready.StorageAck;
import dev.remora.server.raft.log.RaftLog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts together what is to be done at the end of a turn, each thing once. */
final class Turns {
  private final Member member;
  private final Reads reads;
  private final Feeder feeder;

  private HardState hard;
  private Role role;
  private long leader;

  Turns(Member member, Reads reads, Feeder feeder) {
    this.member = member;
    this.reads = reads;
    this.feeder = feeder;
    hard = member.hard();
    role = member.role;
    leader = member.leader;
  }

  boolean hasReady() {
    return isHardChanged()
        || isSoftChanged()
        || !member.outbox.isEmpty()
        || member.log.hasToStore()
        || member.log.hasToApply()
        || reads.hasWork();
  }

  private boolean isHardChanged() {
    return hard.term() != member.term
        || hard.vote() != member.vote
        || hard.commit() != member.log.committed();
  }

  private boolean isSoftChanged() {
    return role != member.role || leader != member.leader;
  }

  Ready take() {
    // First, since it may add messages.
    List<ReadReady> served = reads.endTurn(feeder);
    SoftState soft = takeSoft();
    boolean isTermOrVoteChanged = hard.term() != member.term || hard.vote() != member.vote;
    HardState newHard = takeHard();
    RaftLog log = member.log;
    SnapshotMeta install = log.takeInstall();
    List<Entry> append = log.takeToStore();
    boolean isToStore =
        newHard != null || install != null || !append.isEmpty() || member.outbox.hasAfterDurable();
    StorageAck ack = isToStore ? log.pendingAck(member.term) : null;
    return new Ready(
        newHard,
        isTermOrVoteChanged || !append.isEmpty(),
        install,
        append,
        member.outbox.takeNow(),
        member.outbox.takeAfterDurable(),
        ack,
        log.takeToApply(),
        served,
        soft);
  }

  private @Nullable HardState takeHard() {
    if (!isHardChanged()) {
      return null;
    }
    hard = member.hard();
    return hard;
  }

  private @Nullable SoftState takeSoft() {
    if (!isSoftChanged()) {
      return null;
    }
    role = member.role;
    leader = member.leader;
    return member.soft();
  }
}
