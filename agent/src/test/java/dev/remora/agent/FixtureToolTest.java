package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What those who write templates do at a terminal, by real processes. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class FixtureToolTest extends AgentFixture {
  FixtureToolTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void whatIsRecordedIsTestedOfflineAndHoldsOnlyWhatWasAskedFor() throws Exception {
    Path config = config("");
    client.put("/services/web/w1", "{\"address\":\"10.0.0.1\",\"port\":80}");
    client.put("/app/level", "it's \"odd\"\n$(reboot)");
    client.put("/secret", "never");
    Path template = directory.resolve("t.conf.peb");
    Files.writeString(
        template,
        "{{ key('/app/level') }}{% for i in service('web') %} {{ i.endpoint }}{% endfor %}\n");
    Path fixture = directory.resolve("fixture.yaml");

    AgentProcess record = run("record", "--config", config, template, fixture);

    assertThat(record.exitCode()).as(record.output()).isZero();
    assertThat(record.output()).contains("recorded 2 keys");
    assertThat(Files.readString(fixture)).contains("/app/level").doesNotContain("never");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(directory.resolve("t.conf")))
        .isEqualTo("it's \"odd\"\n$(reboot) 10.0.0.1:80");
    AgentProcess again = run("record", "--config", config, template, fixture);
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.output()).contains("is there already");
    AgentProcess test = run("test", fixture);
    assertThat(test.exitCode()).as(test.output()).isZero();

    Files.writeString(template, "{{ key('/app/level') }}\n");

    AgentProcess changed = run("test", directory);
    assertThat(changed.exitCode()).isEqualTo(1);
    assertThat(changed.output()).contains("different").contains("-$(reboot) 10.0.0.1:80");
  }

  private AgentProcess run(Object... arguments) throws Exception {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    AgentProcess process = AgentProcess.start(directory, texts);
    process.exitCode();
    return process;
  }
}
