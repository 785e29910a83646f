package dev.remora.server.api.v2;

import dev.remora.server.apply.State;

/** The right of one request, to be asked again of each state that its answer is made of. */
interface Access {
  /** Of a request that came while auth was disabled: not if it is enabled meanwhile. */
  Access FREE = state -> !state.auth().isEnabled();

  /** Whether it is allowed on a state. */
  boolean isAllowed(State state);
}
