package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.replica.SnapshotMark;
import java.nio.ByteBuffer;

/** One thing the log says, and the fields it is written with ({@link RecordFormat}). */
sealed interface LogRecord {
  /** There is this entry, and none after it. */
  record Append(Entry entry) implements LogRecord {
    @Override
    public int type() {
      return switch (entry.kind()) {
        case COMMAND -> RecordFormat.ENTRY;
        case CONF_CHANGE -> RecordFormat.CONF_ENTRY;
      };
    }

    @Override
    public long term() {
      return entry.term();
    }

    @Override
    public long index() {
      return entry.index();
    }

    @Override
    public byte[] payload() {
      return entry.payload().array();
    }
  }

  /** The hard state is this. */
  record State(HardState hardState) implements LogRecord {
    @Override
    public int type() {
      return RecordFormat.HARD_STATE;
    }

    @Override
    public long term() {
      return hardState.term();
    }

    @Override
    public long index() {
      return hardState.commit();
    }

    @Override
    public byte[] payload() {
      return ByteBuffer.allocate(Long.BYTES).putLong(hardState.vote()).array();
    }
  }

  /**
   * There is a snapshot here.
   *
   * @param isRestart whether the log was dropped for it. That depends on the entry at its place,
   *     which may long be released when the record is read, so it is said
   */
  record Mark(SnapshotMark mark, boolean isRestart) implements LogRecord {
    @Override
    public int type() {
      return isRestart ? RecordFormat.SNAPSHOT_RESTART : RecordFormat.SNAPSHOT_MARK;
    }

    @Override
    public long term() {
      return mark.term();
    }

    @Override
    public long index() {
      return mark.index();
    }

    @Override
    public byte[] payload() {
      return Payload.EMPTY.array();
    }
  }

  int type();

  long term();

  long index();

  byte[] payload();

  /**
   * The record that was written with these fields.
   *
   * @throws IllegalArgumentException if none could have been
   */
  static LogRecord of(int type, long term, long index, byte[] payload) {
    if (type == RecordFormat.ENTRY) {
      return new Append(new Entry(term, index, Payload.of(payload)));
    }
    if (type == RecordFormat.CONF_ENTRY) {
      return new Append(new Entry(term, index, EntryKind.CONF_CHANGE, Payload.of(payload)));
    }
    if (type == RecordFormat.HARD_STATE && payload.length == Long.BYTES) {
      return new State(new HardState(term, ByteBuffer.wrap(payload).getLong(), index));
    }
    boolean isRestart = type == RecordFormat.SNAPSHOT_RESTART;
    if ((type == RecordFormat.SNAPSHOT_MARK || isRestart) && payload.length == 0) {
      return new Mark(new SnapshotMark(index, term), isRestart);
    }
    throw new IllegalArgumentException("type " + type + ", payload of " + payload.length);
  }
}
