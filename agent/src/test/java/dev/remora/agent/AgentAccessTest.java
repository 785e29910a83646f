package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A registry that asks for a name and a password, as etcd can; our server cannot yet. */
@ParameterizedClass(name = "{0}")
@EnumSource(value = RegistryKind.class, names = "ETCD")
final class AgentAccessTest extends AgentFixture {
  private static final String PASSWORD = "canary-password-5912";

  AgentAccessTest(RegistryKind kind) {
    super(kind);
  }

  @Test
  void thePasswordIsReadFromItsFileAtEachLoginAndNeverShown() throws Exception {
    client.put("/app/color", "red");
    requirePassword();
    Files.writeString(directory.resolve("password"), "wrong\n");
    Path config =
        config(
            "services: [{name: web, id: w, port: 80}]\n" + template("{{ key('/app/color') }}", ""));
    Files.writeString(
        config,
        Files.readString(config)
            .replace("endpoints:", "username: root, password_file: password, endpoints:"));
    try (AgentProcess agent = AgentProcess.start(directory, "--config", config.toString())) {
      agent.awaitLine("login of user root is refused");
      Files.writeString(directory.resolve("password"), PASSWORD + "\n");
      agent.awaitLine("agent ready");
      assertThat(destination()).hasContent("red");
      assertThat(agent.stop()).isZero();
      assertThat(agent.output()).doesNotContain(PASSWORD);
    }
  }

  private void requirePassword() {
    client.post(
        "/v3/auth/user/add", new JsonObject().put("name", "root").put("password", PASSWORD));
    client.post("/v3/auth/role/add", new JsonObject().put("name", "root"));
    client.post("/v3/auth/user/grant", new JsonObject().put("user", "root").put("role", "root"));
    client.post("/v3/auth/enable", new JsonObject());
  }
}
