import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * What every experiment needs.
 *
 * @param root the checkout
 * @param dir where data goes, on the disk of the checkout; it is removed in the end
 * @param processes starts them
 * @param http asks the members
 * @param results takes what was measured
 * @param settings how much is measured
 */
record Bench(
    Path root, Path dir, Processes processes, Http http, Results results, Settings settings) {
  private static final int PORT_MIN = 20_000; // Below those the kernel gives to clients.
  private static final int PORT_MAX = 30_000;
  private static final int ATTEMPTS_MAX = 1_000;
  private static final int POLL_MILLIS = 20;

  /** Tells whoever waits what is being done. */
  static void tell(String what) {
    System.err.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + what);
  }

  /** The java that runs this. */
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A directory that was not there before. */
  Path newDirectory(String name) throws IOException {
    return Files.createTempDirectory(dir, name + "-");
  }

  /** Ports of 127.0.0.1 that nobody listens on, each another. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int attempt = 0; held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
          if (attempt == ATTEMPTS_MAX) { // Somebody has it; another, but not for ever.
            throw e;
          }
        }
      }
      return held.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
  }

  /**
   * Waits until a condition holds; an {@link IOException} of it counts as not yet.
   *
   * @throws IOException if it does not in time
   */
  static void await(String what, long patienceSeconds, Callable<Boolean> condition)
      throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + patienceSeconds * 1_000_000_000L;
    Exception last = null;
    while (System.nanoTime() < endNanos) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      Thread.sleep(POLL_MILLIS);
    }
    throw new IOException("not in " + patienceSeconds + " s: " + what, last);
  }

  /** Removes a directory and all in it, if it is there; one thread at a time. */
  static synchronized void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> {
            try {
              Files.deleteIfExists(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
