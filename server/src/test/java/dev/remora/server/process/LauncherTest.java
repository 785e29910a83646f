package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, with stand-ins for the JDK, Maven and both programs: what it starts, prints, builds
 * and ends.
 */
final class LauncherTest {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** Speaks for both programs; which of them it is, the jar says. */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      case " $* " in
        *remora-server.jar*) name=server ;;
        *) name=agent ;;
      esac
      trap 'echo "$name stopped" >>"$STORY"; exit 143' TERM
      trap 'echo "$name interrupted" >>"$STORY"' INT
      echo "$name started as $$" >>"$STORY"
      case " $* " in
        *--print-arguments*) echo "pid=$$ $*"; exit 0 ;;
      esac
      if [[ $name == server && -e $STORY.refuse ]]; then
        echo "error: the disk is full"
        exit 1
      fi
      if [[ $name == server ]]; then
        echo "INFO ready to serve client requests"
        echo "DEBUG published revision=7 keys=1 at_us=1000000"
        echo "WARN the clock was set back"
      else
        echo "INFO rendered destination=/tmp/upstreams.conf revision=7 reason=change at_us=1003250"
        echo "INFO rendered destination=/tmp/upstreams.conf revision=3 reason=start at_us=1003250"
        echo "INFO rendered destination=/tmp/upstreams.conf revision=9 reason=start at_us=1003250"
        echo "INFO agent ready"
      fi
      case " $* " in *' --name a '*) echo 'INFO leader changed leader=1 name=a term=2' ;; esac
      while true; do
        sleep 0.05
        if [[ -e $STORY.elect && " $* " == *' --name b '* ]]; then
          rm "$STORY.elect"
          echo 'INFO leader changed leader=2 name=b term=3'
        fi
      done
      """;

  @TempDir private Path root = Path.of("unset");
  private Path story = Path.of("unset");

  @BeforeEach
  void makeACheckout() throws IOException {
    assumeTrue(EtcdProcess.isOnPath("bash"), "bash is not on the PATH");
    assumeTrue(EtcdProcess.isOnPath("setsid"), "setsid is not on the PATH");
    story = root.resolve("story");
    Files.copy(Path.of("../remora"), root.resolve("remora"));
    Files.writeString(root.resolve("pom.xml"), "");
    for (String module : List.of("server", "agent")) {
      Files.createDirectories(root.resolve(module + "/src/main"));
      Files.createDirectories(root.resolve(module + "/target"));
      Files.writeString(root.resolve(module + "/pom.xml"), "");
      Files.writeString(jar(module), "");
      Files.setLastModifiedTime(jar(module), FileTime.from(Instant.now().plusSeconds(60)));
    }
    Path template = root.resolve("templates/nginx-upstreams/upstreams.conf.peb");
    Files.createDirectories(template.getParent());
    Files.writeString(template, "");
    Files.createDirectories(root.resolve("jdk/bin"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    program("jdk/bin/java", JAVA);
    program("jdk/bin/javac", "#!/bin/sh\n");
  }

  @Test
  void theServerReplacesTheLauncherWithItsArguments() {
    ChildProcess server = launch("server", "--name", "two words", "--print-arguments");

    assertThat(server.awaitExit(PATIENCE)).isZero();
    assertThat(server.output())
        .singleElement()
        .asString()
        .startsWith("pid=" + server.pid() + " ")
        .contains("-XX:+UseG1GC", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError")
        .endsWith("remora-server.jar --name two words --print-arguments");
  }

  @Test
  void theAgentReplacesTheLauncherWithASmallHeap() {
    ChildProcess agent = launch("agent", "--config", "x.yaml", "--print-arguments");

    assertThat(agent.awaitExit(PATIENCE)).isZero();
    assertThat(agent.output())
        .singleElement()
        .asString()
        .startsWith("pid=" + agent.pid() + " ")
        .contains("-Xmx24m")
        .endsWith("remora-agent.jar --config x.yaml --print-arguments");
  }

  @Test
  void whatIsNotThereIsRefusedByName() {
    assertThatItFails(2, "unknown command 'sever'", "sever");
    assertThatItFails(2, "cluster: --port must be 1 to 64533", "cluster", "--port", "64534");
    assertThatItFails(2, "--port must be 1 to 65535, but is '70000'", "dev", "--port", "70000");
    assertThatItFails(2, "unknown flag '--prot'", "dev", "--prot", "1");
  }

  @Test
  void aJarOlderThanItsSourcesIsBuiltOnce() throws IOException {
    program("jdk/bin/mvn", "#!/bin/sh\necho \"built with $*\" >>\"$STORY\"\n");
    Files.setLastModifiedTime(jar("agent"), FileTime.from(Instant.EPOCH));

    ChildProcess first = launch("agent", "--print-arguments");
    assertThat(first.awaitExit(PATIENCE)).isZero();
    ChildProcess second = launch("agent", "--print-arguments");
    assertThat(second.awaitExit(PATIENCE)).isZero();

    assertThat(first.output().getFirst()).contains("the first time takes a minute");
    assertThat(second.output()).hasSize(1);
    assertThat(story())
        .filteredOn(line -> line.startsWith("built"))
        .singleElement()
        .asString()
        .endsWith("package");
  }

  @Test
  void devShowsEachRenderWithItsTimeAndCtrlCEndsTheAgentFirst() throws IOException {
    int port = StoreProcess.freePort();
    ChildProcess dev = launch("dev", "--port", Integer.toString(port));

    dev.awaitLine("revision 7, 3.2 ms after the write", PATIENCE);
    dev.awaitLine("rendered /tmp/upstreams.conf  revision 9", PATIENCE);
    assertThat(dev.output())
        .anyMatch(line -> line.contains("http://127.0.0.1:" + port))
        .anyMatch(line -> line.contains("curl -s http"))
        .anyMatch(line -> line.contains("the clock was set back"))
        .noneMatch(line -> line.contains("revision 3")) // Older than what was shown.
        .noneMatch(line -> line.contains("\u001b"));
    ChildProcess.start(List.of("bash", "-c", "kill -INT -- -" + dev.pid())).awaitExit(PATIENCE);

    assertThat(dev.awaitExit(PATIENCE)).isZero();
    assertThat(story().subList(2, 4)).containsExactly("agent stopped", "server stopped");
  }

  @Test
  void devEndsWithTheServersWordsWhenItCannotStart() throws IOException {
    Files.writeString(root.resolve("story.refuse"), "");

    ChildProcess dev = launch("dev", "--port", Integer.toString(StoreProcess.freePort()));

    assertThat(dev.awaitExit(PATIENCE)).isEqualTo(1);
    assertThat(dev.output()).contains("error: the disk is full");
    assertThat(story()).hasSize(1);
  }

  @Test
  void devLeavesNoProcessBehindWhenItIsKilled() throws IOException {
    assumeTrue(EtcdProcess.isOnPath("setpriv"), "setpriv is not on the PATH");
    ChildProcess dev = launch("dev", "--port", Integer.toString(StoreProcess.freePort()));
    dev.awaitLine("Ctrl-C ends both", PATIENCE);

    dev.kill();

    for (String line : story().subList(0, 2)) {
      long pid = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
      assertThatCode(() ->
              await()
                  .atMost(PATIENCE)
                  .until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty()))
          .as("%s and is gone", line)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void clusterTellsWhoLeadsAndWhatEndsAndHowToStartItAgain() throws IOException {
    int port = threeFreePorts();
    ChildProcess cluster = launch("cluster", "--port", Integer.toString(port));
    cluster.awaitLine("a leads, term 2", PATIENCE);
    cluster.awaitLine("Ctrl-C ends all", PATIENCE);
    String row =
        cluster.output().stream().filter(line -> line.startsWith("  a ")).findFirst().orElse("");
    String[] cells = row.strip().split(" +");
    assertThat(cells).hasSize(4).contains("http://127.0.0.1:" + port);

    ChildProcess.start(List.of("kill", "-9", cells[2])).awaitExit(PATIENCE);
    cluster.awaitLine("a was lost", PATIENCE);
    Files.writeString(root.resolve("story.elect"), "");

    assertThat(cluster.awaitLine("b leads", PATIENCE))
        .matches("b leads, term 3, \\d+\\.\\d s after a was lost");
    assertThat(cluster.awaitLine("start it again", PATIENCE))
        .contains("remora server --name a --data-dir", ",c=http://127.0.0.1:" + (port + 1002));
    ChildProcess.start(List.of("bash", "-c", "kill -INT -- -" + cluster.pid())).awaitExit(PATIENCE);
    assertThat(cluster.awaitExit(PATIENCE)).isZero();
    assertThat(story()).filteredOn(line -> line.equals("server stopped")).hasSize(2);
  }

  /** The client ports of a cluster whose peer ports are free, too. */
  private static int threeFreePorts() {
    while (true) {
      int first = StoreProcess.freePort();
      if (IntStream.of(0, 1, 2, 1000, 1001, 1002).allMatch(offset -> isFree(first + offset))) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void devRefusesAUsedPortBeforeItStartsAnything() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      assertThatItFails(1, "port " + port + " of 127.0.0.1 is in use", "dev", "--port", port);
    }
    assertThat(story).doesNotExist();
  }

  private void assertThatItFails(int exitCode, String words, String... arguments) {
    ChildProcess launcher = launch(arguments);

    assertThat(launcher.awaitExit(PATIENCE)).as("%s", words).isEqualTo(exitCode);
    assertThat(launcher.output()).singleElement().asString().startsWith("remora: ").contains(words);
  }

  private ChildProcess launch(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add("setsid"); // A process group of its own, as a terminal gives it.
    command.add("env");
    command.add(
        "--default-signal=INT"); // Or a test run in the background hands down that it is ignored.
    command.add("JAVA_HOME=" + root.resolve("jdk"));
    command.add("STORY=" + story);
    command.add("PATH=" + root.resolve("jdk/bin") + ":/usr/bin:/bin");
    command.add(root.resolve("remora").toString());
    command.addAll(List.of(arguments));
    return ChildProcess.start(command);
  }

  private List<String> story() throws IOException {
    return Files.readAllLines(story);
  }

  private Path jar(String module) {
    return root.resolve(module + "/target/remora-" + module + ".jar");
  }

  private void program(String path, String text) throws IOException {
    Path file = Files.writeString(root.resolve(path), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
