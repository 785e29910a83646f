package dev.remora.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.Listen;
import dev.remora.agent.runner.ReloadSpec;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.runner.WatchSpec;
import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Damping;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import dev.remora.agent.view.GuardSettings;
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

  private static final List<CheckSpec> CHECKS =
      List.of(
          new CheckSpec(
              new Probe.Http(
                  "http://127.0.0.1:8080/health",
                  Probe.Tls.OFF,
                  "POST",
                  Map.of("Accept", "*/*"),
                  "ping",
                  List.of(200, 301),
                  false),
              5_000,
              1_000,
              2,
              3,
              3,
              CheckStatus.PASSING),
          check(new Probe.Tcp("::1", 8080, Probe.Tls.VERIFIED)),
          check(new Probe.Grpc("localhost", 9090, "shop.Cart", Probe.Tls.UNVERIFIED)),
          check(new Probe.Command(List.of("/bin/check", "--fast"))),
          new CheckSpec(new Probe.Ttl(15_000), 0, 0, 1, 1, 1, CheckStatus.WARNING),
          new CheckSpec(new Probe.Alias("db-1"), 0, 0, 1, 1, 1, CheckStatus.CRITICAL));

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
                new RegistryConfig(
                    List.of(URI.create("http://127.0.0.1:2379")),
                    "",
                    Duration.ofSeconds(5),
                    null,
                    null,
                    null,
                    null,
                    null),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Path.of("/var/lib/remora"),
                new Listen.Tcp("127.0.0.1", 8600),
                new Listen.Off(),
                null,
                List.of(),
                GuardSettings.OFF,
                List.of(),
                null,
                List.of(),
                List.of()));
  }

  @Test
  void everyKeyIsRead() throws Exception {
    Files.createDirectory(directory.resolve("defs"));
    Files.writeString(
        file,
        """
        node: ${NODE:-edge}-7
        registry:
          endpoints: [https://10.0.0.1:2379, "http://[::1]:2380"]
          prefix: /prod
          request_timeout: 250ms
          username: remora
          password_file: password
          tls: {ca: ca.pem, cert: own.pem, key: own.key}
        lease_ttl: 1m
        drain_wait: 15s
        data_dir: state
        listen: unix:/run/remora.sock
        listen_health: 0.0.0.0:8601
        services_dir: defs
        guard: {min_instances: 2, max_shrink: 50%, hold: 10s}
        services:
          - name: web
            id: web-7
            address: 10.0.0.7
            port: 8080
            tags: [v1, "$${literal}"]
            meta: {version: 1.20}
            weights: {passing: 10, warning: 0}
            zone: b
            checks:
              - http: http://127.0.0.1:8080/health
                interval: 5s
                timeout: 1s
                method: POST
                headers: {Accept: "*/*"}
                body: ping
                expect: [200, 301]
                success_before_passing: 2
                failures_before_critical: 3
                initial: passing
              - {tcp: "[::1]:8080", tls: true}
              - {grpc: "localhost:9090/shop.Cart", tls: unverified}
              - {command: [/bin/check, --fast]}
              - {ttl: 15s, initial: warning}
              - {alias: db-1}
            deregister_critical_after: 10m
            damping: {half_life: 30s, suppress: 5, reuse: 2}
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
                new RegistryConfig(
                    List.of(URI.create("https://10.0.0.1:2379"), URI.create("http://[::1]:2380")),
                    "/prod",
                    Duration.ofMillis(250),
                    "remora",
                    directory.resolve("password"),
                    directory.resolve("ca.pem"),
                    directory.resolve("own.pem"),
                    directory.resolve("own.key")),
                Duration.ofMinutes(1),
                Duration.ofSeconds(15),
                directory.resolve("state"),
                new Listen.Unix(Path.of("/run/remora.sock")),
                new Listen.Tcp("0.0.0.0", 8601),
                directory.resolve("defs"),
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
                        "b",
                        CHECKS,
                        new Damping(30_000, 5, 2),
                        600_000)),
                new GuardSettings(2, 50, 10_000),
                List.of(
                    new GroupSpec(
                        "/etc/a.conf",
                        false,
                        List.of(
                            new TemplateSpec(
                                directory.resolve("a.peb"),
                                "/etc/a.conf",
                                0640,
                                null,
                                null,
                                TemplateSpec.Format.ANY,
                                false,
                                TemplateSpec.Write.RENAME,
                                null)),
                        List.of("nginx", "-t", "-c", "{staged}"),
                        Duration.ofSeconds(10),
                        List.of(
                            new ReloadSpec.Command(
                                List.of("nginx", "-s", "reload"), Duration.ofSeconds(20))),
                        new GuardSettings(2, 50, 10_000),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(2),
                        null,
                        1,
                        null,
                        null)),
                null,
                List.of(new WatchSpec("/flags/", List.of("/bin/notify", "--all"))),
                List.of()));
  }

  @Test
  void aServiceTakesItsIdFromNodeAndPortAndItsAddressFromThePod() throws Exception {
    Files.writeString(file, "services: [{name: web, port: 80}]\n");
    Environment pod = new Environment(Map.of("HOSTNAME", "n", "POD_IP", "10.1.2.3"));

    ServiceConfig service = AgentConfig.load(file, pod).services().getFirst();

    assertThat(service)
        .isEqualTo(
            new ServiceConfig(
                "web",
                "web-n-80",
                "10.1.2.3",
                80,
                List.of(),
                Map.of(),
                1,
                1,
                "",
                List.of(),
                new Damping(60_000, 3, 1),
                ServiceSpec.NEVER));
  }

  @Test
  void everyMistakeIsNamedAtOnceWithItsLine() throws Exception {
    assertThat(
            problems(
                """
                registry:
                  endpoint: http://127.0.0.1:2379
                  endpoints: [ftp://127.0.0.1:2379]
                  request_timeout: fast
                lease_ttl: 4s
                listen: 127.0.0.1
                services:
                  - name: a/b
                    port: 70000
                    checks: {}
                  - port: 80
                templates:
                  - source: missing.peb
                    destination: x
                    mode: rw
                    reload: [{comand: [x]}]
                    format: jsn
                watches: [{prefix: /x/}]
                nod: ${UNSET}
                """))
        .containsExactlyInAnyOrder(
            "agent.yaml:19: nod: environment variable UNSET is not set",
            "agent.yaml:3: registry.endpoints: must be URLs such as http://127.0.0.1:2379",
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
            "agent.yaml:10: services[0].checks: must be a list",
            "agent.yaml:11: services[1].name: is missing",
            "agent.yaml:13: templates[0].source: no readable file DIR/missing.peb",
            "agent.yaml:15: templates[0].mode: must be three octal digits such as 0640, but is"
                + " 'rw'",
            "agent.yaml:16: templates[0].reload[0].comand: unknown key, did you mean 'command'?",
            "agent.yaml:17: templates[0].format: must be one of json, yaml, toml, xml, properties,"
                + " but is 'jsn'",
            "agent.yaml:18: watches[0].command: is missing",
            "agent.yaml:6: listen: must be host:port, :port, unix:PATH or off, but is '127.0.0.1'",
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
    assertThat(config.registry().prefix()).isEqualTo("/p");
    assertThat(config.registry().requestTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.groups()).extracting(GroupSpec::name).containsExactly("/a", "/b");
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

  @Test
  void mistakesInChecksAreNamed() throws Exception {
    assertThat(
            problems(
                """
                services:
                  - name: web
                    port: 80
                    damping: {suppress: 2, reuse: 2}
                    checks:
                      - {interval: 5s}
                      - {tcp: "127.0.0.1:1", http: "http://x/"}
                      - {http: "ftp://x/", expect: [2xx], initial: good}
                      - {tcp: "nowhere"}
                      - {tcp: "h:80", interval: 1ms, method: GET}
                      - {command: []}
                """))
        .containsExactly(
            "agent.yaml:6: services[0].checks[0]: must be exactly one of http, tcp, grpc, command,"
                + " ttl, alias",
            "agent.yaml:7: services[0].checks[1].tcp: must be exactly one of http, tcp, grpc,"
                + " command, ttl, alias",
            "agent.yaml:8: services[0].checks[2].expect: must be status codes such as 204, but"
                + " holds '2xx'",
            "agent.yaml:8: services[0].checks[2].http: must be a URL such as"
                + " http://127.0.0.1:8080/health",
            "agent.yaml:8: services[0].checks[2].initial: must be passing, warning or critical, but"
                + " is 'good'",
            "agent.yaml:9: services[0].checks[3].tcp: must be a target such as 127.0.0.1:8080",
            "agent.yaml:10: services[0].checks[4].interval: must be from 100ms to 86400s, but is"
                + " 1ms",
            "agent.yaml:10: services[0].checks[4].method: unknown key",
            "agent.yaml:11: services[0].checks[5].command: must name a program",
            "agent.yaml:4: services[0].damping.reuse: must be less than suppress, which is 2");
  }

  private static CheckSpec check(Probe probe) {
    return new CheckSpec(probe, 10_000, 3_000, 1, 1, 1, CheckStatus.CRITICAL);
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
