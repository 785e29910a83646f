package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a single render: its check, its reload, and what is left of the old file. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class SingleRenderEndTest extends SingleRenderFixture {
  SingleRenderEndTest(RegistryKind kind) {
    super(kind);
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
}
