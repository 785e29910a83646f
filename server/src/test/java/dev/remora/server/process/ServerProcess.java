package dev.remora.server.process;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Our server in a JVM of its own, on the class path of the test JVM without the tests.
 *
 * @param url where clients connect
 * @param process the JVM
 */
public record ServerProcess(URI url, ChildProcess process) implements StoreProcess {
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);

  /** Quick to start: tests start it often and never warm it up. */
  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms32m",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** Starts it on a free port, with these flags besides, and waits until it serves. */
  public static ServerProcess start(Path dataDir, String... flags) {
    return start(dataDir, StoreProcess.freePort(), flags);
  }

  /**
   * Starts it on this port and waits until it serves.
   *
   * @throws IllegalStateException with its output, if it ends instead
   */
  public static ServerProcess start(Path dataDir, int port, String... flags) {
    ChildProcess process = ChildProcess.start(command(dataDir, port, flags));
    try {
      process.awaitLine(READY, START_PATIENCE);
    } catch (IllegalStateException e) {
      process.kill();
      throw e;
    }
    return new ServerProcess(url(port), process);
  }

  /**
   * Runs it in a way of which it is expected that it ends by itself, and returns it ended.
   *
   * @param prefix a program that runs it, such as {@code setpriv} with its flags; may be empty
   * @throws IllegalStateException if it does not end
   */
  static Ended startExpectingEnd(List<String> prefix, Path dataDir, int port, String... flags) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(command(dataDir, port, flags));
    ChildProcess process = ChildProcess.start(command);
    int exitCode;
    try {
      exitCode = process.awaitExit(START_PATIENCE);
    } finally {
      process.kill();
    }
    return new Ended(exitCode, process.output());
  }

  /**
   * A server that did not start.
   *
   * @param exitCode the process's
   * @param output every line it printed
   */
  record Ended(int exitCode, List<String> output) {
    Ended {
      output = List.copyOf(output);
    }
  }

  private static List<String> command(Path dataDir, int port, String... flags) {
    return command(ServerArchive.get(), dataDir, port, flags);
  }

  /** The command line: only the two contracts every start needs, then the given flags. */
  static List<String> command(ServerArchive archive, Path dataDir, int port, String... flags) {
    List<String> command = command(archive);
    command.addAll(List.of("--data-dir", dataDir.toString()));
    command.addAll(List.of("--listen-client-urls", url(port).toString()));
    command.addAll(List.of("--advertise-client-urls", url(port).toString()));
    if (!List.of(flags).contains("--listen-peer-urls")) {
      command.addAll(List.of("--listen-peer-urls", "http://127.0.0.1:0"));
    }
    command.addAll(List.of(flags));
    return command;
  }

  /** The command line without any flag. */
  static List<String> command(ServerArchive archive) {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(JVM_FLAGS);
    command.addAll(archive.flags());
    command.addAll(List.of("-cp", archive.classPath(), "dev.remora.server.Main"));
    return command;
  }

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }
}
