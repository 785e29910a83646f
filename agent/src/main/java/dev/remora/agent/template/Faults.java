package dev.remora.agent.template;

import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.ClassAccessException;
import io.pebbletemplates.pebble.error.ParserException;
import io.pebbletemplates.pebble.error.PebbleException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Why an evaluation failed, and where: {@code file:line:column: reason} and the template's line.
 *
 * <p>Only texts known to hold no value pass: our own, those of the parser (the template is not a
 * secret), and the few of Pebble listed here.
 */
final class Faults {
  private static final int EXCERPT_MAX = 120;

  private static final List<String> SAFE_MESSAGES =
      List.of(
          "Could not perform",
          "Filter [",
          "Test [",
          "Function or Macro [",
          "Contains operator can only",
          "Can not use parent",
          "null value",
          "The argument at position",
          "The following named argument",
          "More than one macro");

  /** Where a tag or a printed value starts. */
  private static final Pattern TAG = Pattern.compile("\\{\\{|\\{%");

  private static final Pattern BRACKETED = Pattern.compile("\\[([A-Za-z0-9_]+)]");

  private Faults() {}

  static TemplateResult.Missing missing(MissingKeyException e, Evaluation evaluation) {
    Position position = position(e, "key", e.key(), evaluation);
    String message = describe(position, "key " + e.key() + " is missing", evaluation);
    return new TemplateResult.Missing(e.key(), position, message, evaluation.dependencies());
  }

  static TemplateResult.Failed failed(String reason, Evaluation evaluation) {
    Position position = position(evaluation.file(), evaluation.line(), null, null, evaluation);
    return new TemplateResult.Failed(
        position, describe(position, reason, evaluation), evaluation.dependencies());
  }

  static TemplateResult.Failed failed(PebbleException e, Evaluation evaluation) {
    String name = name(e, evaluation);
    Position position = position(e, name, null, evaluation);
    return new TemplateResult.Failed(
        position,
        describe(position, reason(e, position, evaluation), evaluation),
        evaluation.dependencies());
  }

  private static String reason(PebbleException e, Position position, Evaluation evaluation) {
    String message = String.valueOf(e.getPebbleMessage());
    return switch (e) {
      case RefusedException _ -> message;
      case ParserException _ -> message;
      case ClassAccessException _ -> "calling a method is refused";
      case AttributeNotFoundException missing -> undefined(missing, position, evaluation);
      default -> {
        if (message.startsWith("Tried to write more than")) {
          yield "stopped: the output is longer than " + evaluation.outputCharsMax() + " characters";
        }
        boolean isSafe = SAFE_MESSAGES.stream().anyMatch(message::startsWith);
        yield isSafe ? message : "cannot be evaluated";
      }
    };
  }

  /** The name is shown if the template has it; one that was computed may be a value. */
  private static String undefined(
      AttributeNotFoundException e, Position position, Evaluation evaluation) {
    String name = String.valueOf(e.getAttributeName());
    boolean isWritten = line(position.file(), position.line(), evaluation).contains(name);
    return isWritten && !name.isEmpty()
        ? name + " is not defined"
        : "a computed name is not defined";
  }

  private static @Nullable String name(PebbleException e, Evaluation evaluation) {
    if (e instanceof AttributeNotFoundException missing) {
      return missing.getAttributeName();
    }
    if (e instanceof RefusedException) {
      return evaluation.callee();
    }
    Matcher bracketed = BRACKETED.matcher(String.valueOf(e.getPebbleMessage()));
    return bracketed.find() ? bracketed.group(1) : null;
  }

  private static Position position(
      PebbleException e, @Nullable String name, @Nullable String argument, Evaluation evaluation) {
    String file = e.getFileName();
    Integer line = e.getLineNumber();
    return position(
        file == null ? evaluation.file() : file,
        line == null ? evaluation.line() : line,
        name,
        argument,
        evaluation);
  }

  /** Pebble knows the line. The column is that of the name on it, else of the line's first tag. */
  private static Position position(
      String file,
      int line,
      @Nullable String name,
      @Nullable String argument,
      Evaluation evaluation) {
    String text = line(file, line, evaluation);
    return new Position(file, Math.max(line, 0), line < 1 ? 0 : column(text, name, argument) + 1);
  }

  private static int column(String text, @Nullable String name, @Nullable String argument) {
    if (name != null && argument != null) {
      Pattern call =
          Pattern.compile(Pattern.quote(name) + "\\s*\\(\\s*[\"']" + Pattern.quote(argument));
      Matcher found = call.matcher(text);
      if (found.find()) {
        return found.start();
      }
    }
    if (name != null && !name.isEmpty()) {
      Matcher found = Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(text);
      if (found.find()) {
        return found.start();
      }
    }
    Matcher tag = TAG.matcher(text);
    return tag.find() ? tag.start() : text.length() - text.stripLeading().length();
  }

  private static String describe(Position position, String reason, Evaluation evaluation) {
    String line = line(position.file(), position.line(), evaluation).strip();
    String excerpt = line.length() > EXCERPT_MAX ? line.substring(0, EXCERPT_MAX) + "…" : line;
    String message = position + ": " + reason;
    return excerpt.isEmpty() ? message : message + "\n    " + excerpt;
  }

  /** A line of a template, or nothing if it is not there. */
  static String line(String file, int line, Evaluation evaluation) {
    return switch (evaluation.read(file)) {
      case TemplateFiles.Content.Text(String text) ->
          text.lines().skip(Math.max(0, line - 1)).findFirst().orElse("");
      case TemplateFiles.Content.Refused _ -> "";
    };
  }
}
