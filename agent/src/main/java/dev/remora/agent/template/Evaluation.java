package dev.remora.agent.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One evaluation: what it may read, what it has read, and how much it may still do.
 *
 * <p>Every turn of a loop, call and printed value passes here, and leaves its line behind, so that
 * an evaluation stopped at a bound knows where it was.
 */
final class Evaluation {
  private static final int CHARS_PER_STEP = 1000;
  private static final int WARNINGS_MAX = 100;

  /** What holds a name and no value in what {@code ls}, {@code tree} and the like give. */
  private static final List<String> NAMES = List.of("name", "path", "id", "node", "key");

  private static final String COMPUTED = "(computed)";
  private static final int STEPS_BETWEEN_LOOKS = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Values values;
  private final TemplateFiles files;
  private final Limits limits;
  private final Machine machine;
  private final Map<String, ?> given;
  private final long begunNanos;
  private final String name;
  private final @Nullable String inline;

  private final TreeSet<String> keys = new TreeSet<>();
  private final TreeSet<String> prefixes = new TreeSet<>();
  private final TreeSet<String> usedFiles = new TreeSet<>();
  private final TreeSet<String> environment = new TreeSet<>();
  private final List<String> warnings = new ArrayList<>();

  /** The value that is printed, where a list is wanted and not a text; else null. */
  private @Nullable List<@Nullable Object> collected;

  private long stepsLeft;
  private long stepsAtNextLook;
  private int depth;
  private int ancestors;
  private String file;
  private int line;
  private String callee = "";

  /**
   * Begins one.
   *
   * @param given further variables
   * @param file the template's path, or a name for it if it is no file
   * @param inline the template's text if it is no file, else null
   */
  Evaluation(
      Values values,
      TemplateFiles files,
      Limits limits,
      Machine machine,
      Map<String, ?> given,
      String file,
      @Nullable String inline) {
    this.values = values;
    this.files = files;
    this.limits = limits;
    this.machine = machine;
    this.given = given;
    this.begunNanos = machine.nanos();
    this.stepsLeft = limits.steps();
    this.stepsAtNextLook = stepsLeft - STEPS_BETWEEN_LOOKS;
    this.file = file;
    this.name = file;
    this.inline = inline;
  }

  /** From now on, what is printed is kept as it is and makes no text. */
  void collect() {
    collected = new ArrayList<>();
  }

  /** Keeps a value, if values are wanted and not text. */
  boolean isCollected(@Nullable Object value) {
    if (collected == null) {
      return false;
    }
    collected.add(value);
    return true;
  }

  /** What was printed. */
  List<@Nullable Object> collected() {
    return collected == null ? List.of() : collected;
  }

  Optional<String> key(String path) {
    keys.add(path);
    return values.key(path);
  }

  /** The prefix ends with a slash. What it holds is charged, one step a key. */
  List<Values.KeyText> tree(String prefix) {
    prefixes.add(prefix);
    List<Values.KeyText> found = values.tree(prefix);
    boundList(found.size());
    return found;
  }

  Map<String, ?> given() {
    return given;
  }

  String node() {
    return values.node();
  }

  long ageSeconds() {
    return values.ageSeconds();
  }

  Optional<String> env(String name) {
    Optional<String> value = values.env(name);
    value.ifPresent(environment::add);
    return value;
  }

  /** Reads a file of the template directory; the path is relative to it. */
  TemplateFiles.Content read(String path) {
    if (inline != null && path.equals(name)) {
      return new TemplateFiles.Content.Text(inline);
    }
    usedFiles.add(path);
    return files.read(path);
  }

  /**
   * A name for a message: as it is if the template's line has it, for a computed one is a value.
   */
  String shown(String name) {
    boolean isWritten =
        line == 0 || (!name.isEmpty() && Faults.line(file, line, this).contains(name));
    return isWritten ? name : COMPUTED;
  }

  /**
   * A key's name for a message. Its segments are shown if the template's line has them, or if they
   * are names of what it goes through; one that was made of a value is not.
   */
  private String shownKey(String path) {
    String written = line == 0 ? "" : Faults.line(file, line, this);
    StringBuilder shown = new StringBuilder();
    for (String segment : path.substring(1).split("/", -1)) {
      boolean isName = written.contains(segment) || isKnown(segment);
      shown.append('/').append(isName ? segment : COMPUTED);
    }
    return shown.toString();
  }

  private boolean isKnown(String segment) {
    String between = "/" + segment + "/";
    return segment.equals(values.node())
        || environment.contains(segment)
        || prefixes.stream()
            .flatMap(prefix -> values.tree(prefix).stream())
            .anyMatch(key -> (key.path() + "/").contains(between))
        || given.values().stream().anyMatch(value -> isNamedBy(value, between));
  }

  private static boolean isNamedBy(@Nullable Object value, String between) {
    return switch (value) {
      case String name -> ("/" + name + "/").contains(between);
      case Map<?, ?> item ->
          NAMES.stream().anyMatch(name -> ("/" + item.get(name) + "/").contains(between));
      case null, default -> false;
    };
  }

  /** Remembers a record that was left out. Said once, and bounded. */
  void warn(String warning) {
    if (warnings.size() < WARNINGS_MAX && !warnings.contains(warning)) {
      warnings.add(warning);
    }
  }

  void at(String newFile, int newLine) {
    calling("", newFile, newLine);
  }

  /** As {@link #at}, where a function or filter of that name is called. */
  void calling(String newCallee, String newFile, int newLine) {
    callee = newCallee;
    file = newFile;
    line = newLine;
  }

  void charge(long steps) {
    stepsLeft -= steps;
    if (stepsLeft < 0) {
      throw refuse("stopped after " + limits.steps() + " steps: an endless loop?");
    }
    if (stepsLeft <= stepsAtNextLook) {
      stepsAtNextLook = stepsLeft - STEPS_BETWEEN_LOOKS;
      if (machine.nanos() - begunNanos > limits.millis() * NANOS_PER_MILLI) {
        throw refuse("stopped after " + limits.millis() + " ms: an endless loop?");
      }
      if (machine.isShortOfMemory()) {
        throw refuse("stopped: it needs more memory than the agent has");
      }
    }
  }

  /** Lets a string pass that was made on the way, if it is not too long. */
  String bounded(String text) {
    bound(text.length());
    return text;
  }

  /** Refuses a text of this length before it is made, and charges for it. */
  void bound(long chars) {
    if (chars > limits.outputChars()) {
      throw refuse("stopped: a text longer than " + limits.outputChars() + " characters");
    }
    charge(1 + chars / CHARS_PER_STEP);
  }

  /** Refuses a list of this length before it is made, and charges for it. */
  void boundList(long elements) {
    if (elements > limits.elements()) {
      throw refuse("stopped: a list with more than " + limits.elements() + " elements");
    }
    charge(1 + elements);
  }

  /** Lets a list of this length have one more. */
  void grow(int elements) {
    if (elements >= limits.elements()) {
      boundList(elements + 1L);
    }
    charge(1);
  }

  /** Charges for looking for a part of a text: at worst, each is compared with each. */
  void search(String text, String part) {
    charge(1 + (long) text.length() * part.length() / CHARS_PER_STEP);
  }

  /** Enters an include or a macro; returns what {@link #leave} must be given. */
  int enter() {
    depth++;
    if (depth > limits.depth()) {
      depth--;
      throw refuse("includes or macros are nested deeper than " + limits.depth());
    }
    int before = ancestors;
    ancestors = 0;
    return before;
  }

  void leave(int before) {
    depth--;
    ancestors = before;
  }

  /** Goes one up in a chain of {@code extends}. */
  void ascend() {
    ancestors++;
    if (ancestors > limits.depth()) {
      throw refuse("extends is nested deeper than " + limits.depth());
    }
  }

  RefusedException refuse(String reason) {
    return new RefusedException(reason, file, line);
  }

  MissingKeyException missing(String key) {
    return new MissingKeyException(shownKey(key), file, line);
  }

  String file() {
    return file;
  }

  int line() {
    return line;
  }

  /** The function or filter called last on the line, or nothing. */
  String callee() {
    return callee;
  }

  int outputCharsMax() {
    return limits.outputChars();
  }

  Dependencies dependencies() {
    return new Dependencies(keys, prefixes, usedFiles);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }
}
