package dev.remora.agent.config;

import dev.remora.agent.config.Setting.Fields;
import dev.remora.agent.config.Setting.Items;
import dev.remora.agent.config.Setting.Mark;
import dev.remora.agent.config.Setting.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values out of one map of settings, and remembers everything that is wrong with it.
 *
 * <p>Every reader takes the key as known. {@link #finish} then reports what was never asked for.
 */
final class Section {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

  private final String path;
  private final Fields fields;
  private final List<String> problems;
  private final TreeSet<String> known = new TreeSet<>();
  private final TreeSet<String> later = new TreeSet<>();

  Section(String path, Fields fields, List<String> problems) {
    this.path = path;
    this.fields = fields;
    this.problems = problems;
  }

  boolean has(String key) {
    return fields.values().containsKey(key);
  }

  /** The keys that are there, in the order of the file. */
  List<String> keys() {
    return List.copyOf(fields.values().keySet());
  }

  /** Names keys that may be there and are not read. */
  void known(String... keys) {
    known.addAll(List.of(keys));
  }

  /** File, line and name of a key, for a message. */
  String place(String key) {
    return mark(key) + ": " + name(key);
  }

  /** Names keys that are known but not built yet. */
  void notYet(String... keys) {
    later.addAll(List.of(keys));
  }

  @Nullable String text(String key) {
    return switch (setting(key)) {
      case null -> null;
      case Text(_, String value) when !value.isBlank() -> value;
      case Text _ -> fail(key, "must not be empty");
      case Items _, Fields _ -> fail(key, "must be a string");
    };
  }

  String text(String key, String fallback) {
    String value = text(key);
    return value == null ? fallback : value;
  }

  /** A text that must be there; an empty one stands in where it is not. */
  String required(String key) {
    if (!has(key)) {
      known.add(key);
      problems.add(fields.at() + ": " + ConfigFiles.join(path, key) + ": is missing");
      return "";
    }
    return text(key, "");
  }

  /** A path; a relative one starts at the directory of the file that names it. */
  @Nullable Path file(String key) {
    String value = text(key);
    if (value == null) {
      return null;
    }
    try {
      Path base = mark(key).file().toAbsolutePath().getParent();
      return base == null ? Path.of(value) : base.resolve(value).normalize();
    } catch (java.nio.file.InvalidPathException _) {
      problem(key, "is not a path");
      return null;
    }
  }

  /** The directory of the file that names a key: relative paths start there. */
  Path directory(String key) {
    Path base = mark(key).file().toAbsolutePath().getParent();
    return base == null ? Path.of("/") : base.normalize();
  }

  /** True or false; false if it is absent. */
  boolean flag(String key) {
    String value = text(key);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      problem(key, "must be true or false, but is '" + value + "'");
    }
    return "true".equals(value);
  }

  /** One of some constants, from the place {@code from} on, in small letters. */
  <E extends Enum<E>> E choice(String key, E fallback, E[] constants, int from) {
    String value = text(key);
    if (value == null) {
      return fallback;
    }
    List<String> names = new ArrayList<>();
    for (E constant : List.of(constants).subList(from, constants.length)) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      if (name.equals(value)) {
        return constant;
      }
      names.add(name);
    }
    problem(key, "must be one of " + String.join(", ", names) + ", but is '" + value + "'");
    return fallback;
  }

  long number(String key, long fallback, long min, long max) {
    String value = text(key);
    if (value == null) {
      return fallback;
    }
    try {
      long parsed = Long.parseLong(value);
      if (parsed >= min && parsed <= max) {
        return parsed;
      }
    } catch (NumberFormatException _) {
      // Reported below, as a number out of its bounds is.
    }
    problem(key, "must be a whole number from " + min + " to " + max + ", but is '" + value + "'");
    return fallback;
  }

  Duration duration(String key, Duration fallback) {
    String value = text(key);
    if (value == null) {
      return fallback;
    }
    Matcher matcher = DURATION.matcher(value);
    if (value.equals("0")) {
      return Duration.ZERO;
    }
    if (!matcher.matches()) {
      problem(key, "must be a duration such as 250ms, 5s or 10m, but is '" + value + "'");
      return fallback;
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount); // The pattern leaves no other unit.
    };
  }

  List<String> texts(String key, List<String> fallback) {
    return switch (setting(key)) {
      case null -> fallback;
      case Items(_, List<Setting> values) -> {
        List<String> texts = new ArrayList<>();
        for (Setting value : values) {
          if (value instanceof Text(_, String text)) {
            texts.add(text);
          } else {
            problem(key, "must be a list of strings");
          }
        }
        yield texts;
      }
      case Text _, Fields _ -> {
        problem(key, "must be a list of strings");
        yield fallback;
      }
    };
  }

  /** A program and its arguments; empty if none is named. */
  List<String> command(String key) {
    List<String> arguments = texts(key, List.of());
    boolean isGood = !has(key) || (!arguments.isEmpty() && !arguments.getFirst().isBlank());
    if (!isGood) {
      problem(key, "must name a program");
    }
    return arguments;
  }

  Map<String, String> textMap(String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    switch (setting(key)) {
      case null -> {}
      case Fields(_, Map<String, Setting.Field> values) ->
          values.forEach((name, field) -> {
            if (field.value() instanceof Text(_, String text)) {
              texts.put(name, text);
            } else {
              problems.add(field.at() + ": " + name(key) + "." + name + ": must be a string");
            }
          });
      case Text _, Items _ -> problem(key, "must be a map of strings");
    }
    return texts;
  }

  /** A map below; an empty one stands in where it is absent or something else. */
  Section section(String key) {
    return switch (setting(key)) {
      case Fields below -> new Section(name(key), below, problems);
      case null -> new Section(name(key), new Fields(fields.at(), Map.of()), problems);
      case Text _, Items _ -> {
        problem(key, "must be a map");
        yield new Section(name(key), new Fields(fields.at(), Map.of()), problems);
      }
    };
  }

  /** Each map of a list. */
  <T> List<T> sections(String key, Function<Section, @Nullable T> read) {
    List<T> read1 = new ArrayList<>();
    switch (setting(key)) {
      case null -> {}
      case Items(_, List<Setting> values) -> {
        for (int i = 0; i < values.size(); i++) {
          String each = name(key) + "[" + i + "]";
          if (values.get(i) instanceof Fields below) {
            T value = read.apply(new Section(each, below, problems));
            if (value != null) {
              read1.add(value);
            }
          } else {
            problems.add(values.get(i).at() + ": " + each + ": must be a map");
          }
        }
      }
      case Text _, Fields _ -> problem(key, "must be a list");
    }
    return read1;
  }

  boolean isList(String key) {
    return setting(key) instanceof Items;
  }

  void problem(String key, String what) {
    problems.add(mark(key) + ": " + name(key) + ": " + what);
  }

  /** Reports every key that was not asked for. */
  void finish() {
    fields
        .values()
        .forEach((key, field) -> {
          if (later.contains(key)) {
            problems.add(field.at() + ": " + name(key) + ": not supported yet");
          } else if (!known.contains(key)) {
            problems.add(field.at() + ": " + name(key) + ": unknown key" + suggestion(key));
          }
        });
  }

  private String suggestion(String key) {
    TreeSet<String> candidates = new TreeSet<>(known);
    candidates.addAll(later);
    String nearest = Spelling.nearest(key, candidates);
    return nearest == null ? "" : ", did you mean '" + nearest + "'?";
  }

  private @Nullable Setting setting(String key) {
    known.add(key);
    Setting.Field field = fields.values().get(key);
    return field == null ? null : field.value();
  }

  private Mark mark(String key) {
    Setting.Field field = fields.values().get(key);
    return field == null ? fields.at() : field.at();
  }

  /** With an empty key, the map itself. */
  private String name(String key) {
    return key.isEmpty() ? path : ConfigFiles.join(path, key);
  }

  private @Nullable String fail(String key, String what) {
    problem(key, what);
    return null;
  }
}
