package dev.remora.server.simulation;

import dev.remora.server.apply.State;
import dev.remora.server.lease.Leases;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Clocks;
import java.util.ArrayList;
import java.util.List;

/** Bugs of the replica and of what carries things to it; for whole members only. */
final class ReplicaMutants {
  private ReplicaMutants() {}

  /** A confirmed read is served at once, though its place is not applied yet. */
  static final class ReadNotAwaited extends Seams {
    @Override
    long readable(long index) {
      return 0;
    }
  }

  /** Leases run out by the clock on the wall. */
  static final class LeasesByWallClock extends Seams {
    @Override
    Clocks clocks(Clocks real) {
      return new Clocks() {
        @Override
        public long wallNanos() {
          return real.wallNanos();
        }

        @Override
        public long monotonicNanos() {
          return real.wallNanos();
        }
      };
    }
  }

  /** What keys hang on is missing from a snapshot that comes from the leader. */
  static final class SnapshotWithoutLeases extends Seams {
    @Override
    State carried(State state) {
      return new State(
          state.index(),
          state.term(),
          state.conf(),
          state.keyspace(),
          state.tree(),
          Leases.EMPTY,
          state.alarms(),
          state.members(),
          state.digest());
    }
  }

  /** What a follower has sent to the leader is proposed twice. */
  static final class ProposedTwice extends Seams {
    @Override
    Message received(SimMember member, Message message) {
      if (!(message instanceof Message.Propose propose)) {
        return message;
      }
      List<Message.Proposed> twice = new ArrayList<>(propose.proposals());
      twice.addAll(propose.proposals());
      return new Message.Propose(propose.from(), propose.to(), propose.term(), twice);
    }
  }
}
