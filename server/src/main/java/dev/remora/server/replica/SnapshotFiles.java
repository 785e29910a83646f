package dev.remora.server.replica;

import dev.remora.server.apply.State;
import java.io.IOException;

/**
 * The files of snapshots, on their way to another member or from one. Everything here waits for the
 * disk: not to be called on a loop. What is opened belongs to one transfer, and is not for several
 * threads at once.
 */
public interface SnapshotFiles {
  /**
   * Opens the newest whole snapshot. It can be read to its end even if it is removed meanwhile.
   *
   * @throws IOException also if there is none
   */
  Outgoing openNewest() throws IOException;

  /**
   * Writes a snapshot of this state into a file that is nowhere to be found, and gone once it is
   * closed: for a backup.
   */
  Outgoing copy(State state) throws IOException;

  /**
   * Makes room for a snapshot from another member.
   *
   * @param mark where it stands
   * @param bytes how large its file is
   */
  Incoming receive(SnapshotMark mark, long bytes) throws IOException;

  /** A file that is read. */
  interface Outgoing extends AutoCloseable {
    /** Where the snapshot stands. */
    SnapshotMark mark();

    /** Its size in bytes. */
    long bytes();

    /** The next bytes, at most so many; none at its end. */
    byte[] read(int bytesMax) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** A file that is written. */
  interface Incoming extends AutoCloseable {
    /**
     * Adds the next bytes.
     *
     * @throws IOException also if there are more than were announced
     */
    void write(byte[] bytes) throws IOException;

    /**
     * Verifies the whole, makes it durable and gives it its name.
     *
     * @return what it holds
     * @throws IOException also if it is not whole, or damaged
     */
    State finish() throws IOException;

    /** Removes it, unless it was finished. */
    @Override
    void close() throws IOException;
  }
}
