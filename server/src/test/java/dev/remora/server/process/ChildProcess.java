package dev.remora.server.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process whose output is kept, line by line, standard error with it.
 *
 * <p>Thread-safe. It dies with this JVM, even if the test forgets it.
 */
public final class ChildProcess {
  private final Process process;
  private final Thread reader;

  /** Guarded by itself, which is notified at every line and at the end. */
  private final List<String> lines = new ArrayList<>();

  private boolean ended;

  private ChildProcess(Process process) {
    this.process = process;
    this.reader = Thread.ofVirtual().name("output of " + process.pid()).unstarted(this::read);
  }

  /** Starts a command, its standard input closed. */
  public static ChildProcess start(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      ChildProcess child = new ChildProcess(process);
      child.reader.start();
      return child;
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + command, e);
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      // The pipe broke as the process was killed: the output so far is all there is.
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  /**
   * Waits for a line that contains the text, and returns it.
   *
   * @throws IllegalStateException if the output ends or the time passes before; with the output
   */
  public String awaitLine(String text, Duration patience) {
    long endNanos = System.nanoTime() + patience.toNanos();
    synchronized (lines) {
      int next = 0;
      while (true) {
        for (; next < lines.size(); next++) {
          if (lines.get(next).contains(text)) {
            return lines.get(next);
          }
        }
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
        if (ended || leftMillis <= 0) {
          throw new IllegalStateException(
              "no line '" + text + "' in the output:\n" + String.join("\n", lines));
        }
        awaitChange(leftMillis);
      }
    }
  }

  private void awaitChange(long millisMax) {
    try {
      lines.wait(millisMax);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** All lines so far. */
  public List<String> output() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** SIGKILL, and wait until it is gone and its output is read. */
  public void kill() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  /** SIGTERM. Does not wait. */
  public void terminate() {
    process.destroy();
  }

  /**
   * Waits for the end, of the process and of its output.
   *
   * @return the exit code
   * @throws IllegalStateException if it is still running after this time
   */
  public int awaitExit(Duration patience) {
    try {
      if (!process.waitFor(patience) || !reader.join(patience)) {
        throw new IllegalStateException(
            "still running after " + patience + ":\n" + String.join("\n", output()));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The operating system's id of it. */
  public long pid() {
    return process.pid();
  }
}
