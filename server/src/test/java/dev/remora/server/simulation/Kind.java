package dev.remora.server.simulation;

import dev.remora.server.storage.StorageException;
import java.util.HashMap;
import java.util.Map;

/** What is simulated around the core and the log. */
enum Kind {
  /** The least there can be: fast, for the proof of both. */
  CORE {
    @Override
    Server.Starter starter(Seams seams) {
      Map<Long, Shelf> shelves = new HashMap<>();
      return member ->
          new CoreServer(
              member, shelves.computeIfAbsent(member.id, _ -> new Shelf(member.initial)), seams);
    }
  },

  /** Members as they are in production, driver, replica and snapshots included. */
  MEMBER {
    @Override
    Server.Starter starter(Seams seams) {
      States states = new States();
      Workload workload = new Workload();
      return new Server.Starter() {
        @Override
        public Server start(SimMember member) throws StorageException {
          return new MemberServer(member, states, workload, seams);
        }

        @Override
        public void check() {
          workload.check();
        }
      };
    }
  };

  /** Starts the servers of one run. */
  abstract Server.Starter starter(Seams seams);
}
