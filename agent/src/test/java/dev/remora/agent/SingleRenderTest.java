package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One render from the command line, and the exit code that says how it went. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class SingleRenderTest extends SingleRenderFixture {
  SingleRenderTest(RegistryKind kind) {
    super(kind);
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
}
