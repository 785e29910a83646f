package dev.remora.server.simulation;

import dev.remora.server.apply.State;
import java.util.TreeMap;

/** The contents of snapshots on their way between members of one run, by their place. */
final class States {
  private final TreeMap<Long, State> states = new TreeMap<>();

  void put(State state) {
    states.put(state.index(), state);
  }

  State at(long index) {
    State state = states.get(index);
    if (state == null) {
      throw new IllegalStateException("no member has a snapshot at " + index);
    }
    return state;
  }
}
