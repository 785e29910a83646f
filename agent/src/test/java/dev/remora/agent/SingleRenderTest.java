package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One render from the command line, and the exit code that says how it went. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class SingleRenderTest {
  private final RegistryKind kind;

  @TempDir private Path directory;
  private RegistryKind.Running registry;
  private RegistryClient client;

  private record Ended(int code, String output) {}

  SingleRenderTest(RegistryKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  void startRegistry() throws IOException {
    assumeTrue(kind.command().isPresent(), kind.absence());
    registry = new RegistryKind.Running(kind.command().orElseThrow(), directory);
    client = registry.client();
    client.awaitServing();
    client.put("/app/color", "red");
  }

  @AfterEach
  void stopRegistry() {
    if (registry != null) {
      registry.close();
    }
  }

  @Test
  void doneIsZeroAndNothingIsRegistered() throws Exception {
    config("{{ key('/app/color') }}", "reload: {command: [touch, reloaded]}");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isZero();
    assertThat(ended.output()).startsWith("rendered destination=" + destination());
    assertThat(destination()).hasContent("red");
    assertThat(client.keys("/nodes/")).isEmpty();
    assertThat(run("--once", "--config", "agent.yaml").output()).startsWith("unchanged");
  }

  @Test
  void aDryRunShowsTheDifferenceAndWritesNothing() throws Exception {
    config("{{ key('/app/color') }}\n", "check: ['false']");
    Files.writeString(destination(), "old\n");

    Ended ended = run("--dry-run", "--diff", "--config", "agent.yaml");

    assertThat(ended.code()).isZero();
    assertThat(ended.output()).contains("would render", "-old", "+red");
    assertThat(destination()).hasContent("old\n");
  }

  @Test
  void aWrongConfigurationIsTwo() throws Exception {
    config("x", "");
    Files.writeString(directory.resolve("agent.yaml"), "templats: []\n");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output())
        .isEqualTo("error: agent.yaml:1: templats: unknown key, did you mean 'templates'?\n");
    assertThat(run("--config", "none.yaml").output()).isEqualTo("error: none.yaml: no such file\n");
    assertThat(run("--confg", "agent.yaml").output())
        .startsWith("error: Unknown options: '--confg'")
        .hasLineCount(1);
  }

  @Test
  void aFailingTemplateIsThreeWithItsPosition() throws Exception {
    config("one\n{{ nothing('x') }}", "");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(3);
    assertThat(ended.output()).contains("t.peb:2:");
    assertThat(destination()).doesNotExist();
  }

  @Test
  void aKeyThatIsMissingInTimeIsFour() throws Exception {
    config("{{ key('/app/none') }}", "");

    Ended ended = run("render", "--timeout", "1", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(4);
    assertThat(ended.output()).contains("t.peb:1:").contains("key /app/none is missing");
  }

  @Test
  void aFailingCheckIsFiveAndTheOldFileStands() throws Exception {
    config("{{ key('/app/color') }}", "check: [sh, -c, 'echo no good; exit 9', '{staged}']");
    Files.writeString(destination(), "old");

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(5);
    assertThat(ended.output()).contains("check sh exited with 9", "no good");
    assertThat(destination()).hasContent("old");
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("out.conf."));
    }
  }

  @Test
  void aFailingReloadIsSixAndIsDoneByTheNextRun() throws Exception {
    config("{{ key('/app/color') }}", "reload: {command: [sh, -c, 'test -e ok']}");

    assertThat(run("render", "--config", "agent.yaml").code()).isEqualTo(6);
    assertThat(destination()).hasContent("red");
    assertThat(run("render", "--config", "agent.yaml").code()).isEqualTo(6);
    Files.writeString(directory.resolve("ok"), "");
    assertThat(run("render", "--config", "agent.yaml").code()).isZero();
    Files.delete(directory.resolve("ok"));
    assertThat(run("render", "--config", "agent.yaml").code())
        .as("an acknowledged reload is not repeated")
        .isZero();
  }

  @Test
  void aRegistryThatIsAwayIsSeven() throws Exception {
    config("{{ key('/app/color') }}", "");
    registry.kill();

    Ended ended = run("render", "--timeout", "1", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(7);
    assertThat(ended.output()).contains("registry " + registry.url() + " cannot be reached");
  }

  @Test
  void aDestinationThatCannotBeWrittenIsOne() throws Exception {
    config("{{ key('/app/color') }}", "");
    Files.createDirectory(destination());

    Ended ended = run("render", "--config", "agent.yaml");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output()).contains("error: " + destination());
  }

  private Path destination() {
    return directory.resolve("out.conf");
  }

  private void config(String template, String more) throws IOException {
    Files.writeString(directory.resolve("t.peb"), template);
    Files.writeString(
        directory.resolve("agent.yaml"),
        "node: n1\nregistry: {endpoints: ['"
            + registry.url()
            + "']}\ndata_dir: state\ntemplates:\n  - source: t.peb\n    destination: out.conf\n"
            + (more.isEmpty() ? "" : "    " + more + "\n"));
  }

  private Ended run(String... arguments) throws IOException, InterruptedException {
    try (AgentProcess agent = AgentProcess.start(directory, arguments)) {
      int code = agent.exitCode();
      return new Ended(code, agent.output());
    }
  }
}
