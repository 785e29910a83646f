package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Writes to a thousand keys without an end, with the bounds of a member, compacting and trimming in
 * turn with the writes, as the replica does. By default short, with a bound as short; {@code
 * -Dwrites.millions=10} runs with the default bounds and prints the heap after each million.
 */
final class EndlessWritesTest {
  private static final int KEYS = 1_000;
  private static final int MILLION = 1_000_000;
  private static final int MILLIONS = Integer.getInteger("writes.millions", 0);
  private static final int VALUE_BYTES = 128;
  private static final int TRIM_MAX = 2_000;

  /** A batch, after which the replica looks whether to compact. */
  private static final int BATCH = 64;

  private final Applier applier = new Applier(State.EMPTY);
  private long index;
  private boolean isTrimming;

  @Test
  void theHeapStaysFlat() {
    int step = MILLIONS > 0 ? MILLION : MILLION / 20;
    int steps = MILLIONS > 0 ? MILLIONS : 8;
    HistoryBounds bounds =
        MILLIONS > 0 ? HistoryBounds.DEFAULT : new HistoryBounds(step, 256L << 20);
    List<Long> stateBytes = new ArrayList<>();
    List<Long> heapBytes = new ArrayList<>();

    for (int i = 1; i <= steps; i++) {
      write(step, bounds);
      Keyspace keyspace = applier.freeze().keyspace();
      stateBytes.add(keyspace.totalBytes());
      heapBytes.add(liveHeapBytes());
      if (MILLIONS > 0) {
        System.out.printf(
            "%d million writes: heap %d MB, counted %d MB, %d changes in the history%n",
            i, heapBytes.getLast() >> 20, keyspace.totalBytes() >> 20, keyspace.history().size());
      }
      assertThat(keyspace.newest().sizeLive()).isEqualTo(KEYS);
      assertThat(keyspace.history().size()).isLessThanOrEqualTo(bounds.changesMax() + 2L * BATCH);
    }

    // The history is halved at its bound, so it is as long again after each half of the bound.
    long most = stateBytes.subList(0, 2).stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(stateBytes).allSatisfy(bytes -> assertThat(bytes).isLessThan(most + most / 4));
    long heapMost = heapBytes.subList(0, 3).stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(heapBytes).allSatisfy(bytes -> assertThat(bytes).isLessThan(heapMost + (32L << 20)));
  }

  private void write(int count, HistoryBounds bounds) {
    for (int i = 1; i <= count; i++) {
      apply(put());
      if (i % BATCH == 0) {
        compactIfDue(bounds);
      }
    }
  }

  private void compactIfDue(HistoryBounds bounds) {
    State published = applier.freeze();
    Optional<Long> due = isTrimming ? Optional.empty() : bounds.compactTo(published.keyspace());
    due.ifPresent(revision -> apply(new Command.Compact(revision)));
    isTrimming = (isTrimming || due.isPresent()) && applier.trim(TRIM_MAX);
  }

  private Command put() {
    byte[] value = new byte[VALUE_BYTES];
    Bytes key = Bytes.utf8("/endless/key-" + index * 7_919 % KEYS);
    return new Command.Put(key, Bytes.wrap(value), 0, false, false, false);
  }

  /** Through the log's form: so what is kept is what a member keeps. */
  private void apply(Command command) {
    CommandCodec.Origin origin = new CommandCodec.Origin(1, 2, ++index);
    byte[] entry = CommandCodec.encode(origin, command);
    applier.apply(index, 1, CommandCodec.decode(entry).command());
  }

  private static long liveHeapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
