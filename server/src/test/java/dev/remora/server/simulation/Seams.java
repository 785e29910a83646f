package dev.remora.server.simulation;

import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.storage.DataDirectory;
import dev.remora.server.storage.Disk;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;
import java.nio.file.Path;

/** Where a mutant can take the place of the real thing. As it stands, everything is real. */
class Seams {
  static final Path DATA = Path.of("/data");

  RaftCore core(SimMember member, RaftConfig config, Restart restart) {
    return new RaftCore(config, restart, member.group.random());
  }

  /** Opens the log that a member's disk has. */
  WriteAheadLog.Opened open(SimMember member, SimLogThreads threads, LogStoreEvents events)
      throws StorageException {
    return open(member, member.disk, threads, events);
  }

  static WriteAheadLog.Opened open(
      SimMember member, Disk disk, SimLogThreads threads, LogStoreEvents events)
      throws StorageException {
    Group group = member.group;
    return WriteAheadLog.open(
        DataDirectory.open(disk, DATA),
        group.swarm().wal,
        threads,
        group.random()::nextLong,
        events);
  }

  /** What a member uses as its log. */
  LogStore log(SimMember member, LogStore log) {
    return log;
  }

  /** Whether it bears faults of this kind. */
  boolean allows(FaultKind kind) {
    return true;
  }
}
