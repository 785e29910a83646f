package dev.remora.server.process;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Servers m0, m1, … that are one cluster, each in a JVM of its own with a data directory. */
final class ClusterProcesses implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final String peerScheme;
  private final List<String> flags;
  private final List<Integer> clientPorts = new ArrayList<>();
  private final List<Integer> peerPorts = new ArrayList<>();
  private final Map<Integer, ChildProcess> running = new TreeMap<>();

  /**
   * Chooses their ports; none is started.
   *
   * @param flags for each of them besides
   */
  ClusterProcesses(Path directory, int size, String... flags) {
    this(directory, "http", size, flags);
  }

  /** Chooses the ports of members that speak TLS to each other, of which the flags tell. */
  static ClusterProcesses overTls(Path directory, int size, String... flags) {
    return new ClusterProcesses(directory, "https", size, flags);
  }

  private ClusterProcesses(Path directory, String peerScheme, int size, String... flags) {
    this.directory = directory;
    this.peerScheme = peerScheme;
    this.flags = List.of(flags);
    for (int i = 0; i < size; i++) {
      clientPorts.add(StoreProcess.freePort());
      peerPorts.add(StoreProcess.freePort());
    }
  }

  /** Starts all, and waits until they serve. */
  void startAll() {
    for (int member = 0; member < clientPorts.size(); member++) {
      begin(member);
    }
    running.values().forEach(ClusterProcesses::awaitReady);
  }

  /** Starts one, with more flags, and waits until it serves. */
  void start(int member, String... more) {
    awaitReady(begin(member, more));
  }

  private static void awaitReady(ChildProcess process) {
    process.awaitLine(StoreProcess.READY, START_PATIENCE);
  }

  private ChildProcess begin(int member, String... more) {
    List<String> command = ServerProcess.command(ServerArchive.get());
    command.addAll(List.of("--name", "m" + member));
    command.addAll(List.of("--data-dir", dataDir(member).toString()));
    command.addAll(List.of("--listen-client-urls", url(member).toString()));
    command.addAll(List.of("--listen-peer-urls", peerUrl(member)));
    command.addAll(List.of("--initial-advertise-peer-urls", peerUrl(member)));
    command.addAll(List.of("--initial-cluster", initialCluster()));
    command.addAll(flags);
    command.addAll(List.of(more));
    ChildProcess process = ChildProcess.start(command);
    running.put(member, process);
    return process;
  }

  private String initialCluster() {
    List<String> members = new ArrayList<>();
    for (int member = 0; member < peerPorts.size(); member++) {
      members.add("m" + member + "=" + peerUrl(member));
    }
    return members.stream().collect(Collectors.joining(","));
  }

  /** Where the others find this member. */
  String peerUrl(int member) {
    return peerScheme + "://127.0.0.1:" + peerPorts.get(member);
  }

  /** Where clients of this member connect. */
  URI url(int member) {
    return URI.create("http://127.0.0.1:" + clientPorts.get(member));
  }

  /** Where this member keeps its data. */
  Path dataDir(int member) {
    return directory.resolve("m" + member);
  }

  /** The process of a member that was started. */
  ChildProcess process(int member) {
    ChildProcess process = running.get(member);
    if (process == null) {
      throw new IllegalStateException("member " + member + " was not started");
    }
    return process;
  }

  /** SIGSTOP: it does nothing, and its connections stand. */
  void freeze(int member) {
    signal(member, "-STOP");
  }

  /** SIGCONT. */
  void thaw(int member) {
    signal(member, "-CONT");
  }

  private void signal(int member, String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", signal, Long.toString(process(member).pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill " + signal + " failed");
      }
    } catch (IOException e) {
      throw new IllegalStateException("there is no kill", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    running.values().forEach(ChildProcess::kill);
  }
}
