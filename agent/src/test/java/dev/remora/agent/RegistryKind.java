package dev.remora.agent;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The registries that the agent must work with alike. */
enum RegistryKind {
  ETCD,
  REMORA;

  /** Where Maven, which builds the server first, has put it, from this module's folder. */
  private static final Path BUILT =
      Path.of("..", "server", "target", "remora-server.jar").toAbsolutePath().normalize();

  /** The program and its first arguments, or empty if it is not at hand. */
  Optional<List<String>> command() {
    return switch (this) {
      case ETCD ->
          List.of("/usr/bin/etcd", "/usr/local/bin/etcd").stream()
              .filter(path -> Files.isExecutable(Path.of(path)))
              .findFirst()
              .map(List::of);
      case REMORA -> remora();
    };
  }

  /** Why it is skipped, and what to do about it. */
  String absence() {
    return switch (this) {
      case ETCD -> "etcd is not installed: apt-get install etcd-server";
      case REMORA ->
          "no server to test: mvn package builds " + BUILT + ", -Dremora.server.command names one";
    };
  }

  private static Optional<List<String>> remora() {
    String given = System.getProperty("remora.server.command", "");
    if (!given.isBlank()) {
      return Optional.of(List.of(given.strip().split("\\s+", -1)));
    }
    return Files.isRegularFile(BUILT) ? Optional.of(Holder.BUILT_COMMAND) : Optional.empty();
  }

  /** Made at the first use, since it costs a start. */
  private static final class Holder {
    private static final List<String> BUILT_COMMAND = builtCommand();
  }

  private static List<String> builtCommand() {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");
    List<String> program = List.of("-jar", BUILT.toString());
    List<String> command =
        new ArrayList<>(
            ClassArchive.train(
                "server",
                java,
                program,
                directory -> Running.arguments(directory, freePort(), freePort()),
                "ready to serve client requests"));
    command.addAll(program);
    return List.copyOf(command);
  }

  /** A registry of its own for one test, on free ports of the loopback address. */
  static final class Running implements AutoCloseable {
    private final List<String> command;
    private final Path directory;
    private final int port = freePort();
    private final int peerPort = freePort();
    private Process process;

    Running(List<String> command, Path directory) throws IOException {
      this.command = command;
      this.directory = directory;
      this.process = launch();
    }

    String url() {
      return url(port);
    }

    RegistryClient client() {
      return new RegistryClient(url());
    }

    /** Ends it without any warning. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    /** Loses all data. To be called while it is down. */
    void forget() throws IOException {
      try (Stream<Path> found = Files.walk(directory.resolve("registry"))) {
        found.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }

    /** Starts it again, with its old data on its old port. */
    void restart() throws IOException {
      process = launch();
      client().awaitServing();
    }

    private Process launch() throws IOException {
      List<String> arguments = new ArrayList<>(command);
      arguments.addAll(arguments(directory, port, peerPort));
      return new ProcessBuilder(arguments)
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(directory.resolve("registry.log").toFile()))
          .start();
    }

    private static List<String> arguments(Path directory, int port, int peerPort) {
      String url = url(port);
      String peerUrl = url(peerPort);
      return List.of(
          "--name=default",
          "--data-dir=" + directory.resolve("registry"),
          "--listen-client-urls=" + url,
          "--advertise-client-urls=" + url,
          "--listen-peer-urls=" + peerUrl,
          "--initial-advertise-peer-urls=" + peerUrl,
          "--initial-cluster=default=" + peerUrl);
    }

    private static String url(int port) {
      return "http://127.0.0.1:" + port;
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }
}
