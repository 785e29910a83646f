package dev.remora.agent.runner;

import java.nio.file.Path;

/** Where the local API is. */
public sealed interface Listen {
  /** Nowhere. */
  record Off() implements Listen {}

  /**
   * At an address of this host.
   *
   * @param port 0 for any that is free
   */
  record Tcp(String host, int port) implements Listen {}

  /** At a unix socket, which only its owner and group may use. */
  record Unix(Path path) implements Listen {}
}
