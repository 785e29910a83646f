package dev.remora.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Looks for what Kubernetes would refuse, or take and not do. */
final class ManifestCheck {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Za-z_]\\w*)\\)");

  private final Manifests manifests;
  private final List<String> problems = new ArrayList<>();

  private ManifestCheck(Manifests manifests) {
    this.manifests = manifests;
  }

  /** Everything that is wrong with them. */
  static List<String> problems(Manifests manifests) {
    ManifestCheck check = new ManifestCheck(manifests);
    check.run();
    return List.copyOf(check.problems);
  }

  private void run() {
    for (JsonNode object : manifests.objects()) {
      String kind = object.path("apiVersion").asText() + " " + object.path("kind").asText();
      Schemas.problem(kind, object.toString()).ifPresent(problem -> report(object, problem));
    }
    manifests.workloads().forEach(this::checkWorkload);
    for (JsonNode service : manifests.ofKind("Service")) {
      checkReach(service, service.at("/spec/selector"), service.at("/spec/ports"), "targetPort");
    }
    for (JsonNode policy : manifests.ofKind("NetworkPolicy")) {
      for (JsonNode rule : policy.at("/spec/ingress")) {
        checkReach(policy, policy.at("/spec/podSelector/matchLabels"), rule.path("ports"), "port");
      }
    }
    for (JsonNode budget : manifests.ofKind("PodDisruptionBudget")) {
      podsOf(budget, budget.at("/spec/selector/matchLabels"));
    }
    manifests.ofKind("ServiceMonitor").forEach(this::checkMonitor);
  }

  private void report(JsonNode object, String problem) {
    problems.add(object.path("kind").asText() + " " + Manifests.name(object) + ": " + problem);
  }

  // --- what one workload says of itself ----------------------------------------------------------

  private void checkWorkload(JsonNode workload) {
    JsonNode pod = workload.at("/spec/template/spec");
    JsonNode selector = workload.at("/spec/selector/matchLabels");
    if (selector.isObject() && !matches(selector, workload.at("/spec/template/metadata/labels"))) {
      report(workload, "its selector does not match its own pods");
    }
    for (JsonNode rule :
        pod.at("/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution")) {
      podsOf(workload, rule.at("/labelSelector/matchLabels"));
    }
    expect(workload, pod, "/automountServiceAccountToken", "false");
    expect(workload, pod, "/enableServiceLinks", "false");
    expect(workload, pod, "/securityContext/runAsNonRoot", "true");
    expect(workload, pod, "/securityContext/runAsUser", "65532");
    expect(workload, pod, "/securityContext/seccompProfile/type", "RuntimeDefault");
    Set<String> mounted = new HashSet<>();
    for (JsonNode container : Manifests.containers(workload)) {
      checkContainer(workload, container);
      container.path("volumeMounts").forEach(mount -> mounted.add(mount.path("name").asText()));
    }
    checkVolumes(workload, mounted);
    String service = workload.at("/spec/serviceName").asText();
    if (!service.isEmpty() && manifests.find("Service", service).isEmpty()) {
      report(workload, "no service " + service);
    }
  }

  private void expect(JsonNode workload, JsonNode in, String where, String value) {
    if (!in.at(where).asText().equals(value)) {
      report(workload, in.path("name").asText() + where + " must be " + value);
    }
  }

  private void checkContainer(JsonNode workload, JsonNode container) {
    expect(workload, container, "/securityContext/allowPrivilegeEscalation", "false");
    expect(workload, container, "/securityContext/readOnlyRootFilesystem", "true");
    expect(workload, container, "/securityContext/capabilities/drop/0", "ALL");
    for (String bound : List.of("/resources/requests/memory", "/resources/limits/memory")) {
      if (container.at(bound).isMissingNode()) {
        report(workload, container.path("name").asText() + " has no " + bound);
      }
    }
    checkVariables(workload, container);
    Set<String> ports = names(container.path("ports"));
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      JsonNode port = container.path(probe).at("/httpGet/port");
      if (port.isTextual() && !ports.contains(port.asText())) {
        report(workload, probe + ": no port " + port.asText());
      }
    }
    for (JsonNode variable : container.path("env")) {
      JsonNode reference = variable.at("/valueFrom/configMapKeyRef");
      if (reference.isObject()) {
        checkKey(workload, reference.path("name").asText(), reference.path("key").asText());
      }
    }
  }

  private void checkVariables(JsonNode workload, JsonNode container) {
    Set<String> known = new HashSet<>();
    for (JsonNode variable : container.path("env")) {
      checkVariables(workload, known, variable.path("value").asText());
      if (!known.add(variable.path("name").asText())) {
        report(workload, variable.path("name").asText() + " is set twice");
      }
    }
    for (String list : List.of("command", "args")) {
      container.path(list).forEach(word -> checkVariables(workload, known, word.asText()));
    }
  }

  private void checkVariables(JsonNode workload, Set<String> known, String text) {
    Matcher found = VARIABLE.matcher(text);
    while (found.find()) {
      if (!known.contains(found.group(1))) {
        report(workload, "$(" + found.group(1) + ") is not set above");
      }
    }
  }

  private void checkVolumes(JsonNode workload, Set<String> mounted) {
    JsonNode pod = workload.at("/spec/template/spec");
    Set<String> volumes = names(pod.path("volumes"));
    for (JsonNode claim : workload.at("/spec/volumeClaimTemplates")) {
      volumes.add(Manifests.name(claim));
    }
    mounted.stream()
        .filter(name -> !volumes.contains(name))
        .forEach(name -> report(workload, "no volume " + name));
    volumes.stream()
        .filter(name -> !mounted.contains(name))
        .forEach(name -> report(workload, "volume " + name + " is not mounted"));
    for (JsonNode volume : pod.path("volumes")) {
      String map = volume.at("/configMap/name").asText();
      if (!map.isEmpty() && manifests.find("ConfigMap", map).isEmpty()) {
        report(workload, "no ConfigMap " + map);
      }
    }
  }

  private void checkKey(JsonNode workload, String map, String key) {
    boolean isThere =
        manifests.find("ConfigMap", map).map(found -> found.path("data").has(key)).orElse(false);
    if (!isThere) {
      report(workload, "no key " + key + " in ConfigMap " + map);
    }
  }

  // --- what objects say of each other ------------------------------------------------------------

  /** The pods that are meant have these ports, by their names. */
  private void checkReach(JsonNode object, JsonNode labels, JsonNode ports, String field) {
    Set<String> names = new HashSet<>();
    for (JsonNode workload : podsOf(object, labels)) {
      Manifests.containers(workload)
          .forEach(container -> names.addAll(names(container.path("ports"))));
    }
    for (JsonNode port : ports) {
      JsonNode name = port.path(field);
      if (!name.isTextual() || !names.contains(name.asText())) {
        report(object, "no pod of it has a port " + name);
      }
    }
  }

  private List<JsonNode> podsOf(JsonNode object, JsonNode labels) {
    List<JsonNode> found =
        manifests.workloads().stream()
            .filter(workload -> matches(labels, workload.at("/spec/template/metadata/labels")))
            .toList();
    if (found.isEmpty()) {
      report(object, "no pods have the labels " + labels);
    }
    return found;
  }

  private void checkMonitor(JsonNode monitor) {
    JsonNode labels = monitor.at("/spec/selector/matchLabels");
    List<JsonNode> services =
        manifests.ofKind("Service").stream()
            .filter(service -> matches(labels, service.at("/metadata/labels")))
            .toList();
    if (services.size() != 1) {
      report(monitor, "each pod is to be scraped once, by one service, not " + services.size());
    }
    for (JsonNode endpoint : monitor.at("/spec/endpoints")) {
      String port = endpoint.path("port").asText();
      if (services.stream().noneMatch(of -> names(of.at("/spec/ports")).contains(port))) {
        report(monitor, "no service has a port " + port);
      }
    }
  }

  private static boolean matches(JsonNode selector, JsonNode labels) {
    return selector.isObject()
        && !selector.isEmpty()
        && selector.properties().stream()
            .allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
  }

  private static Set<String> names(JsonNode list) {
    Stream<JsonNode> items = StreamSupport.stream(list.spliterator(), false);
    return new HashSet<>(items.map(item -> item.path("name").asText()).toList());
  }
}
