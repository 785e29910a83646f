package dev.remora.server.simulation;

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
      return member -> new MemberServer(member, states);
    }
  };

  /** Starts the servers of one run. */
  abstract Server.Starter starter(Seams seams);
}
