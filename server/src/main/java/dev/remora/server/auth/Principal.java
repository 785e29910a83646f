package dev.remora.server.auth;

/** Who asks, once that was proved; at the door it was proved at. */
public sealed interface Principal {
  /** Who does not say who they are. */
  record Anonymous() implements Principal {}

  /** A user: by password, by token, or by a certificate that was verified. */
  record Named(String name) implements Principal {}
}
