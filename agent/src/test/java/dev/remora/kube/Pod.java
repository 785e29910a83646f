package dev.remora.kube;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One container of a workload, run as a process of this host with the very arguments, variables and
 * files of its manifest. Its address is one of the loopback network, so that all ports stay what
 * they are; its mounts are directories below one of ours.
 */
final class Pod implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final JsonNode workload;
  private final JsonNode container;
  private final Path root;
  private final String address;
  private final Cluster cluster;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private @Nullable Process process;

  /**
   * What all pods share.
   *
   * @param objects where ConfigMaps are found
   * @param network the first three parts of all addresses
   */
  record Cluster(Manifests objects, String network) {
    /**
     * Names of services and pods as addresses: member N is at N + 1, and the service at the first.
     */
    String addressed(String text) {
      return text.replaceAll("remora-(\\d)\\.remora-peer", network + ".1$1")
          .replaceAll("http://remora:", "http://" + network + ".10:");
    }
  }

  /**
   * Prepares its files; it is not started yet.
   *
   * @param name of the pod
   * @param host the last part of its address
   */
  Pod(Cluster cluster, JsonNode workload, String containerName, String name, int host, Path root)
      throws IOException {
    this.cluster = cluster;
    this.workload = workload;
    this.container =
        Manifests.containers(workload).stream()
            .filter(one -> one.path("name").asText().equals(containerName))
            .findFirst()
            .orElseThrow();
    this.root = root;
    this.address = cluster.network() + "." + host;
    for (JsonNode mount : container.path("volumeMounts")) {
      Files.createDirectories(root.resolve(mount.path("mountPath").asText().substring(1)));
    }
    fillVolumes();
    for (JsonNode variable : container.path("env")) {
      variables.put(variable.path("name").asText(), value(variable, name));
    }
  }

  private void fillVolumes() throws IOException {
    for (JsonNode volume : workload.at("/spec/template/spec/volumes")) {
      String name = volume.path("name").asText();
      String map = volume.at("/configMap/name").asText();
      if (!map.isEmpty()) {
        JsonNode data = cluster.objects().find("ConfigMap", map).orElseThrow().path("data");
        for (var file : data.properties()) {
          String text = local(file.getValue().asText());
          if (file.getKey().equals("agent.yaml") && !text.contains("\nlisten:")) {
            text += "listen: \"" + address + ":8600\"\n"; // Pods have a loopback each.
          }
          Files.writeString(mount(name).resolve(file.getKey()), text);
        }
      }
      for (JsonNode item : volume.at("/downwardAPI/items")) {
        // One line each, quoted as Go does, which for these is as JSON does.
        StringBuilder lines = new StringBuilder();
        for (var annotation : workload.at("/spec/template/metadata/annotations").properties()) {
          String text = local(annotation.getValue().asText());
          lines.append(annotation.getKey()).append('=');
          lines.append(TextNode.valueOf(text)).append('\n');
        }
        Files.writeString(mount(name).resolve(item.path("path").asText()), lines);
      }
    }
  }

  private Path mount(String volume) {
    for (JsonNode mount : container.path("volumeMounts")) {
      if (mount.path("name").asText().equals(volume)) {
        return file(mount.path("mountPath").asText());
      }
    }
    throw new IllegalStateException("not mounted: " + volume);
  }

  private String value(JsonNode variable, String name) {
    JsonNode from = variable.path("valueFrom");
    JsonNode key = from.path("configMapKeyRef");
    if (key.isObject()) {
      JsonNode map = cluster.objects().find("ConfigMap", key.path("name").asText()).orElseThrow();
      return local(map.path("data").path(key.path("key").asText()).asText());
    }
    return switch (from.at("/fieldRef/fieldPath").asText()) {
      case "metadata.name", "spec.nodeName" -> name;
      case "status.podIP", "status.hostIP" -> address;
      default -> local(variable.path("value").asText());
    };
  }

  /** With variables, names and mounts as they are here. */
  private String local(String text) {
    String made = text;
    for (var variable : variables.entrySet()) {
      made = made.replace("$(" + variable.getKey() + ")", variable.getValue());
    }
    made = cluster.addressed(made).replace("0.0.0.0", address).replace("127.0.0.1", address);
    // In one pass: what was put in may begin like another mount.
    StringJoiner mounts = new StringJoiner("|", "(?<![\\w.])(", ")(?=/|$)");
    for (JsonNode mount : container.path("volumeMounts")) {
      mounts.add(Pattern.quote(mount.path("mountPath").asText()));
    }
    return Pattern.compile(mounts.toString(), Pattern.MULTILINE)
        .matcher(made)
        .replaceAll(found -> Matcher.quoteReplacement(file(found.group(1)).toString()));
  }

  /** Where a file of the container lies here. */
  Path file(String path) {
    return root.resolve(path.substring(1));
  }

  /** What it is called with besides its program. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    container.path("args").forEach(word -> arguments.add(local(word.asText())));
    return arguments;
  }

  Map<String, String> variables() {
    return variables;
  }

  Path log() {
    return root.resolve("log");
  }

  String address() {
    return address;
  }

  /** Starts it with the program that is the image's entry point. */
  void start(List<String> entryPoint) throws IOException {
    List<String> command = new ArrayList<>(entryPoint);
    command.addAll(arguments());
    process = launch(command);
  }

  private Process launch(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("REMORA_"));
    builder.environment().putAll(variables);
    return builder.start();
  }

  /** Asks as a kubelet does until the probe passes. */
  void awaitProbe(String probe) {
    URI url = probed(probe);
    await()
        .atMost(PATIENCE)
        .failFast("it has ended: see " + log(), () -> !running().isAlive())
        .ignoreExceptions()
        .until(() -> get(url).statusCode() / 100 == 2);
  }

  private URI probed(String probe) {
    JsonNode http = container.path(probe).path("httpGet");
    JsonNode port = http.path("port");
    int number = port.isInt() ? port.asInt() : port(port.asText());
    return URI.create("http://" + address + ":" + number + http.path("path").asText());
  }

  /** The port of this name. */
  int port(String name) {
    for (JsonNode port : container.path("ports")) {
      if (port.path("name").asText().equals(name)) {
        return port.path("containerPort").asInt();
      }
    }
    throw new IllegalStateException("no port " + name);
  }

  HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
    return get(URI.create("http://" + address + ":" + port(port) + path));
  }

  private static HttpResponse<String> get(URI url) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Runs the hook as the kubelet does; returns its exit code. */
  int runPreStop(List<String> entryPoint, int wordsOfImage) throws Exception {
    List<String> command = new ArrayList<>(entryPoint);
    JsonNode hook = container.at("/lifecycle/preStop/exec/command");
    for (int i = wordsOfImage; i < hook.size(); i++) {
      command.add(local(hook.path(i).asText()));
    }
    return end(launch(command));
  }

  /** Waits for its end; returns its exit code. */
  int awaitEnd() throws InterruptedException {
    return end(running());
  }

  /** Sends SIGTERM, and waits. */
  int stop() throws InterruptedException {
    running().destroy();
    return end(running());
  }

  private Process running() {
    if (process == null) {
      throw new IllegalStateException("it was not started");
    }
    return process;
  }

  private static int end(Process of) throws InterruptedException {
    if (!of.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      of.destroyForcibly();
      throw new IllegalStateException("it does not end");
    }
    return of.exitValue();
  }

  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
