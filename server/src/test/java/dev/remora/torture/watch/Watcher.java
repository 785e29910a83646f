package dev.remora.torture.watch;

import dev.remora.torture.client.Connection;
import java.io.IOException;
import java.time.Duration;

/** Watches at one member until it is closed; begins again after every break. */
abstract class Watcher implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(50);

  final Connection connection;
  final WatchLog log;
  private final Thread thread;
  private volatile boolean isClosed;

  Watcher(WatchLog log, int port) {
    this.log = log;
    this.connection = new Connection(port);
    this.thread = Thread.ofVirtual().name("watcher of member " + log.member()).unstarted(this::run);
  }

  final void start() {
    thread.start();
  }

  private void run() {
    while (!isClosed) {
      try {
        watch();
      } catch (IOException | NumberFormatException e) {
        connection.close(); // The member is down, slow or cut off: ask again.
        rest();
      }
    }
  }

  /** Watches from behind the last change on, and returns or throws at a break. */
  abstract void watch() throws IOException;

  final boolean isClosed() {
    return isClosed;
  }

  private static void rest() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public final void close() {
    isClosed = true;
    thread.interrupt();
    connection.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
