package dev.remora.agent.config;

import dev.remora.agent.config.Setting.Fields;
import dev.remora.agent.config.Setting.Items;
import dev.remora.agent.config.Setting.Mark;
import dev.remora.agent.config.Setting.Text;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.AnchorNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads one YAML file, or all of a directory, into one tree of settings. */
final class ConfigFiles {
  private static final long FILE_BYTES_MAX = 1 << 20;
  private static final int FILES_MAX = 1_000;
  private static final int DEPTH_MAX = 20;

  private final Environment environment;
  private final List<String> problems;

  ConfigFiles(Environment environment, List<String> problems) {
    this.environment = environment;
    this.problems = problems;
  }

  /** Reads a file or a directory. What cannot be read is reported and left out. */
  Fields read(Path path) {
    Fields all = new Fields(new Mark(path, 1), Map.of());
    for (Path file : files(path)) {
      Fields one = readFile(file);
      if (one != null) {
        all = merge("", all, one);
      }
    }
    return all;
  }

  private List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<Path> found =
          entries.filter(entry -> entry.toString().endsWith(".yaml")).sorted().toList();
      if (found.isEmpty()) {
        problems.add(path + ": the directory holds no *.yaml file");
      }
      if (found.size() > FILES_MAX) {
        problems.add(path + ": more than " + FILES_MAX + " files");
        return List.of();
      }
      return found;
    } catch (IOException e) {
      problems.add(path + ": cannot be listed: " + e.getMessage());
      return List.of();
    }
  }

  private @Nullable Fields readFile(Path file) {
    try {
      if (!Files.exists(file)) {
        problems.add(file + ": no such file");
        return null;
      }
      if (Files.size(file) > FILE_BYTES_MAX) {
        problems.add(file + ": larger than " + FILE_BYTES_MAX + " bytes");
        return null;
      }
      Setting setting = parse(file, Files.readString(file));
      if (setting instanceof Fields fields) {
        return fields;
      }
      if (setting != null) {
        problems.add(file + ":1: must be a map of settings");
      }
      return null;
    } catch (IOException e) {
      problems.add(file + ": cannot be read: " + e);
      return null;
    }
  }

  /** Reads a text; null if it is empty or no YAML, which is reported. */
  @Nullable Setting parse(Path file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEPTH_MAX);
    try {
      Node root = new Yaml(options).compose(new StringReader(text));
      return root == null ? null : convert(file, "", root, 0);
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      problems.add(file + ":" + line + ": not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      problems.add(file + ": not YAML: " + e.getMessage());
    }
    return null;
  }

  private Setting convert(Path file, String key, Node node, int depth) {
    Mark at = new Mark(file, node.getStartMark().getLine() + 1);
    if (depth > DEPTH_MAX) {
      problems.add(at + ": " + key + ": nested too deeply");
      return new Text(at, "");
    }
    return switch (node) {
      case ScalarNode scalar -> new Text(at, expand(at, key, scalar.getValue()));
      case SequenceNode sequence -> {
        List<Setting> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(convert(file, key + "[" + items.size() + "]", item, depth + 1));
        }
        yield new Items(at, items);
      }
      case MappingNode mapping -> convertMap(file, key, mapping, at, depth);
      case AnchorNode anchor -> convert(file, key, anchor.getRealNode(), depth + 1);
      // Node is open for extension; the composer makes no other kind.
      default -> throw new IllegalStateException("unknown YAML node " + node.getNodeId());
    };
  }

  private Fields convertMap(Path file, String key, MappingNode mapping, Mark at, int depth) {
    Map<String, Setting.Field> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Mark keyMark = new Mark(file, tuple.getKeyNode().getStartMark().getLine() + 1);
      if (tuple.getKeyNode() instanceof ScalarNode name) {
        String path = join(key, name.getValue());
        Setting value = convert(file, path, tuple.getValueNode(), depth + 1);
        if (fields.put(name.getValue(), new Setting.Field(keyMark, value)) != null) {
          problems.add(keyMark + ": " + path + ": given twice");
        }
      } else {
        problems.add(keyMark + ": " + key + ": a key must be plain text");
      }
    }
    return new Fields(at, fields);
  }

  private String expand(Mark at, String key, String raw) {
    return switch (environment.expand(raw)) {
      case Environment.Expanded.Text(String text) -> text;
      case Environment.Expanded.Mistake(String why) -> {
        problems.add(at + ": " + key + ": " + why);
        yield raw;
      }
    };
  }

  private Fields merge(String key, Fields first, Fields second) {
    Map<String, Setting.Field> merged = new LinkedHashMap<>(first.values());
    second
        .values()
        .forEach((name, field) -> {
          Setting.Field earlier = merged.get(name);
          merged.put(name, earlier == null ? field : mergeField(join(key, name), earlier, field));
        });
    return new Fields(first.at(), merged);
  }

  private Setting.Field mergeField(String key, Setting.Field first, Setting.Field second) {
    if (first.value() instanceof Fields one && second.value() instanceof Fields two) {
      return new Setting.Field(first.at(), merge(key, one, two));
    }
    if (first.value() instanceof Items one && second.value() instanceof Items two) {
      List<Setting> all = new ArrayList<>(one.values());
      all.addAll(two.values());
      return new Setting.Field(first.at(), new Items(one.at(), all));
    }
    if (first.value() instanceof Text && second.value() instanceof Text) {
      return second;
    }
    problems.add(second.at() + ": " + key + ": is of another kind at " + first.at());
    return first;
  }

  static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "." + name;
  }
}
