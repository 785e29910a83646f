package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators get wrong, by a real process: one clear line, the exit code, and the old file as
 * it was. None of these templates asks for a key, so no registry runs.
 */
final class BadInputTest {
  private static final String OLD = "old\r\n\u00e4 \0 no newline at the end";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private record Ended(int code, String output) {}

  @Test
  void aMissingTemplateIsNamedWithItsKeyAndLine() throws Exception {
    Files.writeString(destination(), OLD);
    config("templates:\n  - source: none.peb\n    destination: out.conf\n");

    Ended ended = run("--config", "agent.yaml");

    assertThat(ended)
        .isEqualTo(
            new Ended(
                2,
                "error: agent.yaml:5: templates[0].source: no readable file "
                    + directory.resolve("none.peb")
                    + "\n"));
    assertThat(Files.readString(destination())).isEqualTo(OLD);
  }

  @Test
  void aTemplateErrorIsNamedWithFileLineAndColumnAndTheLineIsShown() throws Exception {
    Files.writeString(destination(), OLD);
    template("one\ntwo {{ nothing('x') }}\n", "");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.output())
        .startsWith("error: " + destination() + ": t.peb:2:8: Function or Macro [nothing]")
        .endsWith("\n    two {{ nothing('x') }}\n")
        .hasLineCount(2);
    assertThat(Files.readString(destination())).isEqualTo(OLD);
  }

  @Test
  void aTemplateErrorLeavesTheDaemonRunning() throws Exception {
    Files.writeString(destination(), OLD);
    template("one\n{% if %}\n", "");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", "agent.yaml")) {
      agent.awaitLine("not rendered, the last good file stands");

      assertThat(agent.output()).containsPattern("t\\.peb:2:[0-9]+: ");
      assertThat(Files.readString(destination())).isEqualTo(OLD);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void anUnwritableDestinationIsOneLineAndTheOldFileStands() throws Exception {
    // No staged file beside it can have a name as long; permissions would not stop root.
    Path destination = directory.resolve("n".repeat(240));
    Files.writeString(destination, OLD);
    Files.writeString(directory.resolve("t.peb"), "new");
    config("templates: [{source: t.peb, destination: " + destination.getFileName() + "}]\n");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .startsWith("error: " + destination + ": cannot be written: ")
        .hasLineCount(1);
    assertThat(Files.readString(destination)).isEqualTo(OLD);
  }

  @Test
  void aDestinationInNoDirectoryIsOneLine() throws Exception {
    Files.writeString(directory.resolve("t.peb"), "new");
    config("templates: [{source: t.peb, destination: none/out.conf}]\n");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .startsWith("error: " + directory.resolve("none/out.conf") + ": cannot be written: ")
        .hasLineCount(1);
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void aHangingReloadIsKilledWithItsChildrenReportedAndRetried() throws Exception {
    template(
        "new",
        "reload: {timeout: 500ms, command: [sh, -c, 'echo run >> runs; test -e ok && exit 0;"
            + " sleep 300 & echo $! > child; wait']}");

    try (AgentProcess agent = AgentProcess.start(directory, "--config", "agent.yaml")) {
      agent.awaitLine("reload sh was killed at its timeout");
      Path child = Path.of("/proc", Files.readString(directory.resolve("child")).strip(), "stat");
      await().atMost(PATIENCE).until(() -> isDead(child));
      Files.writeString(directory.resolve("ok"), "");

      agent.awaitLine("reloaded destination=" + destination());
      assertThat(Files.readAllLines(directory.resolve("runs"))).hasSizeGreaterThan(1);
      assertThat(destination()).hasContent("new");
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void aHangingReloadOfASingleRenderIsSixWithOneLine() throws Exception {
    template("new", "reload: {timeout: 300ms, command: [sleep, '300']}");

    assertThat(run("render", "--config", "agent.yaml"))
        .isEqualTo(
            new Ended(
                6,
                "rendered destination="
                    + destination()
                    + " revision=0\nerror: "
                    + destination()
                    + ": reload sleep was killed at its timeout\n"));
  }

  @Test
  void everyUnknownKeyIsNamedWithTheNearestKnownOne() throws Exception {
    Files.writeString(destination(), OLD);
    Files.writeString(directory.resolve("t.peb"), "new");
    config(
        """
        leas_ttl: 10s
        templates:
          - source: t.peb
            destination: out.conf
            reload: {comand: [x]}
        """);

    assertThat(run("--config", "agent.yaml"))
        .isEqualTo(
            new Ended(
                2,
                """
                error: agent.yaml:8: templates[0].reload.comand: unknown key, did you mean 'command'?
                error: agent.yaml:4: leas_ttl: unknown key, did you mean 'lease_ttl'?
                """));
    assertThat(Files.readString(destination())).isEqualTo(OLD);
  }

  @Test
  void theStagedPathIsAnArgumentWhateverItsDirectoryIsCalled() throws Exception {
    Path hostile = Files.createDirectory(directory.resolve("a 'b\" $(touch spliced) `id`;"));
    Files.writeString(directory.resolve("t.peb"), "new");
    config(
        "templates:\n  - source: t.peb\n    destination: |-\n      "
            + hostile.getFileName()
            + "/out.conf\n    check: [sh, -c, 'cat \"$1\" > checked', sh, '{staged}']\n");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(directory.resolve("checked")).hasContent("new");
    assertThat(hostile.resolve("out.conf")).hasContent("new");
    assertThat(directory.resolve("spliced")).doesNotExist();
  }

  @Test
  void aStagedPathInAShellScriptIsRefusedWithWhatToWriteInstead() throws Exception {
    template("new", "check: [/bin/bash, -ec, 'cat {staged}']");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended)
        .isEqualTo(
            new Ended(
                2,
                "error: agent.yaml:7: templates[0].check: {staged} must not stand in a shell"
                    + " script; write \"$1\" there and give the path as an argument: [sh, -c, 'grep"
                    + " x \"$1\"', sh, '{staged}']\n"));
  }

  /** A killed orphan may stay a zombie where nobody reaps. */
  private static boolean isDead(Path stat) throws IOException {
    try {
      return Files.readString(stat).contains(") Z ");
    } catch (java.nio.file.NoSuchFileException _) {
      return true;
    }
  }

  private Path destination() {
    return directory.resolve("out.conf");
  }

  private void template(String text, String more) throws IOException {
    Files.writeString(directory.resolve("t.peb"), text);
    config(
        "templates:\n  - source: t.peb\n    destination: out.conf\n"
            + (more.isEmpty() ? "" : "    " + more + "\n"));
  }

  private void config(String more) throws IOException {
    Files.writeString(
        directory.resolve("agent.yaml"),
        "node: n1\nregistry: {endpoints: ['http://127.0.0.1:1']}\ndata_dir: state\n" + more);
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    try (AgentProcess agent = AgentProcess.start(directory, arguments)) {
      int code = agent.exitCode();
      return new Ended(code, agent.output());
    }
  }
}
