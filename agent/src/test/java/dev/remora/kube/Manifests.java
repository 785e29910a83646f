package dev.remora.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a kustomization: its resources and the ConfigMaps it makes of files, as they are
 * written, before any patch.
 */
final class Manifests {
  /** Where they lie, from this module's folder. */
  static final Path ROOT = Path.of("..", "k8s").toAbsolutePath().normalize();

  private static final YAMLMapper YAML = new YAMLMapper();

  private final List<JsonNode> objects;

  private Manifests(List<JsonNode> objects) {
    this.objects = List.copyOf(objects);
  }

  /** Those of a directory below {@link #ROOT}. */
  static Manifests of(String directory) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    collect(ROOT.resolve(directory).normalize(), found);
    return new Manifests(found);
  }

  /** Those of a text, such as kustomize prints. */
  static Manifests parse(String yaml) throws IOException {
    return new Manifests(documents(yaml));
  }

  private static void collect(Path directory, List<JsonNode> found) throws IOException {
    JsonNode kustomization =
        documents(Files.readString(directory.resolve("kustomization.yaml"))).getFirst();
    for (JsonNode resource : kustomization.path("resources")) {
      Path path = directory.resolve(resource.asText()).normalize();
      if (Files.isDirectory(path)) {
        collect(path, found);
      } else {
        found.addAll(documents(Files.readString(path)));
      }
    }
    for (JsonNode generator : kustomization.path("configMapGenerator")) {
      ObjectNode map = YAML.createObjectNode().put("apiVersion", "v1").put("kind", "ConfigMap");
      map.putObject("metadata").put("name", generator.path("name").asText());
      ObjectNode data = map.putObject("data");
      for (JsonNode file : generator.path("files")) {
        data.put(file.asText(), Files.readString(directory.resolve(file.asText())));
      }
      found.add(map);
    }
  }

  private static List<JsonNode> documents(String yaml) throws IOException {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return documents.readAll();
    }
  }

  List<JsonNode> objects() {
    return objects;
  }

  List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind)).toList();
  }

  Optional<JsonNode> find(String kind, String name) {
    return ofKind(kind).stream().filter(object -> name(object).equals(name)).findFirst();
  }

  /** What runs pods. */
  List<JsonNode> workloads() {
    return objects.stream().filter(object -> object.at("/spec/template/spec").isObject()).toList();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  /** Those that run first, and those that stay. */
  static List<JsonNode> containers(JsonNode workload) {
    List<JsonNode> containers = new ArrayList<>();
    workload.at("/spec/template/spec/initContainers").forEach(containers::add);
    workload.at("/spec/template/spec/containers").forEach(containers::add);
    return containers;
  }
}
