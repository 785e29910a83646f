package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.Function;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The functions of a template that read something. */
final class Functions {
  private static final String SERVICE_STATUS_ANY = "any";

  private final Map<String, Function> functions = new LinkedHashMap<>();
  private final CurrentEvaluation current;

  private Functions(CurrentEvaluation current) {
    this.current = current;
  }

  static Map<String, Function> all(CurrentEvaluation current) {
    Functions made = new Functions(current);
    made.add("key", List.of("path", "default"), Functions::key);
    made.add("exists", List.of("path"), Functions::exists);
    made.add("ls", List.of("prefix"), Functions::ls);
    made.add("tree", List.of("prefix"), Functions::tree);
    made.add("service", List.of("name", "status", "tag", "zone"), Functions::service);
    made.add("services", List.of(), (evaluation, _) -> Records.services(evaluation));
    made.add("nodes", List.of(), (evaluation, _) -> Records.nodes(evaluation));
    made.add("node", List.of(), (evaluation, _) -> evaluation.node());
    made.add("env", List.of("name", "default"), Functions::env);
    made.add("file", List.of("path"), Functions::file);
    made.add("age", List.of(), (evaluation, _) -> evaluation.ageSeconds());
    made.add("range", List.of("start", "end", "increment"), Functions::range);
    return made.functions;
  }

  private void add(String name, List<String> argumentNames, Call.FunctionBody body) {
    functions.put(name, Call.function(current, name, argumentNames, body));
  }

  private static @Nullable Object key(Evaluation evaluation, Call.Arguments arguments) {
    String path = absolute(arguments.text("path"));
    String value = evaluation.key(path).orElse(null);
    if (value != null) {
      return value;
    }
    if (arguments.has("default")) {
      return arguments.get("default");
    }
    throw evaluation.missing(path);
  }

  private static Object exists(Evaluation evaluation, Call.Arguments arguments) {
    String path = absolute(arguments.text("path"));
    return evaluation.key(path).isPresent() || !evaluation.tree(directory(path)).isEmpty();
  }

  private static Object ls(Evaluation evaluation, Call.Arguments arguments) {
    String prefix = directory(absolute(arguments.text("prefix")));
    TreeMap<String, Map<String, Object>> children = new TreeMap<>();
    for (Values.KeyText key : evaluation.tree(prefix)) {
      String below = key.path().substring(prefix.length());
      int slash = below.indexOf('/');
      String name = slash < 0 ? below : below.substring(0, slash);
      if (name.isEmpty()) {
        continue;
      }
      Map<String, Object> child = children.computeIfAbsent(name, n -> child(n, prefix + n));
      if (slash < 0) {
        child.put("value", key.value());
      } else {
        child.put("directory", true);
      }
    }
    return new ArrayList<>(children.values());
  }

  private static Map<String, Object> child(String name, String path) {
    Map<String, Object> child = new LinkedHashMap<>();
    child.put("name", name);
    child.put("path", path);
    child.put("value", "");
    child.put("directory", false);
    return child;
  }

  private static Object tree(Evaluation evaluation, Call.Arguments arguments) {
    String prefix = directory(absolute(arguments.text("prefix")));
    List<Map<String, Object>> keys = new ArrayList<>();
    for (Values.KeyText key : evaluation.tree(prefix)) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", key.path().substring(prefix.length()));
      entry.put("path", key.path());
      entry.put("value", key.value());
      keys.add(entry);
    }
    return keys;
  }

  private static Object service(Evaluation evaluation, Call.Arguments arguments) {
    String name = arguments.text("name");
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw evaluation.refuse("service: name is empty or has a slash");
    }
    String status = arguments.optionalText("status");
    return Records.instances(
        name,
        new Records.Wanted(
            status == null ? "passing" : SERVICE_STATUS_ANY.equals(status) ? null : status,
            arguments.optionalText("tag"),
            arguments.optionalText("zone")),
        evaluation);
  }

  private static @Nullable Object env(Evaluation evaluation, Call.Arguments arguments) {
    String name = arguments.text("name");
    String value = evaluation.env(name).orElse(null);
    if (value != null) {
      return value;
    }
    if (arguments.has("default")) {
      return arguments.get("default");
    }
    throw evaluation.refuse("environment variable " + evaluation.shown(name) + " is not set");
  }

  private static Object file(Evaluation evaluation, Call.Arguments arguments) {
    String path = arguments.text("path");
    return switch (evaluation.read(SourceLoader.normalized(path, evaluation))) {
      case TemplateFiles.Content.Text(String text) -> evaluation.bounded(text);
      case TemplateFiles.Content.Refused(String reason) ->
          throw evaluation.refuse("file " + evaluation.shown(path) + ": " + reason);
    };
  }

  /**
   * Both ends included, as Pebble's; every element is a step, so that it cannot fill the memory.
   */
  private static Object range(Evaluation evaluation, Call.Arguments arguments) {
    long start = arguments.number("start", 0);
    long end = arguments.number("end", 0);
    long increment = arguments.number("increment", 1);
    if (increment == 0) {
      throw evaluation.refuse("range: increment is 0");
    }
    List<Object> numbers = new ArrayList<>();
    long next = start;
    while (increment > 0 ? next <= end : next >= end) {
      evaluation.grow(numbers.size());
      numbers.add(next);
      long following = next + increment;
      if (increment > 0 ? following < next : following > next) {
        break; // Past the last long.
      }
      next = following;
    }
    return numbers;
  }

  private static String absolute(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  private static String directory(String path) {
    return path.endsWith("/") ? path : path + "/";
  }
}
