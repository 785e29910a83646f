package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.server.process.ServerProcess.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot start says why in one line, and ends with a code that is not 0. */
final class BadStartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What root may do beyond the modes of files; without it root is like anyone. */
  private static final String FILE_POWERS = "-dac_override,-dac_read_search,-fowner,-chown";

  @TempDir private Path directory = Path.of("unset");

  @Test
  void aSecondServerOnTheSameDataDirectoryIsRefused() {
    Path dataDir = directory.resolve("data");
    try (ServerProcess first = ServerProcess.start(dataDir)) {
      Ended second = start(dataDir);

      assertThatItSaysOnce(second, dataDir.toString());
      assertThat(new Curl(first.url()).run("/key", "-XPUT", "-d", "value=1").status())
          .as("the first still serves")
          .isEqualTo(201);
    }
  }

  @Test
  void aFullDiskAtTheStartIsNamed() throws IOException {
    assumeTrue(isRoot(), "a small file system can be mounted by root alone");
    assumeTrue(EtcdProcess.isOnPath("mount"), "mount is not on the PATH");
    Path disk = Files.createDirectory(directory.resolve("disk"));
    ChildProcess mount =
        ChildProcess.start(List.of("mount", "-t", "tmpfs", "-o", "size=256k", "none", disk + ""));
    assumeTrue(mount.awaitExit(PATIENCE) == 0, "mounting a tmpfs is not allowed here");
    try {
      Ended ended = start(disk.resolve("data"));

      assertThatItSaysOnce(ended, disk.toString());
    } finally {
      ChildProcess.start(List.of("umount", disk.toString())).awaitExit(PATIENCE);
    }
  }

  @Test
  void anUnknownFlagIsRefusedByName() {
    Ended ended = start(directory.resolve("data"), "--no-such-flag=1");

    assertThatItSaysOnce(ended, "no-such-flag");
  }

  @Test
  void aKnownFlagWhoseFeatureIsAbsentIsRefusedByName() {
    Ended ended = start(directory.resolve("data"), "--listen-metrics-urls=x");

    assertThatItSaysOnce(ended, "listen-metrics-urls");
  }

  @Test
  void aUsedPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      Ended ended = ServerProcess.startExpectingEnd(List.of(), directory.resolve("data"), port);

      assertThatItSaysOnce(ended, Integer.toString(port));
    }
  }

  @Test
  void anUnreadableDataDirectoryIsNamed() throws IOException {
    Path dataDir;
    List<String> prefix;
    if (isRoot()) {
      assumeTrue(EtcdProcess.isOnPath("setpriv"), "setpriv is not on the PATH");
      dataDir = Files.createDirectory(directory.resolve("data"));
      Files.setAttribute(dataDir, "unix:uid", 65_534);
      Files.setAttribute(dataDir, "unix:mode", 0700);
      prefix = List.of("setpriv", "--inh-caps=" + FILE_POWERS, "--bounding-set=" + FILE_POWERS);
    } else {
      dataDir = Path.of("/root/data");
      assumeFalse(Files.isReadable(dataDir.getParent()), "/root is readable here");
      prefix = List.of();
    }

    Ended ended = ServerProcess.startExpectingEnd(prefix, dataDir, StoreProcess.freePort());

    assertThatItSaysOnce(ended, dataDir.toString());
  }

  @Test
  void aDataDirectoryThatIsAFileIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("data"), "mine");

    Ended ended = start(file);

    assertThatItSaysOnce(ended, file.toString());
    assertThat(file).hasContent("mine");
  }

  @Test
  void aStopBySigtermKeepsTheDataAndIsNotTakenForAFailure() {
    Path dataDir = directory.resolve("data");
    try (ServerProcess first = ServerProcess.start(dataDir)) {
      new Curl(first.url()).run("/key", "-XPUT", "-d", "value=kept");

      first.process().terminate();
      int exitCode = first.process().awaitExit(PATIENCE);

      // 143: ended by SIGTERM, as a service manager expects; the JVM cannot answer otherwise.
      assertThat(exitCode).isIn(0, 143);
    }
    try (ServerProcess second = ServerProcess.start(dataDir)) {
      assertThat(new Curl(second.url()).run("/key").body()).contains("\"value\":\"kept\"");
    }
  }

  private static Ended start(Path dataDir, String... flags) {
    return ServerProcess.startExpectingEnd(List.of(), dataDir, StoreProcess.freePort(), flags);
  }

  /** The last line names what is in the way; nothing else does, and there is no stack trace. */
  private static void assertThatItSaysOnce(Ended ended, String name) {
    String output = String.join("\n", ended.output());
    assertThat(ended.exitCode()).as("exit code; output:\n%s", output).isNotZero();
    assertThat(output).as("no stack trace").doesNotContain("\tat ", "Exception in thread");
    assertThat(output).doesNotContain(StoreProcess.READY);
    assertThat(ended.output()).as("a line that says it").isNotEmpty();
    assertThat(ended.output().getLast()).as("the last line names it").contains(name);
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
