package dev.remora.agent.config;

import dev.remora.agent.config.Setting.Field;
import dev.remora.agent.config.Setting.Fields;
import dev.remora.agent.config.Setting.Items;
import dev.remora.agent.config.Setting.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads services from wherever they are defined: the configuration, a directory of definition
 * files, the pod's environment and annotations, a request to the local API.
 */
final class Definitions {
  private static final String POD_VARIABLE = "REMORA_SERVICES";
  private static final String POD_ANNOTATION = "remora.dev/services";
  private static final Path POD_ANNOTATIONS = Path.of("/etc/podinfo/annotations");
  private static final int FILES_MAX = 10_000;
  private static final long FILE_BYTES_MAX = 1 << 20;

  private final String node;
  private final Environment environment;
  private final List<String> problems;
  private final List<String> warnings;
  private final ConfigFiles files;
  private final TreeSet<String> seen = new TreeSet<>();

  Definitions(String node, Environment environment, List<String> problems, List<String> warnings) {
    this.node = node;
    this.environment = environment;
    this.problems = problems;
    this.warnings = warnings;
    this.files = new ConfigFiles(environment, problems);
  }

  /** Reads the list {@code services} of a map. */
  List<ServiceConfig> listed(Section root) {
    return root.sections("services", this::one);
  }

  private ServiceConfig one(Section section) {
    ServiceConfig service = ServiceConfig.read(section, node, environment);
    once(section, service);
    return service;
  }

  private void once(Section section, ServiceConfig service) {
    if (!service.name().isEmpty() && !seen.add(service.name() + "/" + service.id())) {
      section.problem("id", "service " + service.name() + "/" + service.id() + " is given twice");
    }
  }

  /** Reads all definition files of a directory, in the order of their names. */
  List<ServiceConfig> directory(@Nullable Path directory) {
    List<ServiceConfig> services = new ArrayList<>();
    if (directory == null) {
      return services;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> found = entries.filter(Definitions::isDefinition).sorted().toList();
      if (found.size() > FILES_MAX) {
        problems.add(directory + ": more than " + FILES_MAX + " files");
        return services;
      }
      found.forEach(file -> services.addAll(file(file)));
    } catch (IOException e) {
      problems.add(directory + ": cannot be listed: " + e.getClass().getSimpleName());
    }
    return services;
  }

  static boolean isDefinition(Path file) {
    String name = file.getFileName().toString();
    return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".json"));
  }

  private List<ServiceConfig> file(Path file) {
    if (file.toString().endsWith(".yaml")) {
      Fields fields = files.read(file);
      return fields.values().isEmpty() ? List.of() : ours(fields);
    }
    try {
      if (Files.size(file) > FILE_BYTES_MAX) {
        problems.add(file + ": larger than " + FILE_BYTES_MAX + " bytes");
        return List.of();
      }
      Fields fields = JsonSettings.read(file, Files.readString(file), problems);
      return fields == null ? List.of() : consuls(fields);
    } catch (IOException e) {
      problems.add(file + ": cannot be read: " + e.getClass().getSimpleName());
      return List.of();
    }
  }

  /** One service, or one or more below {@code service} and {@code services}. */
  private List<ServiceConfig> ours(Fields fields) {
    Section root = new Section("", fields, problems);
    if (root.has("name")) {
      return List.of(one(root));
    }
    List<ServiceConfig> services = new ArrayList<>();
    if (root.has("service")) {
      services.add(one(root.section("service")));
    }
    services.addAll(listed(root));
    root.finish();
    return services;
  }

  private List<ServiceConfig> consuls(Fields fields) {
    Map<String, Field> top = new LinkedHashMap<>(ConsulDefinition.snakeCase(fields).values());
    Map<String, Field> renamed = new LinkedHashMap<>();
    top.forEach((name, field) ->
        renamed.put(name, name.startsWith("service") ? inSnakeCase(field) : field));
    Section root = new Section("", new Fields(fields.at(), renamed), problems);
    List<ServiceConfig> services = new ArrayList<>();
    if (root.has("service")) {
      services.add(consul(root.section("service")));
    }
    services.addAll(root.sections("services", this::consul));
    root.notYet("check", "checks");
    root.finish();
    return services;
  }

  private static Field inSnakeCase(Field field) {
    Setting value =
        switch (field.value()) {
          case Fields fields -> ConsulDefinition.snakeCase(fields);
          case Items(Mark at, List<Setting> values) ->
              new Items(
                  at,
                  values.stream()
                      .map(each ->
                          each instanceof Fields one ? ConsulDefinition.snakeCase(one) : each)
                      .toList());
          case Setting.Text text -> text;
        };
    return new Field(field.at(), value);
  }

  private ServiceConfig consul(Section section) {
    ServiceConfig service =
        ConsulDefinition.read(section, environment.variable("POD_IP").orElse(null), warnings);
    once(section, service);
    return service;
  }

  /**
   * Reads what a pod says of itself: the list of services in the variable {@code REMORA_SERVICES},
   * and that in the annotation {@code remora.dev/services}, which the downward API shows in a file.
   */
  List<ServiceConfig> pod() {
    List<ServiceConfig> services = new ArrayList<>();
    environment
        .variable(POD_VARIABLE)
        .filter(text -> !text.isBlank())
        .ifPresent(text -> services.addAll(inline(Path.of(POD_VARIABLE), text)));
    Path annotations = annotations(environment);
    try {
      if (Files.isRegularFile(annotations) && Files.size(annotations) <= FILE_BYTES_MAX) {
        Annotations.value(Files.readString(annotations), POD_ANNOTATION)
            .ifPresent(text -> services.addAll(inline(annotations, text)));
      }
    } catch (IOException e) {
      problems.add(annotations + ": cannot be read: " + e.getClass().getSimpleName());
    }
    return services;
  }

  /** Where the downward API shows the annotations of the pod. */
  static Path annotations(Environment environment) {
    return environment.variable("REMORA_POD_ANNOTATIONS").map(Path::of).orElse(POD_ANNOTATIONS);
  }

  private List<ServiceConfig> inline(Path label, String text) {
    Setting list = files.parse(label, text);
    if (list instanceof Items) {
      Fields fields = new Fields(list.at(), Map.of("services", new Field(list.at(), list)));
      return listed(new Section("", fields, problems));
    }
    if (list != null) {
      problems.add(label + ":1: must be a list of services");
    }
    return List.of();
  }

  /** Reads what a request to the local API defines; its id is that of the path. */
  @Nullable ServiceConfig body(String id, String json) {
    Fields fields = JsonSettings.read(Path.of("body"), json, problems);
    if (fields == null) {
      return null;
    }
    Map<String, Field> named = new LinkedHashMap<>(fields.values());
    Field given = named.get("id");
    if (given != null
        && !(given.value() instanceof Setting.Text(_, String said) && said.equals(id))) {
      problems.add(given.at() + ": id: must be that of the path, " + id);
    }
    named.put("id", new Field(fields.at(), new Setting.Text(fields.at(), id)));
    return one(new Section("", new Fields(fields.at(), named), problems));
  }
}
