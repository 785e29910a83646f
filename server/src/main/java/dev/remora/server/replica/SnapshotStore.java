package dev.remora.server.replica;

import dev.remora.server.apply.State;
import java.util.function.Consumer;

/** Where the snapshots of one member are kept. */
public interface SnapshotStore extends AutoCloseable {
  /** What became of a snapshot. */
  sealed interface Result {
    /**
     * It is durable.
     *
     * @param mark where it stands
     * @param bytes the size of its file
     */
    record Saved(SnapshotMark mark, long bytes) implements Result {}

    /** It could not be written; those there were still stand. */
    record Failed(String reason) implements Result {}
  }

  /**
   * Writes a snapshot, on the store's own thread, and keeps it and the one before. Never blocks;
   * one at a time.
   *
   * @param state what to write; it is read for as long as that takes
   * @param done is told on the store's thread, unless the store is closed meanwhile
   */
  void save(State state, Consumer<Result> done);

  /** Gives up what is being written and waits for the thread's end. Not to be called on a loop. */
  @Override
  void close();
}
