package dev.remora.server.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Debian's etcd 3.4 with the v2 API on: the reference.
 *
 * @param url where clients connect
 * @param process etcd
 */
public record EtcdProcess(URI url, ChildProcess process) implements StoreProcess {
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final String PROGRAM = "etcd";

  /** Starts a single member and waits until it serves; the test is skipped where etcd is absent. */
  public static EtcdProcess start(Path dataDir) {
    assumeTrue(isOnPath(PROGRAM), "etcd is not on the PATH (apt-get install etcd-server)");
    String client = "http://127.0.0.1:" + StoreProcess.freePort();
    String peer = "http://127.0.0.1:" + StoreProcess.freePort();
    ChildProcess process =
        ChildProcess.start(
            List.of(
                PROGRAM,
                "--enable-v2=true",
                "--data-dir=" + dataDir,
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=default=" + peer));
    process.awaitLine(READY, START_PATIENCE);
    return new EtcdProcess(URI.create(client), process);
  }

  /** Whether a program of this name can be run. */
  static boolean isOnPath(String program) {
    return Stream.of(pathVariable())
        .flatMap(path -> Stream.of(path.split(File.pathSeparator, -1)))
        .map(directory -> Path.of(directory).resolve(program))
        .anyMatch(Files::isExecutable);
  }

  private static String pathVariable() {
    String path = System.getenv("PATH");
    return path == null ? "/usr/bin:/bin" : path;
  }
}
