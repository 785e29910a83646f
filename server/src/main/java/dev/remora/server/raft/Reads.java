package dev.remora.server.raft;

import dev.remora.server.raft.Ready.ReadReady;
import dev.remora.server.raft.progress.Progress;
import dev.remora.server.raft.quorum.MajorityQuorum.Reached;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads that see all that was acknowledged before they began, without an entry in the log (Raft
 * dissertation §6.4).
 *
 * <p>Turns, from one {@link RaftCore#takeReady} to the next, are numbered. Every append and
 * heartbeat carries the number of the turn it leaves with, its read position, and answers repeat
 * it. Reads that arrive in a turn may therefore be confirmed by a quorum of answers with its number
 * or a later one: those messages left after the reads arrived. Numbers are never used again, and
 * what was confirmed before counts for nothing.
 *
 * <p>One round is on its way at a time; what arrives meanwhile gathers for the next.
 */
class Reads {
  private final Member member;
  private final Lease lease;
  final Reached acks = this::ackedPosition;

  private long turn = 1;
  private List<Asked> gathering = new ArrayList<>();
  private List<ReadReady> served = new ArrayList<>();

  /** The reads whose position is on its way, or null. */
  @Nullable Round round;

  Reads(Member member, Lease lease) {
    this.member = member;
    this.lease = lease;
  }

  /** A read and who asks. */
  record Asked(long from, long token) {}

  /** Reads that are confirmed together. */
  static final class Round {
    final long position;
    final List<Asked> asked;

    /** The commit index when the last of them arrived. */
    long index;

    Round(long position, List<Asked> asked, long index) {
      this.position = position;
      this.asked = asked;
      this.index = index;
    }
  }

  /** The read position of what leaves now. */
  final long turn() {
    return turn;
  }

  /** The read position of a message that leaves to this member. */
  final long stamp(Progress to) {
    to.sentReadPosition(turn);
    if (member.config.leaseReads()) {
      lease.sent(turn, member.timers.now());
    }
    return turn;
  }

  /** The leader is asked for a place to read at, by itself or by another member. */
  void ask(Asked read) {
    if (hasLease()) {
      answer(read, member.log.committed());
      return;
    }
    if (round != null && mayJoin(round)) {
      round.asked.add(read);
      round.index = member.log.committed();
      return;
    }
    gathering.add(read);
    begin();
  }

  private boolean hasLease() {
    return member.config.leaseReads()
        && knowsCommit()
        && !isHandingOver()
        && lease.isValid(member.timers.now());
  }

  /** Whether a successor may have been told to campaign, to whom votes are not refused. */
  boolean isHandingOver() {
    return member.leadership.transferee != 0 || member.leadership.isHandedOver;
  }

  /** A read may join as long as none of the round's messages has left. */
  boolean mayJoin(Round joined) {
    return joined.position == turn;
  }

  /**
   * Whether this leader knows what is committed: only once an entry of its own term is (Raft §8).
   */
  boolean knowsCommit() {
    return member.log.term(member.log.committed()) == member.term;
  }

  private void begin() {
    if (round == null && !gathering.isEmpty() && knowsCommit()) {
      round = new Round(turn, gathering, member.log.committed());
      gathering = new ArrayList<>();
    }
  }

  /** A follower has answered a message with this read position. */
  void answered(Progress by, long position) {
    by.ackedReadPosition(position);
    if (member.config.leaseReads()) {
      lease.answered(member.tracker.quorum().committed(acks));
    }
    serveConfirmed();
  }

  private void serveConfirmed() {
    if (round == null || !isConfirmed(round)) {
      return;
    }
    Round done = round;
    round = null;
    for (int i = 0; i < done.asked.size(); i++) {
      answer(done.asked.get(i), done.index);
    }
    begin();
  }

  /** Whether a quorum, in a joint configuration of both halves, has answered the round. */
  boolean isConfirmed(Round asked) {
    return member.tracker.quorum().committed(acks) >= asked.position;
  }

  private long ackedPosition(long id) {
    if (id == member.id()) {
      return Long.MAX_VALUE;
    }
    Progress progress = member.tracker.find(id);
    return progress == null ? 0 : progress.ackedReadPosition();
  }

  /** Lets a read be served at this index. */
  final void answer(Asked read, long index) {
    if (read.from() == member.id()) {
      served.add(new ReadReady(read.token(), index));
    } else {
      member.outbox.now(
          new Message.ReadIndexResponse(
              member.id(), read.from(), member.term, read.token(), index));
    }
  }

  /** The leader has answered what this follower asked. */
  final void onResponse(Message.ReadIndexResponse response) {
    served.add(new ReadReady(response.token(), response.index()));
  }

  /** Whether the turn's end has something to do. */
  final boolean hasWork() {
    return !served.isEmpty()
        || (round != null && round.position == turn)
        || (round == null && !gathering.isEmpty() && knowsCommit());
  }

  /**
   * Ends the turn: whoever has a vote on the round that begins, and was not sent anything in this
   * turn, is sent a heartbeat for it.
   *
   * @return what may be served
   */
  final List<ReadReady> endTurn(Feeder feeder) {
    begin();
    if (round != null && round.position == turn) {
      for (int i = 0; i < member.tracker.size(); i++) {
        Progress to = member.tracker.at(i);
        boolean isAsked = to.readPosition() < turn && member.tracker.quorum().contains(to.id());
        if (isAsked && to.id() != member.id()) {
          feeder.heartbeat(to);
        }
      }
      serveConfirmed();
    }
    turn++;
    if (served.isEmpty()) {
      return List.of();
    }
    List<ReadReady> taken = served;
    served = new ArrayList<>();
    return taken;
  }

  /** Another term or role: whoever asked has to ask again. */
  final void reset() {
    gathering.clear();
    round = null;
    lease.reset();
  }
}
