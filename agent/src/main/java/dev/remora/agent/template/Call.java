package dev.remora.agent.template;

import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.Function;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions and filters as Pebble calls them: each call leaves its line, and is a step. */
final class Call {
  private Call() {}

  /** The named arguments of a call; absent ones are null. */
  static final class Arguments {
    private final Map<String, Object> given;
    private final String callee;
    private final Evaluation evaluation;

    Arguments(Map<String, Object> given, String callee, Evaluation evaluation) {
      this.given = given;
      this.callee = callee;
      this.evaluation = evaluation;
    }

    boolean has(String name) {
      return given.containsKey(name);
    }

    @Nullable Object get(String name) {
      return given.get(name);
    }

    /** A string argument that must be there. */
    String text(String name) {
      String text = optionalText(name);
      if (text == null) {
        throw evaluation.refuse(callee + " needs " + name);
      }
      return text;
    }

    @Nullable String optionalText(String name) {
      return switch (get(name)) {
        case null -> null;
        case String text -> text;
        case SafeString text -> text.toString();
        case Number number -> Numbers.text(number);
        default -> throw evaluation.refuse(callee + ": " + name + " is not a string");
      };
    }

    /** A whole number, or the default if it is absent. */
    long number(String name, long absent) {
      return switch (get(name)) {
        case null -> absent;
        case Long number -> number;
        case Integer number -> number.longValue();
        default -> throw evaluation.refuse(callee + ": " + name + " is not a whole number");
      };
    }
  }

  /** What a function does. */
  interface FunctionBody {
    @Nullable Object call(Evaluation evaluation, Arguments arguments);
  }

  /** What a filter does. */
  interface FilterBody {
    @Nullable Object call(@Nullable Object input, Evaluation evaluation, Arguments arguments);
  }

  static Function function(
      CurrentEvaluation current, String name, List<String> argumentNames, FunctionBody body) {
    return new Function() {
      @Override
      public @Nullable Object execute(
          Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
        Evaluation evaluation = current.get();
        evaluation.calling(name, self.getName(), line);
        evaluation.charge(1);
        return body.call(evaluation, new Arguments(args, name, evaluation));
      }

      @Override
      public List<String> getArgumentNames() {
        return argumentNames;
      }
    };
  }

  static Filter filter(
      CurrentEvaluation current, String name, List<String> argumentNames, FilterBody body) {
    return new Filter() {
      @Override
      public @Nullable Object apply(
          Object input,
          Map<String, Object> args,
          PebbleTemplate self,
          EvaluationContext context,
          int line) {
        Evaluation evaluation = current.get();
        evaluation.calling(name, self.getName(), line);
        evaluation.charge(1);
        Object result = body.call(input, evaluation, new Arguments(args, name, evaluation));
        return result instanceof String text ? evaluation.bounded(text) : result;
      }

      @Override
      public List<String> getArgumentNames() {
        return argumentNames;
      }
    };
  }

  /** Pebble's own filter, with a bound on what goes in: none of those kept grows it much. */
  static Filter bounded(CurrentEvaluation current, String name, Filter filter) {
    return new Filter() {
      @Override
      public @Nullable Object apply(
          Object input,
          Map<String, Object> args,
          PebbleTemplate self,
          EvaluationContext context,
          int line) {
        Evaluation evaluation = current.get();
        evaluation.calling(name, self.getName(), line);
        evaluation.charge(input instanceof List<?> list ? 1L + list.size() : 1);
        try {
          Object result = filter.apply(input, args, self, context, line);
          return result instanceof String text ? evaluation.bounded(text) : result;
        } catch (ClassCastException | IllegalArgumentException | PebbleException e) {
          // Pebble's message may quote the value.
          throw evaluation.refuse(name + " cannot take this value");
        }
      }

      @Override
      public List<String> getArgumentNames() {
        return filter.getArgumentNames();
      }
    };
  }
}
