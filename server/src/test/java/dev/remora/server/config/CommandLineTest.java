package dev.remora.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {
  private static final Url CLIENT = new Url("http", "localhost", 2379);
  private static final Url PEER = new Url("http", "localhost", 2380);

  @TempDir private Path directory = Path.of("unset");

  @Test
  void theDefaultsAreEtcds() throws InvalidConfigException {
    assertThat(config())
        .isEqualTo(
            new ServerConfig(
                "default",
                Path.of("default.etcd"),
                List.of(CLIENT),
                List.of(CLIENT),
                List.of(),
                List.of(PEER),
                List.of(PEER),
                List.of(new InitialMember("default", List.of(PEER))),
                false,
                "etcd-cluster",
                null,
                false,
                Duration.ofMillis(100),
                Duration.ofMillis(1000),
                1_572_864,
                128,
                true,
                1000,
                100_000,
                2L << 30,
                new Retention.All(),
                new AuthConfig(Duration.ofMinutes(5), 10, 1, false),
                TlsFiles.NONE,
                TlsFiles.NONE,
                ClientRules.DEFAULT,
                "info",
                false));
    assertThat(config().requestTimeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config().leaseSecondsMin()).isEqualTo(2);
  }

  @Test
  void everySettingCanBeGiven() throws InvalidConfigException {
    ServerConfig config =
        config(
            "--name=m1",
            "--restore=/backup",
            "--data-dir",
            "/var/lib/m1",
            "-listen-client-urls=http://127.0.0.1:1,http://[::1]:2",
            "--advertise-client-urls=http://m1:3",
            "--listen-peer-urls=http://127.0.0.1:4",
            "--initial-advertise-peer-urls=http://m1:5",
            "--initial-cluster=m1=http://m1:5,m0=http://m0:5,m0=http://m0:6",
            "--initial-cluster-state=existing",
            "--initial-cluster-token=t",
            "--heartbeat-interval=50",
            "--election-timeout=250",
            "--max-request-bytes=1000",
            "--max-txn-ops=7",
            "--enable-v2=false",
            "--v2-history-window=9",
            "--snapshot-count=33",
            "--quota-backend-bytes=44",
            "--auto-compaction-mode=revision",
            "--auto-compaction-retention=55",
            "--auth-token-ttl=9",
            "--bcrypt-cost=5",
            "--auth-password-length=8",
            "--cert-file=/c",
            "--key-file=/k",
            "--trusted-ca-file=/ca",
            "--client-cert-auth",
            "--client-crl-file=/crl",
            "--auto-tls",
            "--peer-cert-file=/pc",
            "--peer-key-file=/pk",
            "--peer-trusted-ca-file=/pca",
            "--peer-client-cert-auth",
            "--peer-cert-allowed-cn=peer",
            "--peer-crl-file=/pcrl",
            "--peer-auto-tls",
            "--cors=http://A.com,https://b.com:8443",
            "--host-whitelist=m1,::1",
            "--max-connections-per-address=3",
            "--max-concurrent-streams=4",
            "--max-range-keys=5",
            "--listen-metrics-urls=http://127.0.0.1:6",
            "--log-level=debug",
            "--log-format=json");

    assertThat(config)
        .isEqualTo(
            new ServerConfig(
                "m1",
                Path.of("/var/lib/m1"),
                List.of(new Url("http", "127.0.0.1", 1), new Url("http", "::1", 2)),
                List.of(new Url("http", "m1", 3)),
                List.of(new Url("http", "127.0.0.1", 6)),
                List.of(new Url("http", "127.0.0.1", 4)),
                List.of(new Url("http", "m1", 5)),
                List.of(
                    new InitialMember(
                        "m0", List.of(new Url("http", "m0", 5), new Url("http", "m0", 6))),
                    new InitialMember("m1", List.of(new Url("http", "m1", 5)))),
                true,
                "t",
                Path.of("/backup"),
                false,
                Duration.ofMillis(50),
                Duration.ofMillis(250),
                1000,
                7,
                false,
                9,
                33,
                44,
                new Retention.Revisions(55),
                new AuthConfig(Duration.ofSeconds(9), 5, 8, true),
                new TlsFiles(
                    Path.of("/c"), Path.of("/k"), Path.of("/ca"), Path.of("/crl"), true, false, ""),
                new TlsFiles(
                    Path.of("/pc"),
                    Path.of("/pk"),
                    Path.of("/pca"),
                    Path.of("/pcrl"),
                    true,
                    false,
                    "peer"),
                new ClientRules(
                    Set.of("http://a.com:80", "https://b.com:8443"), Set.of("m1", "::1"), 3, 4, 5),
                "debug",
                true));
  }

  @ParameterizedTest
  @CsvSource({"0, 2147483648", "1, 1", "-1, 9223372036854775807"})
  void aQuotaOfZeroIsTheDefaultAndANegativeOneIsNone(String given, long bytes)
      throws InvalidConfigException {
    assertThat(config("--quota-backend-bytes=" + given).quotaBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "10, PT10H",
    "1h, PT1H",
    "1.5h, PT1H30M",
    "1h30m, PT1H30M",
    ".5s, PT0.5S",
    "2m3s4ms5us6ns, PT2M3.004005006S",
    "7µs, PT0.000007S"
  })
  void historyIsKeptForHoursOrADuration(String given, Duration age) throws InvalidConfigException {
    assertThat(config("--auto-compaction-retention=" + given).retention())
        .isEqualTo(new Retention.Age(age));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0s", "00"})
  void aRetentionOfZeroIsNone(String given) throws InvalidConfigException {
    assertThat(config("--auto-compaction-retention=" + given).retention())
        .isEqualTo(new Retention.All());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "-1h", "1d", "1h 2m", "h", "1.5", ".h", "3000000h", "9999999"})
  void aRetentionThatIsNoDurationIsRefused(String given) {
    assertThat(problems("--auto-compaction-retention=" + given))
        .containsExactly(
            "--auto-compaction-retention: must be a number of hours or a duration such as 1h30m,"
                + " not '"
                + given
                + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1h", "-3", "1.5"})
  void aRetentionByRevisionsIsANumber(String given) {
    assertThat(problems("--auto-compaction-mode=revision", "--auto-compaction-retention=" + given))
        .containsExactly("--auto-compaction-retention: must be a number, not '" + given + "'");
  }

  @Test
  void everyMistakeIsNamedAtOnce() {
    assertThat(
            problems(
                "--name=",
                "--listen-client-urls=ftp://a:1,http://b",
                "--heartbeat-interval=many",
                "--max-txn-ops=0",
                "--enable-v2=perhaps",
                "--initial-cluster=a=http://localhost:2380,=http://localhost:2390"))
        .containsExactlyInAnyOrder(
            "--name: must not be empty",
            "--listen-client-urls: 'ftp://a:1': the scheme must be http or https",
            "--listen-client-urls: 'http://b' must have the form http://HOST:PORT with a port up to"
                + " 65535",
            "--initial-cluster: '=http://localhost:2390' must have the form NAME=URL",
            "--heartbeat-interval: must be a number from 1 to 50000, not 'many'",
            "--max-txn-ops: must be a number from 1 to 2147483647, not '0'",
            "--enable-v2: must be one of true, false, not 'perhaps'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--hearbeat-interval=5", "--unknown", "stray"})
  void whatIsUnknownIsRefusedByName(String argument) {
    String name = argument.replaceAll("=.*", "");

    assertThat(problems(argument)).singleElement().asString().contains(name);
  }

  @Test
  void anElectionTakesAtLeastFiveHeartbeats() {
    assertThat(problems("--heartbeat-interval=100", "--election-timeout=499"))
        .containsExactly("--election-timeout: must be at least five times --heartbeat-interval");
  }

  @Test
  void theClusterMustHaveThisMember() {
    assertThat(problems("--initial-cluster=other=http://localhost:2380"))
        .containsExactly("--initial-cluster: does not name this member, 'default' (--name)");
    assertThat(problems("--initial-cluster=default=http://localhost:9"))
        .containsExactly(
            "--initial-cluster: gives 'default' other URLs than --initial-advertise-peer-urls");
    assertThat(problems("--initial-cluster=default=http://localhost:2380,b=http://localhost:2380"))
        .containsExactly("--initial-cluster: names http://localhost:2380 twice");
  }

  @Test
  void aFlagWinsOverTheEnvironmentWhichWinsOverTheFile() throws Exception {
    Path file = write("name: of-file\nmax-txn-ops: 1\nmax-request-bytes: 11\n");
    Map<String, String> environment =
        Map.of(
            "REMORA_CONFIG_FILE", file.toString(),
            "REMORA_NAME", "of-environment",
            "REMORA_MAX_TXN_OPS", "2",
            "REMORA_SERVICE_HOST", "what Kubernetes puts there is no setting");

    ServerConfig config = run(environment, "--name=of-flag");

    assertThat(config.name()).isEqualTo("of-flag");
    assertThat(config.txnOperationsMax()).isEqualTo(2);
    assertThat(config.requestBytesMax()).isEqualTo(11);
  }

  @Test
  void aFileThatIsNotOneIsRefused() throws IOException {
    Path unknown = write("nmae: x\n");
    Path broken = write("name: [\n");

    assertThat(problems("--config-file=" + unknown))
        .containsExactly(unknown + ": unknown setting 'nmae'");
    assertThat(problems("--config-file=" + broken))
        .singleElement()
        .asString()
        .contains("cannot read");
    assertThat(problems("--config-file=/no/such/file"))
        .singleElement()
        .asString()
        .contains("/no/such/file");
  }

  @Test
  void anInvalidConfigurationCannotBeMade() throws InvalidConfigException {
    ServerConfig good = config();

    assertThatThrownBy(() ->
            new ServerConfig(
                "a",
                good.dataDir(),
                List.of(),
                good.advertiseClientUrls(),
                List.of(),
                good.listenPeerUrls(),
                good.peerUrls(),
                good.initialCluster(),
                false,
                "t",
                null,
                false,
                good.heartbeatInterval(),
                good.electionTimeout(),
                1,
                1,
                true,
                1,
                1,
                1,
                new Retention.All(),
                new AuthConfig(Duration.ofMinutes(5), 10, 1, false),
                TlsFiles.NONE,
                TlsFiles.NONE,
                ClientRules.DEFAULT,
                "info",
                false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void helpNamesEverySetting() throws InvalidConfigException {
    CommandLine.Request help = CommandLine.read(new String[] {"--help"}, Map.of(), "v");

    assertThat(help).isInstanceOf(CommandLine.Request.Print.class);
    String text = ((CommandLine.Request.Print) help).text();
    assertThat(Setting.values())
        .allSatisfy(setting -> assertThat(text).contains("--" + setting.key()));
  }

  /** Its table has a row for each, and for no other. */
  @Test
  void theGuideListsEverySettingAndItsDefault() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.matches("\\| `--[a-z0-9-]+` \\| `.*"))
            .toList();

    assertThat(rows).hasSameSizeAs(Setting.values());
    for (Setting setting : Setting.values()) {
      String fallback = setting.fallback().isEmpty() ? "" : "`" + setting.fallback() + "`";
      String argument = setting.argument().replace("|", "\\|");
      assertThat(rows)
          .contains(
              "| `--%s` | `%s` | %s | %s |"
                  .formatted(
                      setting.key(), argument, fallback, setting.help().replace("|", "\\|")));
    }
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(directory, "config", ".yaml"), yaml);
  }

  private static ServerConfig config(String... flags) throws InvalidConfigException {
    return run(Map.of(), flags);
  }

  private static ServerConfig run(Map<String, String> environment, String... flags)
      throws InvalidConfigException {
    return switch (CommandLine.read(flags, environment, "v")) {
      case CommandLine.Request.Run(ServerConfig config) -> config;
      case CommandLine.Request.Print(String text) -> throw new AssertionError(text);
    };
  }

  private static List<String> problems(String... flags) {
    try {
      throw new AssertionError("valid: " + config(flags));
    } catch (InvalidConfigException e) {
      return e.problems();
    }
  }
}
