package dev.remora.server.raft.script;

import dev.remora.server.raft.script.Directive.Argument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a data-driven test file: a command with arguments, input lines, {@code ----}, the expected
 * output up to an empty line; or, if {@code ----} stands twice, up to the next such pair. {@code #}
 * begins a comment, a backslash at the end joins lines.
 */
final class ScriptFile {
  private static final String SEPARATOR = "----";
  private static final Pattern ARGUMENT = Pattern.compile("([^\\s=]+)(?:=(\\(([^)]*)\\)|\\S*))?");

  private final List<String> lines;
  private int at;

  private ScriptFile(List<String> lines) {
    this.lines = lines;
  }

  static List<Directive> read(Path file) {
    try {
      return new ScriptFile(Files.readAllLines(file)).parse();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Directive> parse() {
    List<Directive> directives = new ArrayList<>();
    while (at < lines.size()) {
      String line = lines.get(at).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        at++;
      } else {
        directives.add(directive());
      }
    }
    return directives;
  }

  private Directive directive() {
    int line = at + 1;
    String head = lines.get(at++).strip();
    while (head.endsWith("\\")) {
      head = head.substring(0, head.length() - 1) + " " + lines.get(at++).strip();
    }
    List<String> input = new ArrayList<>();
    while (at < lines.size() && !lines.get(at).equals(SEPARATOR)) {
      input.add(lines.get(at++));
    }
    at++;
    List<String> expected = expected();
    Matcher arguments = ARGUMENT.matcher(head);
    arguments.find();
    String command = arguments.group(1);
    List<Argument> parsed = new ArrayList<>();
    while (arguments.find()) {
      parsed.add(new Argument(arguments.group(1), values(arguments)));
    }
    return new Directive(line, command, parsed, input, expected);
  }

  private List<String> expected() {
    List<String> expected = new ArrayList<>();
    boolean isLong = at < lines.size() && lines.get(at).equals(SEPARATOR);
    if (isLong) {
      at++;
    }
    while (at < lines.size() && !isEnd(isLong)) {
      expected.add(lines.get(at++));
    }
    at += isLong ? 2 : 1;
    return expected;
  }

  private boolean isEnd(boolean isLong) {
    if (!isLong) {
      return lines.get(at).isEmpty();
    }
    return lines.get(at).equals(SEPARATOR)
        && at + 1 < lines.size()
        && lines.get(at + 1).equals(SEPARATOR);
  }

  private static List<String> values(Matcher argument) {
    if (argument.group(2) == null) {
      return List.of();
    }
    if (argument.group(3) == null) {
      return List.of(argument.group(2));
    }
    return Arrays.stream(argument.group(3).split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
