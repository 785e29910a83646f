package dev.remora.server.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;

/** A running server that speaks etcd's v2 API, ours or etcd itself. */
public sealed interface StoreProcess extends AutoCloseable permits ServerProcess, EtcdProcess {
  /** The line part that says that clients are served; etcd's own words, and ours. */
  String READY = "ready to serve client requests";

  /** Where clients connect; no slash at the end. */
  URI url();

  /** The process itself. */
  ChildProcess process();

  /** Ends it, at once. Calling it again does nothing. */
  @Override
  default void close() {
    process().kill();
  }

  /** A port of 127.0.0.1 that was free a moment ago. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }
}
