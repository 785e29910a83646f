import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A process that was started and what it says; its figures are those of Linux, proc(5). */
final class Child {
  private static final int LINES_KEPT = 20;
  private static final int MICROS_A_TICK = 10_000; // USER_HZ is 100 on every Linux there is.

  private final String name;
  private final Process process;
  private final long startedNanos;
  private final CompletableFuture<Long> ready = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>(); // Guarded by itself.

  /**
   * Follows a process.
   *
   * @param readyWords what it says once it serves
   * @param startedNanos when it was started, by {@link System#nanoTime}
   */
  Child(String name, Process process, String readyWords, long startedNanos) {
    this.name = name;
    this.process = process;
    this.startedNanos = startedNanos;
    Thread.ofPlatform().daemon().name("log of " + name).start(() -> read(readyWords));
  }

  private void read(String readyWords) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.contains(readyWords)) {
          ready.complete(System.nanoTime());
        }
        synchronized (lastLines) {
          if (lastLines.size() == LINES_KEPT) {
            lastLines.removeFirst();
          }
          lastLines.addLast(line);
        }
      }
      ready.completeExceptionally(new IOException(name + " ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /**
   * Waits until it says that it serves.
   *
   * @return the nanoseconds that took since its start
   */
  long awaitReady(long patienceSeconds) throws IOException, InterruptedException {
    try {
      return ready.get(patienceSeconds, TimeUnit.SECONDS) - startedNanos;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(name + " did not get ready; its last lines:\n" + lastLines(), e);
    }
  }

  String lastLines() {
    synchronized (lastLines) {
      return String.join("\n", lastLines);
    }
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** What it has used of the processors so far, of user and system, to 10 ms. */
  long cpuMicros() throws IOException {
    String stat = Files.readString(proc("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_A_TICK;
  }

  /**
   * A figure of its memory, in bytes.
   *
   * @param field such as VmRSS
   */
  long memoryBytes(String field) throws IOException {
    for (String line : Files.readAllLines(proc("status"))) {
      if (line.startsWith(field + ":")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("no " + field + " of " + name);
  }

  /** Ends it by SIGKILL, and waits until it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  private Path proc(String file) {
    return Path.of("/proc", Long.toString(process.pid()), file);
  }
}
