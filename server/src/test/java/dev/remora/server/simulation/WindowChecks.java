package dev.remora.server.simulation;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.RaftConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How much of a stream of appends may be under way to a follower, unanswered. */
final class WindowChecks {
  private static final long NOWHERE = -1;

  private final RaftConfig bounds;

  /** By leader and follower. */
  private final Map<Long, Stream> streams = new HashMap<>();

  /** Appends that follow each other. */
  private static final class Stream {
    long term;
    long last;
    long bytes;

    /** What the follower has said to have; what leaves late, up to there, is not waited for. */
    long acknowledged;

    final Deque<Sent> unanswered = new ArrayDeque<>();

    void begin(long newTerm) {
      acknowledged = newTerm == term ? acknowledged : 0;
      term = newTerm;
      bytes = 0;
      unanswered.clear();
    }

    void add(Sent sent) {
      last = sent.last;
      bytes += sent.bytes;
      unanswered.add(sent);
      free();
    }

    void free() {
      while (!unanswered.isEmpty() && unanswered.getFirst().last() <= acknowledged) {
        bytes -= unanswered.removeFirst().bytes();
      }
    }
  }

  private record Sent(long last, long bytes) {}

  /** The bounds are the same for all members. */
  WindowChecks(RaftConfig bounds) {
    this.bounds = bounds;
  }

  private Stream stream(long leader, long follower) {
    return streams.computeIfAbsent(leader << 8 | follower, _ -> new Stream());
  }

  /** A leader sends this. */
  void sent(Message.Append append) {
    if (append.entries().isEmpty()) {
      return;
    }
    Stream stream = stream(append.from(), append.to());
    if (stream.term != append.term() || stream.last != append.prevIndex()) {
      stream.begin(append.term());
    }
    boolean isFull =
        stream.unanswered.size() >= bounds.inflightMessagesMax()
            || (bounds.inflightBytesMax() > 0 && stream.bytes >= bounds.inflightBytesMax());
    if (isFull) {
      throw new Violation(
          Invariant.BOUNDS_HOLD,
          "%d sends %d more entries after %d, with %d appends of %d bytes unanswered"
              .formatted(
                  append.from(),
                  append.entries().size(),
                  append.prevIndex(),
                  stream.unanswered.size(),
                  stream.bytes));
    }
    long bytes = append.entries().stream().mapToLong(WindowChecks::bytes).sum();
    stream.add(new Sent(append.prevIndex() + append.entries().size(), bytes));
  }

  private static long bytes(Entry entry) {
    return entry.payload().size();
  }

  /** A leader sends a snapshot: whatever was under way does not count any more. */
  void sent(Message.Snapshot snapshot) {
    Stream stream = stream(snapshot.from(), snapshot.to());
    stream.begin(snapshot.term());
    stream.last = NOWHERE;
  }

  /** A leader gets this answer. */
  void answered(Message.AppendResponse response) {
    Stream stream = stream(response.to(), response.from());
    if (!response.rejected() && response.term() == stream.term) {
      stream.acknowledged = Math.max(stream.acknowledged, response.index());
      stream.free();
    }
  }
}
