package dev.remora.server.replica;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Has questions answered by the leader, with no entry in the log: about leases, and how far a
 * member is. On the replica's loop only.
 *
 * <p>The leader answers only after a quorum has confirmed, since the question came, that it leads:
 * one that was deposed while it slept would promise time that its successor does not know of.
 */
final class LeaderDesk {
  /** After so long a question without an answer is sent again: it or the answer may be lost. */
  private static final Duration RESEND = Duration.ofMillis(500);

  private final Clocks clocks;
  private final LeaderDuties duties;
  private final Reads reads;
  private final Map<Long, Asked> asked = new HashMap<>();
  private Transport transport = Transport.NONE;
  private LongPredicate inSync = _ -> false;
  private long token;
  private long leader;
  private boolean isLeader;

  private record Asked(
      LeaderQuestion question, Consumer<LeaseAnswer> done, long sinceNanos, long sentNanos) {
    Asked resent(long nanos) {
      return new Asked(question, done, sinceNanos, nanos);
    }
  }

  /**
   * Begins.
   *
   * @param firstToken random: an answer that was meant for an earlier boot must find nobody
   */
  LeaderDesk(Clocks clocks, LeaderDuties duties, Reads reads, long firstToken) {
    this.clocks = clocks;
    this.duties = duties;
    this.reads = reads;
    this.token = firstToken;
  }

  void connect(Transport toPeers) {
    transport = toPeers;
  }

  /** Whether a member has caught up, as long as this one leads. */
  void judgeBy(LongPredicate caughtUp) {
    inSync = caughtUp;
  }

  /** Somebody else leads from now on, or nobody. */
  void led(boolean leads, long by) {
    isLeader = leads;
    leader = by;
    send(clocks.monotonicNanos() + 1);
  }

  void ask(LeaderQuestion.Kind kind, long id, Consumer<LeaseAnswer> done) {
    long now = clocks.monotonicNanos();
    LeaderQuestion question = new LeaderQuestion(++token, kind, id);
    asked.put(token, new Asked(question, done, now, now));
    send(question);
  }

  private void send(LeaderQuestion question) {
    if (isLeader) {
      answer(question, this::answered);
    } else if (leader != 0) {
      transport.ask(leader, question);
    }
  }

  /** Another member asks; no answer is one, too, if this member does not lead. */
  void asked(long peer, LeaderQuestion question) {
    if (isLeader) {
      answer(question, reply -> transport.answer(peer, reply));
    }
  }

  private void answer(LeaderQuestion question, Consumer<LeaderReply> done) {
    reads.add(confirmed -> {
      if (confirmed.isPresent() && isLeader) {
        done.accept(new LeaderReply(question.token(), seconds(question)));
      }
    });
  }

  private Optional<Long> seconds(LeaderQuestion question) {
    return switch (question.kind()) {
      case KEEP_ALIVE -> duties.keepAlive(question.id());
      case TIME_TO_LIVE -> duties.remainingSeconds(question.id());
      case IN_SYNC -> inSync.test(question.id()) ? Optional.of(0L) : Optional.empty();
    };
  }

  /** An answer of the leader's. */
  void answered(LeaderReply reply) {
    Asked known = asked.remove(reply.token());
    if (known != null) {
      known
          .done()
          .accept(
              reply
                  .seconds()
                  .<LeaseAnswer>map(LeaseAnswer.Alive::new)
                  .orElseGet(LeaseAnswer.Unknown::new));
    }
  }

  /** Asks again what was asked some time ago, and gives up what was asked before this time. */
  void giveUp(long beforeNanos, Answer.Reason reason) {
    asked
        .values()
        .removeIf(old -> {
          boolean isOverdue = old.sinceNanos() - beforeNanos < 0;
          if (isOverdue) {
            old.done().accept(new LeaseAnswer.Failed(reason));
          }
          return isOverdue;
        });
    send(clocks.monotonicNanos() - RESEND.toNanos());
  }

  private void send(long sentBeforeNanos) {
    long now = clocks.monotonicNanos();
    asked.replaceAll((_, old) -> {
      if (old.sentNanos() - sentBeforeNanos >= 0) {
        return old;
      }
      send(old.question());
      return old.resent(now);
    });
  }
}
