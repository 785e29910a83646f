package dev.remora.server.simulation;

import dev.remora.server.apply.State;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Restart;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.storage.Disk;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;

/** Where a mutant can take the place of the real thing. As it stands, everything is real. */
class Seams {
  RaftCore core(SimMember member, RaftConfig config, Restart restart) {
    return new RaftCore(config, restart, member.group.random());
  }

  /** Opens a member's log. */
  @FunctionalInterface
  interface Opener {
    /** Opens the log that a disk has, which tells of its troubles. */
    WriteAheadLog.Opened open(Disk disk, LogStoreEvents events) throws StorageException;
  }

  /** Opens the log that a member's disk has. */
  WriteAheadLog.Opened open(SimMember member, LogStoreEvents events, Opener opener)
      throws StorageException {
    return opener.open(member.disk, events);
  }

  /** What a member uses as its log. */
  LogStore log(SimMember member, LogStore log) {
    return log;
  }

  /** What the core is told when a message arrives. */
  Message received(SimMember member, Message message) {
    return message;
  }

  /** What is done when the core says this. */
  Ready taken(SimMember member, Ready ready) {
    return ready;
  }

  /** At which place a confirmed read may be served. */
  long readable(long index) {
    return index;
  }

  /** What a replica takes for the time. */
  Clocks clocks(Clocks real) {
    return real;
  }

  /** What arrives of a leader's snapshot. */
  State carried(State state) {
    return state;
  }

  /** Whether it bears faults of this kind. */
  boolean allows(FaultKind kind) {
    return true;
  }
}
