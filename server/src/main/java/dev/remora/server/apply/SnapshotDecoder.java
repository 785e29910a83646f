package dev.remora.server.apply;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.apply.proto.SnapshotDirectory;
import dev.remora.server.apply.proto.SnapshotDirectoryChange;
import dev.remora.server.apply.proto.SnapshotEnd;
import dev.remora.server.apply.proto.SnapshotHead;
import dev.remora.server.apply.proto.SnapshotRecord;
import dev.remora.server.lease.Lease;
import dev.remora.server.lease.LeaseWriter;
import dev.remora.server.lease.Leases;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.KeyspaceLoader;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.Directory;
import dev.remora.server.tree.TreeLoader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a state of the chunks of a {@link SnapshotEncoder}, given in their order. Not thread-safe.
 *
 * <p>After an exception it is of no use any more.
 */
public final class SnapshotDecoder {
  /** No record is larger: an entry has at most 32 MiB, and a record at most two of its values. */
  private static final int RECORD_BYTES_MAX = 96 << 20;

  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private final TreeLoader tree = new TreeLoader();
  private final LeaseWriter leases = new LeaseWriter(Leases.EMPTY);
  private final List<Alarm> alarms = new ArrayList<>();
  private final List<Bytes> removed = new ArrayList<>();

  /** The record that is being put together, once its length is known. */
  private @Nullable ByteBuffer body;

  private @Nullable SnapshotHead head;
  private Members members = Members.EMPTY;
  private @Nullable KeyspaceLoader keys;
  private @Nullable SnapshotEnd end;
  private long records;

  /** Begins with nothing. */
  public SnapshotDecoder() {}

  /**
   * Takes in the next chunk.
   *
   * @throws InvalidSnapshotException if no encoder has made it
   */
  public void accept(byte[] chunk) throws InvalidSnapshotException {
    ByteBuffer source = ByteBuffer.wrap(chunk);
    while (source.hasRemaining()) {
      ByteBuffer record = body;
      if (record == null) {
        move(source, length);
        if (!length.hasRemaining()) {
          body = allocate(length.getInt(0));
          length.clear();
        }
      } else {
        move(source, record);
        if (!record.hasRemaining()) {
          body = null;
          parse(record.flip());
        }
      }
    }
  }

  private static void move(ByteBuffer source, ByteBuffer target) {
    int count = Math.min(target.remaining(), source.remaining());
    target.put(source.slice(source.position(), count));
    source.position(source.position() + count);
  }

  private ByteBuffer allocate(int bytes) throws InvalidSnapshotException {
    if (bytes < 1 || bytes > RECORD_BYTES_MAX) {
      throw new InvalidSnapshotException("record %d has %d bytes".formatted(records, bytes));
    }
    return ByteBuffer.allocate(bytes);
  }

  private void parse(ByteBuffer record) throws InvalidSnapshotException {
    try {
      take(SnapshotRecord.parseFrom(record));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidSnapshotException(
          "record %d is impossible (%s)".formatted(records, e.getMessage()), e);
    }
    records++;
  }

  /**
   * The state, after the last chunk.
   *
   * @throws InvalidSnapshotException if chunks are missing
   */
  public State finish() throws InvalidSnapshotException {
    if (head == null || keys == null || end == null || body != null || length.position() > 0) {
      throw new InvalidSnapshotException("it ends after %d records".formatted(records));
    }
    Keyspace keyspace = keys.finish();
    if (end.getLiveKeys() != keyspace.newest().sizeLive()) {
      throw new InvalidSnapshotException(
          "%d keys instead of %d".formatted(keyspace.newest().sizeLive(), end.getLiveKeys()));
    }
    for (Version version : keyspace.newest()) {
      if (version.isLive()) {
        tree.add(version);
        leases.keyChanged(Optional.empty(), version);
      }
    }
    return new State(
        head.getIndex(),
        head.getTerm(),
        SnapshotMessages.conf(head.getConf()),
        keyspace,
        tree.finish(),
        leases.freeze(),
        new Alarms(alarms),
        members,
        head.getDigest());
  }

  private void take(SnapshotRecord record) {
    if (end != null) {
      throw new IllegalArgumentException("something follows the end");
    }
    switch (record.getRecordCase()) {
      case HEAD -> begin(record.getHead());
      case OLD -> keys().addOld(SnapshotMessages.version(record.getOld()));
      case BASE -> keys().addBase(SnapshotMessages.version(record.getBase()));
      case VERSION -> keys().add(SnapshotMessages.version(record.getVersion()));
      case REMOVED ->
          record.getRemoved().getPathsList().stream()
              .map(SnapshotMessages::bytes)
              .forEach(removed::add);
      case CHANGE -> keys().add(change(record.getChange()));
      case DIRECTORY -> tree.add(SnapshotMessages.directory(record.getDirectory()));
      case LEASE -> grant(record.getLease().getId(), record.getLease().getTtlSeconds());
      case ALARM -> alarms.add(SnapshotMessages.alarm(record.getAlarm()));
      case END -> finish(record.getEnd());
      case RECORD_NOT_SET -> throw new IllegalArgumentException("a record of unknown kind");
    }
  }

  private void begin(SnapshotHead first) {
    if (head != null) {
      throw new IllegalArgumentException("a second head");
    }
    head = first;
    members =
        new Members(
            first.getMembersList().stream().map(SnapshotMessages::member).toList(),
            first.getRemovedMembersList());
    keys =
        new KeyspaceLoader(
            first.getRevision(), first.getCompactRevision(), first.getFirstSequence());
  }

  private KeyspaceLoader keys() {
    if (keys == null) {
      throw new IllegalArgumentException("no head");
    }
    return keys;
  }

  private DirectoryChange change(SnapshotDirectoryChange message) {
    if (message.getRemoved() != removed.size()) {
      throw new IllegalArgumentException(
          removed.size() + " removed directories instead of " + message.getRemoved());
    }
    DirectoryChange change =
        new DirectoryChange(
            SnapshotMessages.bytes(message.getPath()),
            message.getModRevision(),
            SnapshotMessages.action(message.getAction()),
            message.getCreatedIndex(),
            message.hasExpiration() ? message.getExpiration() : Version.PERMANENT,
            before(message),
            removed,
            message.getShown());
    removed.clear();
    return change;
  }

  private DirectoryChange.@Nullable Before before(SnapshotDirectoryChange message) {
    return switch (message.getBeforeCase()) {
      case KEPT_FILE ->
          new DirectoryChange.Before.File(
              keys()
                  .find(SnapshotMessages.bytes(message.getPath()), message.getKeptFile())
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "version " + message.getKeptFile() + " is missing")));
      case OWN_FILE ->
          new DirectoryChange.Before.File(SnapshotMessages.version(message.getOwnFile()));
      case DIRECTORY -> {
        SnapshotDirectory before = message.getDirectory();
        Directory read = SnapshotMessages.directory(before);
        yield new DirectoryChange.Before.Directory(
            read.createdIndex(), read.modifiedIndex(), read.expiration());
      }
      case BEFORE_NOT_SET -> null;
    };
  }

  private void grant(long id, long ttlSeconds) {
    if (id < 1 || ttlSeconds < 1 || ttlSeconds > Lease.TTL_MAX_SECONDS) {
      throw new IllegalArgumentException("lease " + id + " with a TTL of " + ttlSeconds);
    }
    leases.grant(id, ttlSeconds);
  }

  private void finish(SnapshotEnd last) {
    if (last.getRecords() != records || !removed.isEmpty()) {
      throw new IllegalArgumentException(records + " records instead of " + last.getRecords());
    }
    end = last;
  }
}
