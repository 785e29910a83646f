package dev.remora.server.storage;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.Members;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a new data directory of a backup: all keys, leases and history, and other members.
 *
 * <p>Each member of the new cluster is made of the same file with the same members, so all of them
 * begin with one and the same snapshot. The cluster's id depends on the file, too: members of the
 * cluster that the backup was made of are strangers to it, even with the same flags.
 */
public final class Restore {
  private final DataDirectory data;
  private final Disk disk;
  private final Path backup;
  private final LogStoreEvents events;

  /**
   * From this file into this directory.
   *
   * @param events of the log that is begun
   */
  public Restore(DataDirectory data, Path backup, LogStoreEvents events) {
    this.data = data;
    this.disk = data.disk();
    this.backup = backup;
    this.events = events;
  }

  /**
   * Does it; all is durable when this returns.
   *
   * @param members of the new cluster
   * @param identity of the member that this directory is to be, with the cluster's id by the flags
   * @throws StorageException if the directory is in use already, or the file is no whole backup
   */
  public void run(List<Member> members, StoredIdentity identity) throws StorageException {
    IdentityFile file = new IdentityFile(data);
    if (file.read().isPresent()) {
      throw new StorageException(
          "this data directory has data already, and a backup is restored into a new one only:"
              + " start without --restore to go on with it, or choose another --data-dir");
    }
    try {
      long salt = write(members);
      file.write(
          new StoredIdentity(identity.cluster() ^ salt, identity.member(), identity.incarnation()));
    } catch (IOException e) {
      throw StorageException.cannot("restore " + backup, e);
    }
  }

  /** Returns what tells this backup from every other. */
  private long write(List<Member> members) throws IOException, StorageException {
    State state;
    long salt;
    try (DiskFile file = disk.openToRead(backup)) {
      SnapshotFile snapshot = new SnapshotFile(file);
      state =
          switch (snapshot.read()) {
            case SnapshotFile.Read.Whole(State whole) -> of(whole, members);
            case SnapshotFile.Read.Newer(int format) ->
                throw new StorageException(
                    "%s has format %d, which this server does not know: start a newer server"
                        .formatted(backup, format));
            case SnapshotFile.Read.Damaged(String problem) ->
                throw new StorageException(
                    backup + " is no whole backup: " + problem + "; take another one");
          };
      salt = ByteBuffer.wrap(snapshot.endHash()).getLong();
    }
    beginLog();
    SnapshotMark mark = new SnapshotMark(state.index(), state.term());
    Path unfinished = data.snapshots().resolve("restored.tmp");
    try (DiskFile file = disk.create(unfinished)) {
      new SnapshotFile(file).write(state, () -> false);
    }
    disk.rename(unfinished, data.snapshots().resolve(SnapshotDirectory.name(mark)));
    disk.forceDirectory(data.snapshots());
    return salt;
  }

  /** An empty one: snapshots without a log are refused, since a lost log would look so. */
  private void beginLog() throws StorageException {
    SnapshotDirectory.Loaded start = new SnapshotDirectory.Loaded(State.EMPTY, "");
    WriteAheadLog.open(data, start, events).log().close();
  }

  /** In a term of its own, after the one in which a new cluster adds its first members. */
  private static State of(State backup, List<Member> members) {
    List<Long> ids = members.stream().map(Member::id).toList();
    List<Long> removed =
        backup.members().removed().stream().filter(id -> !ids.contains(id)).toList();
    return new State(
        Math.max(backup.index(), 1),
        backup.term() + 2,
        ConfState.of(ids),
        backup.keyspace(),
        backup.tree(),
        backup.leases(),
        backup.alarms(),
        new Members(members, removed),
        backup.digest());
  }
}
