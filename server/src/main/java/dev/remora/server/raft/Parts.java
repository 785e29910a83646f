package dev.remora.server.raft;

import dev.remora.server.raft.log.RaftLog;

/** Makes the parts of a core on which its safety hangs. */
class Parts {
  RaftLog log(RaftConfig config, Restart restart) {
    return new RaftLog(restart, config.applyBytesMax());
  }

  Lease lease(RaftConfig config) {
    return new Lease(config.electionTicks());
  }

  Reads reads(Member member, Lease lease) {
    return new Reads(member, lease);
  }

  Replication replication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
    return new Replication(member, feeder, reads, transfer);
  }

  Following following(Member member) {
    return new Following(member);
  }

  PendingChange pendingChange(Member member) {
    return new PendingChange(member);
  }
}
