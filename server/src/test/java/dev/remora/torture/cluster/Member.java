package dev.remora.torture.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One server process, its disk and its log. Thread-safe. */
public final class Member {
  private final int number;
  private final int clientPort;
  private final Disk disk;
  private final Path log;
  private final String peerUrl;
  private final List<String> command;
  private final Optional<FakeClock> clock;

  /** What the next start needs besides. */
  private List<String> joining = List.of();

  private @Nullable Process process;

  /** Whether we want it to run: if it does not, it ended by itself. */
  private boolean isWanted;

  /**
   * Makes a member that does not run yet.
   *
   * @param number from 0
   * @param peerUrl where the others reach it
   * @param clock empty for the machine's
   * @param log takes what the process prints, over all its lives
   */
  Member(
      int number,
      int clientPort,
      String peerUrl,
      Disk disk,
      Path log,
      List<String> command,
      Optional<FakeClock> clock) {
    this.number = number;
    this.clientPort = clientPort;
    this.disk = disk;
    this.peerUrl = peerUrl;
    this.log = log;
    this.command = List.copyOf(command);
    this.clock = clock;
  }

  /** The name it has in the cluster. */
  public String name() {
    return "m" + number;
  }

  /** Where the others reach it. */
  public String peerUrl() {
    return peerUrl;
  }

  /** Its place among the members, from 0. */
  public int number() {
    return number;
  }

  /** Where clients connect, on 127.0.0.1. */
  public int clientPort() {
    return clientPort;
  }

  /** Where its data lies. */
  public Disk disk() {
    return disk;
  }

  /** What it printed. */
  public Path log() {
    return log;
  }

  /** Starts it. Does not wait until it serves: alone it may never. */
  public synchronized void start() {
    if (isRunning()) {
      throw new IllegalStateException("member " + number + " runs already");
    }
    try {
      List<String> all = new ArrayList<>(command);
      all.addAll(joining);
      ProcessBuilder builder = new ProcessBuilder(all);
      clock.ifPresent(fake -> builder.environment().putAll(fake.environment()));
      Process started =
          builder
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .redirectInput(new File("/dev/null"))
              .start();
      process = started;
      isWanted = true;
    } catch (IOException e) {
      throw new UncheckedIOException("member " + number, e);
    }
  }

  /** Forgets all it had. */
  public synchronized void wipe() {
    requireStopped();
    Shell.run("rm", "-rf", data().toString());
  }

  /** From now on it starts as a newcomer to a cluster that has been told of it. */
  public synchronized void join() {
    joining = List.of("--initial-cluster-state=existing");
  }

  /** Copies all it has. */
  public synchronized void backUp(Path copy) {
    requireStopped();
    Shell.run("cp", "-r", data().toString(), copy.toString());
  }

  /** Has what was copied, and nothing else. */
  public synchronized void restore(Path copy) {
    wipe();
    Shell.run("cp", "-r", copy.toString(), data().toString());
  }

  private Path data() {
    return disk.folder().resolve("data");
  }

  private void requireStopped() {
    if (isRunning()) {
      throw new IllegalStateException("member " + number + " runs");
    }
  }

  /** SIGKILL, and waits until it is gone. Of a member that is not running, nothing. */
  public synchronized void kill() {
    isWanted = false;
    Process running = process;
    if (running != null) {
      List<ProcessHandle> children = running.descendants().toList();
      // Children first: what a dying tracer leaves behind is neither traced nor as it was.
      children.forEach(ProcessHandle::destroyForcibly);
      running.destroyForcibly();
      awaitExit(Duration.ofSeconds(10));
      children.forEach(child -> child.onExit().join());
    }
  }

  /** SIGTERM. Does not wait. */
  public synchronized void terminate() {
    isWanted = false;
    Process running = process;
    if (running != null) {
      running.destroy();
    }
  }

  /**
   * Turns its wall clock by so much from the true time.
   *
   * @throws IllegalStateException if it has the machine's clock
   */
  public void turnClock(Duration offset) {
    clock.orElseThrow(() -> new IllegalStateException("no clock of its own")).turn(offset);
  }

  /** SIGSTOP: it stands still and does not notice. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    for (long pid : pids()) {
      Shell.run("kill", "-" + name, Long.toString(pid));
    }
  }

  /** From now on its end is no surprise. */
  public synchronized void expectEnd() {
    isWanted = false;
  }

  /**
   * Waits for its end.
   *
   * @return the exit code; empty if it runs on
   */
  public OptionalInt awaitExit(Duration patience) {
    Process running;
    synchronized (this) {
      running = process;
    }
    try {
      return running != null && running.waitFor(patience)
          ? OptionalInt.of(running.exitValue())
          : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Whether there is a process, paused or not. */
  public synchronized boolean isRunning() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** The exit code, if it ended though nobody wanted it to. */
  public synchronized OptionalInt surprise() {
    Process ended = process;
    return isWanted && ended != null && !ended.isAlive()
        ? OptionalInt.of(ended.exitValue())
        : OptionalInt.empty();
  }

  /** The ids of the process and of its children. */
  public synchronized List<Long> pids() {
    Process running = process;
    return running == null || !running.isAlive()
        ? List.of()
        : Stream.concat(Stream.of(running.toHandle()), running.toHandle().descendants())
            .map(ProcessHandle::pid)
            .toList();
  }
}
