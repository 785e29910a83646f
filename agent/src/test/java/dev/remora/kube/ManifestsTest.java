package dev.remora.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.InvalidConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in {@code k8s/} would be taken, and means what it is meant to. */
final class ManifestsTest {
  private static final int KUSTOMIZE_MAJOR_MIN = 5;
  private static final boolean HAS_KUSTOMIZE = lookForKustomize();

  @TempDir private Path directory = Path.of("unset");

  static List<String> kustomizations() throws IOException {
    try (Stream<Path> all = Files.walk(Manifests.ROOT)) {
      return all.filter(path -> path.endsWith("kustomization.yaml"))
          .map(path -> Manifests.ROOT.relativize(path.getParent()).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void nothingIsForgotten() throws IOException {
    assertThat(kustomizations())
        .contains("server/base", "server/tls", "server/monitoring")
        .contains("agent/sidecar", "agent/init", "agent/daemonset", "example");
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void asTheyAreWrittenNothingIsWrong(String kustomization) throws IOException {
    Manifests manifests = Manifests.of(kustomization);

    assertThat(manifests.objects()).isNotEmpty();
    assertThat(ManifestCheck.problems(manifests)).isEmpty();
  }

  /** The patches of an overlay are applied by kubectl alone. */
  @ParameterizedTest
  @MethodSource("kustomizations")
  void asKubectlBuildsThemNothingIsWrong(String kustomization) throws Exception {
    assumeTrue(HAS_KUSTOMIZE, "no kubectl with kustomize 5 or newer is on the PATH");
    Manifests built = Manifests.parse(kubectl("kustomize", kustomization));

    assertThat(ManifestCheck.problems(built)).isEmpty();
    assertThat(built.objects()).hasSameSizeAs(Manifests.of(kustomization).objects());
  }

  /** Its {@code -o json} names the kustomize that is built in from 1.24 on. */
  private static boolean lookForKustomize() {
    try {
      JsonNode version = new ObjectMapper().readTree(kubectl("version", "--client", "-o", "json"));
      String kustomize = version.path("kustomizeVersion").asText("v0").substring(1);
      return Integer.parseInt(kustomize.replaceAll("\\..*", "")) >= KUSTOMIZE_MAJOR_MIN;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String kubectl(String... arguments) throws IOException, InterruptedException {
    String[] command =
        Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toArray(String[]::new);
    Process process =
        new ProcessBuilder(command)
            .directory(Manifests.ROOT.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("kubectl " + List.of(arguments) + " failed");
    }
    return output;
  }

  /**
   * TLS changes every URL but that for metrics, and the secrets it wants are named where one looks.
   */
  @Test
  void withTlsEveryUrlIsOfTls() throws Exception {
    assumeTrue(HAS_KUSTOMIZE, "no kubectl with kustomize 5 or newer is on the PATH");
    Manifests built = Manifests.parse(kubectl("kustomize", "server/tls"));

    JsonNode set = built.find("StatefulSet", "remora").orElseThrow();
    JsonNode map = built.find("ConfigMap", "remora-cluster").orElseThrow();
    String comment = Files.readString(Manifests.ROOT.resolve("server/tls/kustomization.yaml"));
    for (JsonNode variable : Manifests.containers(set).getFirst().path("env")) {
      boolean isPlain = variable.path("name").asText().equals("REMORA_LISTEN_METRICS_URLS");
      assertThat(variable.path("value").asText().contains("http://")).isEqualTo(isPlain);
    }
    assertThat(map.at("/data/initial-cluster").asText())
        .contains("https://")
        .doesNotContain("http://");
    for (JsonNode volume : set.at("/spec/template/spec/volumes")) {
      assertThat(comment).contains(volume.at("/secret/secretName").asText());
    }
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void theAgentTakesItsConfiguration(String kustomization)
      throws IOException, InvalidConfigException {
    for (JsonNode map : Manifests.of(kustomization).ofKind("ConfigMap")) {
      if (!map.path("data").has("agent.yaml")) {
        continue;
      }
      Files.createDirectories(directory.resolve("services.d"));
      for (var file : map.path("data").properties()) {
        String text = file.getValue().asText().replace("/etc/remora/", directory + "/");
        Files.writeString(directory.resolve(file.getKey()), text);
      }
      AgentConfig config =
          AgentConfig.load(
              directory.resolve("agent.yaml"),
              new Environment(Map.of("NODE_NAME", "n", "STATE_DIRECTORY", directory.toString())));
      assertThat(config.warnings()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 3 | replica: 3 | replica",
        "replicas: 3 | replicas: some | NumberFormatException",
        "storage: 8Gi | storage: much | quantity",
        "topologyKey: kubernetes.io/hostname | topologyKeys: kubernetes.io/hostname | topologyKey",
        "path: /readyz, port: metrics | path: /readyz, port: metric | no port metric",
        "targetPort: peer | targetPort: peers | no pod of it has a port",
        "http://$(REMORA_NAME).remora-peer:2379 | http://$(REMORA_NAM).remora-peer:2379 | is not"
            + " set above",
        "name: REMORA_NAME | name: REMORA_NAMES | is not set above",
        "key: initial-cluster-state | key: initial-state | no key initial-state",
        "serviceName: remora-peer | serviceName: remora-peers | no service",
        "{name: data, mountPath | {name: date, mountPath | no volume date",
        "drop: [ALL] | drop: [KILL] | must be ALL",
        "readOnlyRootFilesystem: true | readOnlyRootFilesystem: false | must be true",
        "maxUnavailable: 1 | maxUnavailible: 1 | maxUnavailible",
        "policyTypes: [Ingress] | policyType: [Ingress] | policyType",
        "kind: NetworkPolicy | kind: NetworkPolice | unknown kind",
      })
  void aMistakeIsNoticed(String right, String wrong, String told) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String file :
        List.of("cluster", "services", "statefulset", "poddisruptionbudget", "networkpolicy")) {
      text.append("---\n")
          .append(Files.readString(Manifests.ROOT.resolve("server/base/" + file + ".yaml")));
    }
    assertThat(ManifestCheck.problems(Manifests.parse(text.toString()))).isEmpty();
    assertThat(text.toString()).contains(right);

    List<String> problems =
        ManifestCheck.problems(Manifests.parse(text.toString().replace(right, wrong)));

    assertThat(String.join("\n", problems)).containsIgnoringCase(told);
  }
}
