package dev.remora.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Damping;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services from everywhere but the configuration itself. */
final class DefinitionsTest {
  @TempDir private Path directory;
  private Path file;
  private final Map<String, String> variables = new TreeMap<>(Map.of("HOSTNAME", "n"));

  @BeforeEach
  void configuration() throws IOException {
    file = directory.resolve("agent.yaml");
    Files.writeString(file, "services_dir: defs\nservices: [{name: own, port: 1}]\n");
    Files.createDirectory(directory.resolve("defs"));
    variables.put("REMORA_POD_ANNOTATIONS", directory.resolve("annotations").toString());
  }

  @Test
  void everyFileOfTheDirectoryIsRead() throws Exception {
    define("b.yaml", "name: alone\nport: 2\n");
    define("a.yaml", "service: {name: one, port: 3}\nservices: [{name: two, port: '${PORT}'}]\n");
    define("c.json", "{\"service\": {\"name\": \"three\", \"port\": 5}}");
    define("ignored.txt", "not a: [definition");
    define(".hidden.yaml", "not a: [definition");
    variables.put("PORT", "4");

    assertThat(load().services())
        .extracting(service -> service.name() + ":" + service.port())
        .containsExactly("own:1", "one:3", "two:4", "alone:2", "three:5");
  }

  @Test
  void aDefinitionOfConsulIsReadInBothCases() throws Exception {
    define(
        "consul.json",
        """
        {
          "services": [
            {
              "ID": "web-1", "Name": "web", "Address": "10.0.0.1", "Port": 80,
              "Tags": ["v1"], "Meta": {"Team": "x"},
              "Weights": {"Passing": 10, "Warning": 2}, "EnableTagOverride": true,
              "Checks": [
                {"HTTP": "https://127.0.0.1/", "TLSSkipVerify": true, "Interval": "1m30s",
                 "Header": {"X-A": ["b", "c"]}, "SuccessBeforePassing": 2,
                 "FailuresBeforeWarning": 1, "FailuresBeforeCritical": 3,
                 "DeregisterCriticalServiceAfter": "90m"}
              ]
            },
            {
              "name": "db", "port": 5432,
              "check": {"args": ["/bin/check", "-q"], "interval": 2000000000, "status": "passing"}
            }
          ]
        }
        """);

    AgentConfig config = load();

    Probe http =
        new Probe.Http(
            "https://127.0.0.1/",
            Probe.Tls.UNVERIFIED,
            "GET",
            Map.of("X-A", "b, c"),
            "",
            List.of(),
            true);
    assertThat(config.services().subList(1, 3))
        .containsExactly(
            new ServiceConfig(
                "web",
                "web-1",
                "10.0.0.1",
                80,
                List.of("v1"),
                Map.of("Team", "x"),
                10,
                2,
                "",
                List.of(new CheckSpec(http, 90_000, 10_000, 2, 1, 3, CheckStatus.CRITICAL)),
                Damping.DEFAULT,
                90 * 60_000),
            new ServiceConfig(
                "db",
                "db",
                null,
                5432,
                List.of(),
                Map.of(),
                1,
                1,
                "",
                List.of(
                    new CheckSpec(
                        new Probe.Command(List.of("/bin/check", "-q")),
                        2_000,
                        30_000,
                        1,
                        1,
                        1,
                        CheckStatus.PASSING)),
                Damping.DEFAULT,
                ServiceSpec.NEVER));
    assertThat(config.warnings())
        .containsExactly(
            directory.resolve("defs/consul.json")
                + ":6: services[0].enable_tag_override has no meaning here and is ignored");
  }

  @Test
  void mistakesInFilesAreNamedWithFileAndLine() throws Exception {
    define("a.json", "{\n\"service\": {\"name\": \"x\", \"port\": 0,\n \"prot\": 1,\n");
    define(
        "b.json",
        """
        {"service": {"name": "x", "port": 80, "socket_path": "/x",
          "checks": [{"docker_container_id": "c", "ttl": "soon"},
            {"udp": "x:1"}]}}
        """);
    define("c.yaml", "name: own\nid: own-n-1\nport: 1\n");

    assertThat(problems())
        .satisfiesExactly(
            first -> assertThat(first).startsWith("a.json:4: not JSON: Unexpected end-of-input"),
            second ->
                assertThat(second)
                    .isEqualTo(
                        "b.json:2: service.checks[0].ttl: must be a duration such as 10s or"
                            + " 1m30s, but is 'soon'"),
            third ->
                assertThat(third)
                    .isEqualTo(
                        "b.json:2: service.checks[0].docker_container_id: not supported yet"),
            fourth ->
                assertThat(fourth)
                    .startsWith("b.json:3: service.checks[1]: must be exactly one of"),
            fifth ->
                assertThat(fifth).isEqualTo("b.json:1: service.socket_path: not supported yet"),
            sixth ->
                assertThat(sixth).isEqualTo("c.yaml:2: id: service own/own-n-1 is given twice"));
  }

  @Test
  void aPodSaysWhatItServesInItsEnvironmentAndItsAnnotations() throws Exception {
    variables.put("POD_NAME", "shop-7f9c-x2x");
    variables.put("POD_IP", "10.1.2.3");
    variables.put("REMORA_SERVICES", "[{name: web, port: 8080}]");
    Files.writeString(
        directory.resolve("annotations"),
        """
        kubernetes.io/config.seen="2026-11-22T20:00:00.1Z"
        remora.dev/services="- name: metrics\\n  port: 9090\\n  tags: [\\"${POD_IP}\\", \\"\\u00e4\\"]\\n"
        """);

    AgentConfig config = load();

    assertThat(config.node()).isEqualTo("shop-7f9c-x2x");
    assertThat(config.services().subList(1, 3))
        .extracting(ServiceConfig::id, ServiceConfig::address, ServiceConfig::tags)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("web-shop-7f9c-x2x-8080", "10.1.2.3", List.of()),
            org.assertj.core.groups.Tuple.tuple(
                "metrics-shop-7f9c-x2x-9090", "10.1.2.3", List.of("10.1.2.3", "ä")));
  }

  @Test
  void aBodyIsReadWithTheIdOfItsPath() throws Exception {
    assertThat(
            AgentConfig.readService(
                    "x-1",
                    "{\"name\":\"x\",\"port\":80,\"tags\":[\"${HOME}\"]}",
                    "n",
                    environment())
                .tags())
        .as("nothing of the environment goes in")
        .containsExactly("${HOME}");
    InvalidConfigException e =
        catchThrowableOfType(
            InvalidConfigException.class,
            () ->
                AgentConfig.readService(
                    "x-1", "{\"nme\":\"x\",\n\"port\":80,\"id\":\"y\"}", "n", environment()));
    assertThat(e.problems())
        .containsExactly(
            "body:2: id: must be that of the path, x-1",
            "body:1: name: is missing",
            "body:1: nme: unknown key, did you mean 'name'?");
  }

  private void define(String name, String text) throws IOException {
    Files.writeString(directory.resolve("defs").resolve(name), text);
  }

  private Environment environment() {
    return new Environment(variables);
  }

  private AgentConfig load() throws InvalidConfigException {
    return AgentConfig.load(file, environment());
  }

  private List<String> problems() {
    InvalidConfigException e = catchThrowableOfType(InvalidConfigException.class, this::load);
    return e.problems().stream()
        .map(each -> each.replace(directory.resolve("defs") + "/", ""))
        .toList();
  }
}
