package dev.remora.server.apply;

import dev.remora.server.apply.proto.SnapshotDirectoryChange;
import dev.remora.server.apply.proto.SnapshotEnd;
import dev.remora.server.apply.proto.SnapshotHead;
import dev.remora.server.apply.proto.SnapshotLease;
import dev.remora.server.apply.proto.SnapshotRecord;
import dev.remora.server.apply.proto.SnapshotRemoved;
import dev.remora.server.lease.Lease;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.History;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.Directory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * A state as a stream of chunks, made while it is read. The state is immutable, so any thread may
 * take its time over it.
 *
 * <p>The records come in this order: head, with the members; versions older than the history,
 * newest ones, then base ones; the history; directories; leases; alarms; end. A version that the
 * newest keys share with the history is written with the history only. Deadlines and attachments
 * are not written: they follow from the rest.
 */
public final class SnapshotEncoder implements Iterator<byte[]> {
  /** Most bytes of a chunk. All but the last have so many; a record may run over several. */
  public static final int CHUNK_BYTES_MAX = 1 << 20;

  /** Removed paths are written in portions of about so many bytes. */
  private static final int REMOVED_BYTES = 256 << 10;

  private final Keyspace keyspace;
  private final Iterator<Version> newest;
  private final Iterator<Version> base;
  private final Iterator<Directory> directories;
  private final Iterator<Lease> leases;
  private final Iterator<Alarm> alarms;

  /** Records to be written next, each behind its length. */
  private final Deque<ByteBuffer> ready = new ArrayDeque<>();

  private long nextSequence;
  private long records;
  private boolean isEnded;

  /** What of the last record did not fit into its chunk. */
  private ByteBuffer rest = ByteBuffer.allocate(0);

  /** Begins with the first chunk. */
  public SnapshotEncoder(State state) {
    this.keyspace = state.keyspace();
    this.newest = keyspace.newest().iterator();
    this.base = keyspace.base().iterator();
    this.directories = state.tree().directories().iterator();
    this.leases = state.leases().granted().iterator();
    this.alarms = state.alarms().raised().iterator();
    this.nextSequence = keyspace.history().first();
    add(
        record()
            .setHead(
                SnapshotHead.newBuilder()
                    .setIndex(state.index())
                    .setTerm(state.term())
                    .setConf(SnapshotMessages.of(state.conf()))
                    .setRevision(keyspace.revision())
                    .setCompactRevision(keyspace.compactRevision())
                    .setFirstSequence(nextSequence)
                    .addAllMembers(
                        state.members().list().stream().map(SnapshotMessages::message).toList())
                    .addAllRemovedMembers(state.members().removed())
                    .setDigest(state.digest())));
  }

  @Override
  public boolean hasNext() {
    return rest.hasRemaining() || !isEnded;
  }

  @Override
  public byte[] next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES_MAX);
    while (chunk.hasRemaining() && hasNext()) {
      if (!rest.hasRemaining()) {
        rest = nextRecord();
      }
      int count = Math.min(chunk.remaining(), rest.remaining());
      chunk.put(rest.slice(rest.position(), count));
      rest.position(rest.position() + count);
    }
    byte[] filled = new byte[chunk.position()];
    chunk.flip().get(filled);
    return filled;
  }

  private static ByteBuffer bytes(SnapshotRecord record) {
    byte[] body = record.toByteArray();
    return ByteBuffer.allocate(Integer.BYTES + body.length).putInt(body.length).put(body).flip();
  }

  private ByteBuffer nextRecord() {
    if (ready.isEmpty()) {
      prepare();
    }
    records++;
    return ready.remove();
  }

  private void prepare() {
    History history = keyspace.history();
    while (newest.hasNext()) {
      Version version = newest.next();
      if (version.sequence() < history.first()) {
        ready.add(VersionRecord.encode(SnapshotRecord.OLD_FIELD_NUMBER, version));
        return;
      }
    }
    if (base.hasNext()) {
      ready.add(VersionRecord.encode(SnapshotRecord.BASE_FIELD_NUMBER, base.next()));
    } else if (nextSequence < history.end()) {
      add(history.at(nextSequence++));
    } else if (directories.hasNext()) {
      Directory made = directories.next();
      add(
          record()
              .setDirectory(
                  SnapshotMessages.message(
                      made.key(), made.createdIndex(), made.modifiedIndex(), made.expiration())));
    } else if (leases.hasNext()) {
      Lease lease = leases.next();
      add(
          record()
              .setLease(
                  SnapshotLease.newBuilder().setId(lease.id()).setTtlSeconds(lease.ttlSeconds())));
    } else if (alarms.hasNext()) {
      add(record().setAlarm(SnapshotMessages.message(alarms.next())));
    } else {
      isEnded = true;
      add(
          record()
              .setEnd(
                  SnapshotEnd.newBuilder()
                      .setRecords(records)
                      .setLiveKeys(keyspace.newest().sizeLive())));
    }
  }

  private void add(Change change) {
    switch (change) {
      case Version version ->
          ready.add(VersionRecord.encode(SnapshotRecord.VERSION_FIELD_NUMBER, version));
      case DirectoryChange directory -> {
        addRemoved(directory);
        add(record().setChange(message(directory)));
      }
    }
  }

  /** In portions: a removal of very many directories must not become one huge record. */
  private void addRemoved(DirectoryChange change) {
    SnapshotRemoved.Builder portion = SnapshotRemoved.newBuilder();
    int bytes = 0;
    for (Bytes path : change.removed()) {
      portion.addPaths(SnapshotMessages.wire(path));
      bytes += path.length();
      if (bytes >= REMOVED_BYTES) {
        add(record().setRemoved(portion));
        portion = SnapshotRemoved.newBuilder();
        bytes = 0;
      }
    }
    if (portion.getPathsCount() > 0) {
      add(record().setRemoved(portion));
    }
  }

  private SnapshotDirectoryChange message(DirectoryChange change) {
    SnapshotDirectoryChange.Builder message =
        SnapshotDirectoryChange.newBuilder()
            .setPath(SnapshotMessages.wire(change.path()))
            .setModRevision(change.modRevision())
            .setAction(SnapshotMessages.message(change.action()))
            .setCreatedIndex(change.createdIndex())
            .setRemoved(change.removed().size())
            .setShown(change.isShown());
    if (change.expiration() != Version.PERMANENT) {
      message.setExpiration(change.expiration());
    }
    switch (change.before()) {
      case null -> {}
      case DirectoryChange.Before.File(Version file) when isKept(file) ->
          message.setKeptFile(file.sequence());
      case DirectoryChange.Before.File(Version file) ->
          message.setOwnFile(SnapshotMessages.message(file));
      case DirectoryChange.Before.Directory(long created, long modified, long expiration) ->
          message.setDirectory(
              SnapshotMessages.message(Bytes.EMPTY, created, modified, expiration));
    }
    return message.build();
  }

  private boolean isKept(Version version) {
    return version.sequence() >= keyspace.history().first()
        || keyspace
            .base()
            .find(version.key())
            .filter(kept -> kept.sequence() == version.sequence())
            .isPresent();
  }

  private void add(SnapshotRecord.Builder record) {
    ready.add(bytes(record.build()));
  }

  private static SnapshotRecord.Builder record() {
    return SnapshotRecord.newBuilder();
  }
}
