package dev.remora.server.replica;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Consensus among one member: what is durable is committed. It stands where the Raft core will.
 *
 * <p>Each start is a new term, opened by an empty entry, as a new leader's is (Raft §8).
 */
public final class Solo implements Consensus {
  private final LogStore log;
  private final Executor loop;
  private final Listener listener;
  private final long member;
  private final long term;
  private long lastIndex;

  /**
   * Goes on from what the log held.
   *
   * @param loop runs things on the replica's loop
   * @param member this member's id, not 0
   */
  public Solo(LogStore log, Recovered recovered, Executor loop, long member, Listener listener) {
    this.log = log;
    this.loop = loop;
    this.listener = listener;
    this.member = member;
    this.term = recovered.hardState().term() + 1;
    this.lastIndex = recovered.lastIndex();
  }

  /** Opens the term. All that the log held is committed with it. */
  public void start() {
    HardState opened = new HardState(term, member, lastIndex);
    append(opened, List.of(Payload.EMPTY));
  }

  @Override
  public void propose(List<Payload> payloads) {
    append(null, payloads);
  }

  private void append(@Nullable HardState hard, List<Payload> payloads) {
    List<Entry> entries = new ArrayList<>(payloads.size());
    for (Payload payload : payloads) {
      entries.add(new Entry(term, ++lastIndex, payload));
    }
    log.append(hard, entries, () -> loop.execute(() -> listener.committed(entries)));
  }
}
