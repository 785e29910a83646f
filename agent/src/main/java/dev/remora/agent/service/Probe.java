package dev.remora.agent.service;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is looked at to tell whether an instance can be used. */
public sealed interface Probe {
  /** Whether a connection is encrypted, and whether the other side must prove its name. */
  enum Tls {
    OFF,
    VERIFIED,
    UNVERIFIED
  }

  /**
   * A request. Its status code decides: 2xx passes, 429 warns, anything else is critical.
   *
   * @param headers in the order of their names
   * @param body empty for none
   * @param expect codes that pass instead of 2xx; empty for 2xx
   * @param followsRedirects whether the code is that of where it was sent to
   */
  record Http(
      String url,
      Tls tls,
      String method,
      Map<String, String> headers,
      String body,
      List<Integer> expect,
      boolean followsRedirects)
      implements Probe {
    public Http {
      headers = Collections.unmodifiableMap(new TreeMap<>(headers));
      expect = List.copyOf(expect);
    }
  }

  /** A connection: passes once it is open, with TLS once the handshake is done. */
  record Tcp(String host, int port, Tls tls) implements Probe {}

  /**
   * A call of {@code grpc.health.v1.Health/Check}.
   *
   * @param service empty for the server as a whole
   */
  record Grpc(String host, int port, String service, Tls tls) implements Probe {}

  /** A program: exit code 0 passes, 1 warns, anything else is critical. */
  record Command(List<String> arguments) implements Probe {
    public Command {
      arguments = List.copyOf(arguments);
    }
  }

  /** Nothing: the application reports through the local API, at least this often. */
  record Ttl(long millis) implements Probe {}

  /** The status of another service of this agent. */
  record Alias(String serviceId) implements Probe {}
}
