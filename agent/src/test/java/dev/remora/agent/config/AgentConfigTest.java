package dev.remora.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.WatchSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentConfigTest {
  private static final Environment ENVIRONMENT =
      new Environment(Map.of("HOSTNAME", "web-1", "STATE_DIRECTORY", "/var/lib/remora:/x"));

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void oneFile() throws IOException {
    file = directory.resolve("agent.yaml");
    Files.writeString(directory.resolve("a.peb"), "");
    Files.writeString(directory.resolve("b.peb"), "");
  }

  @Test
  void anEmptyFileGivesTheDefaults() throws Exception {
    Files.writeString(file, "# nothing is set\n");

    AgentConfig config = AgentConfig.load(file, ENVIRONMENT);

    assertThat(config)
        .isEqualTo(
            new AgentConfig(
                "web-1",
                List.of(URI.create("http://127.0.0.1:2379")),
                "",
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Path.of("/var/lib/remora"),
                List.of(),
                List.of(),
                List.of()));
  }

  @Test
  void everyKeyIsRead() throws Exception {
    Files.writeString(
        file,
        """
        node: ${NODE:-edge}-7
        registry:
          endpoints: [http://10.0.0.1:2379, "http://[::1]:2380"]
          prefix: /prod
          request_timeout: 250ms
        lease_ttl: 1m
        data_dir: state
        services:
          - name: web
            id: web-7
            address: 10.0.0.7
            port: 8080
            tags: [v1, "$${literal}"]
            meta: {version: 1.20}
            weights: {passing: 10, warning: 0}
            zone: b
        templates:
          - source: a.peb
            destination: /etc/a.conf
            mode: 0640
            check: [nginx, -t, -c, "{staged}"]
            check_timeout: 10s
            reload: {command: [nginx, -s, reload], timeout: 20s}
            settle: {min: 100ms, max: 2s}
        watches:
          - prefix: /flags/
            command: [/bin/notify, --all]
        """);

    AgentConfig config = AgentConfig.load(file, ENVIRONMENT);

    assertThat(config)
        .isEqualTo(
            new AgentConfig(
                "edge-7",
                List.of(URI.create("http://10.0.0.1:2379"), URI.create("http://[::1]:2380")),
                "/prod",
                Duration.ofMillis(250),
                Duration.ofMinutes(1),
                directory.resolve("state"),
                List.of(
                    new ServiceConfig(
                        "web",
                        "web-7",
                        "10.0.0.7",
                        8080,
                        List.of("v1", "${literal}"),
                        Map.of("version", "1.20"),
                        10,
                        0,
                        "b")),
                List.of(
                    new GroupSpec(
                        directory.resolve("a.peb"),
                        Path.of("/etc/a.conf"),
                        0640,
                        List.of("nginx", "-t", "-c", "{staged}"),
                        Duration.ofSeconds(10),
                        List.of("nginx", "-s", "reload"),
                        Duration.ofSeconds(20),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2))),
                List.of(new WatchSpec("/flags/", List.of("/bin/notify", "--all")))));
  }

  @Test
  void aServiceTakesItsIdFromNodeAndPortAndItsAddressFromThePod() throws Exception {
    Files.writeString(file, "services: [{name: web, port: 80}]\n");
    Environment pod = new Environment(Map.of("HOSTNAME", "n", "POD_IP", "10.1.2.3"));

    ServiceConfig service = AgentConfig.load(file, pod).services().getFirst();

    assertThat(service)
        .isEqualTo(
            new ServiceConfig("web", "web-n-80", "10.1.2.3", 80, List.of(), Map.of(), 1, 1, ""));
  }

  @Test
  void everyMistakeIsNamedAtOnceWithItsLine() throws Exception {
    assertThat(
            problems(
                """
                registry:
                  endpoint: http://127.0.0.1:2379
                  endpoints: [https://127.0.0.1:2379]
                  request_timeout: fast
                lease_ttl: 4s
                listen: 127.0.0.1:8600
                services:
                  - name: a/b
                    port: 70000
                    checks: []
                  - port: 80
                templates:
                  - source: missing.peb
                    destination: x
                    mode: rw
                    reload: [{command: [x]}]
                    format: json
                watches: [{prefix: /x/}]
                nod: ${UNSET}
                """))
        .containsExactlyInAnyOrder(
            "agent.yaml:19: nod: environment variable UNSET is not set",
            "agent.yaml:3: registry.endpoints: https is not supported yet",
            "agent.yaml:4: registry.request_timeout: must be a duration such as 250ms, 5s or 10m,"
                + " but is 'fast'",
            "agent.yaml:2: registry.endpoint: unknown key, did you mean 'endpoints'?",
            "agent.yaml:5: lease_ttl: must be from 5s to 86400s, but is 4s",
            "agent.yaml:8: services[0].name: must be at most 255 characters without '/' and white"
                + " space",
            "agent.yaml:8: services[0].id: must be at most 255 characters without '/' and white"
                + " space",
            "agent.yaml:9: services[0].port: must be a whole number from 1 to 65535, but is"
                + " '70000'",
            "agent.yaml:10: services[0].checks: not supported yet",
            "agent.yaml:11: services[1].name: is missing",
            "agent.yaml:13: templates[0].source: no readable file DIR/missing.peb",
            "agent.yaml:15: templates[0].mode: must be three octal digits such as 0640, but is"
                + " 'rw'",
            "agent.yaml:16: templates[0].reload: a list of reloads is not supported yet",
            "agent.yaml:17: templates[0].format: not supported yet",
            "agent.yaml:18: watches[0].command: is missing",
            "agent.yaml:6: listen: not supported yet",
            "agent.yaml:19: nod: unknown key, did you mean 'node'?");
  }

  @Test
  void aTextThatIsNotYamlIsNamedWithItsLine() throws Exception {
    assertThat(problems("node: a\nservices: [\n"))
        .singleElement()
        .asString()
        .contains("agent.yaml:3");
    assertThat(problems("- a\n")).containsExactly("agent.yaml:1: must be a map of settings");
    assertThat(problems("node: a\nnode: b\n")).containsExactly("agent.yaml:2: node: given twice");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    InvalidConfigException e =
        catchThrowableOfType(
            InvalidConfigException.class, () -> AgentConfig.load(file, ENVIRONMENT));

    assertThat(e.problems()).containsExactly(file + ": no such file");
  }

  @Test
  void filesOfADirectoryMergeInOrder() throws Exception {
    Files.writeString(
        directory.resolve("20.yaml"),
        """
        node: second
        registry: {prefix: /p}
        templates: [{source: b.peb, destination: /b}]
        """);
    Files.writeString(
        directory.resolve("10.yaml"),
        """
        node: first
        registry: {request_timeout: 1s}
        templates: [{source: a.peb, destination: /a}]
        """);
    Files.writeString(directory.resolve("ignored.txt"), "not: [read");

    AgentConfig config = AgentConfig.load(directory, ENVIRONMENT);

    assertThat(config.node()).isEqualTo("second");
    assertThat(config.prefix()).isEqualTo("/p");
    assertThat(config.requestTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.groups())
        .extracting(GroupSpec::destination)
        .containsExactly(Path.of("/a"), Path.of("/b"));
  }

  @Test
  void aValueOfAnotherKindInALaterFileIsAMistake() throws Exception {
    Files.writeString(directory.resolve("10.yaml"), "services: []\n");
    Files.writeString(directory.resolve("20.yaml"), "\nservices: {}\n");

    InvalidConfigException e =
        catchThrowableOfType(
            InvalidConfigException.class, () -> AgentConfig.load(directory, ENVIRONMENT));

    assertThat(e.problems())
        .containsExactly(
            directory.resolve("20.yaml")
                + ":2: services: is of another kind at "
                + directory.resolve("10.yaml")
                + ":1");
  }

  @Test
  void twoTemplatesCannotMakeOneFileNorTwoServicesShareAnId() throws Exception {
    assertThat(
            problems(
                """
                services: [{name: a, id: x, port: 1}, {name: a, id: x, port: 2}]
                templates:
                  - {source: a.peb, destination: /x}
                  - {source: b.peb, destination: /y/../x}
                """))
        .containsExactly(
            "agent.yaml:1: services[1].id: service a/x is given twice",
            "agent.yaml:4: templates[1].destination: is made by another template already");
  }

  private List<String> problems(String yaml) throws IOException {
    Files.writeString(file, yaml);
    InvalidConfigException e =
        catchThrowableOfType(
            InvalidConfigException.class, () -> AgentConfig.load(file, ENVIRONMENT));
    return e.problems().stream()
        .map(each -> each.replace(directory + "/agent.yaml", "agent.yaml"))
        .map(each -> each.replace(directory.toString(), "DIR"))
        .toList();
  }
}
