package dev.remora.server.linearizable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Makes a {@link History} of recorded lines. What has no outcome by the end, or when its process
 * begins something else, stays open.
 */
final class RecordedHistory<I, O> {
  private final Function<RecordedEvent, I> input;
  private final BiFunction<I, RecordedEvent, Optional<O>> answer;
  private final History<I, O> history = new History<>();

  /** What each process is at. */
  private final Map<Long, Begun<I>> begun = new HashMap<>();

  private record Begun<I>(int number, String operation, I input) {}

  private RecordedHistory(
      Function<RecordedEvent, I> input, BiFunction<I, RecordedEvent, Optional<O>> answer) {
    this.input = input;
    this.answer = answer;
  }

  /** A history of reads, writes and compare-and-set of one register. */
  static List<Operation<Register.Input<Edn>, Register.Output<Edn>>> ofRegister(List<String> lines) {
    return new RecordedHistory<>(RecordedHistory::registerInput, RecordedHistory::registerAnswer)
        .read(lines);
  }

  /** A history of put, append and get of several keys. */
  static List<Operation<Text.Input, Text.Output>> ofTexts(List<String> lines) {
    return new RecordedHistory<>(RecordedHistory::textInput, RecordedHistory::textAnswer)
        .read(lines);
  }

  private List<Operation<I, O>> read(List<String> lines) {
    int line = 0;
    try {
      for (String text : lines) {
        line++;
        RecordedEvent.parse(text).ifPresent(this::accept);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line %d: %s".formatted(line, e.getMessage()), e);
    }
    return history.operations();
  }

  private void accept(RecordedEvent event) {
    if (event.type() == RecordedEvent.Type.INVOKE) {
      I asked = input.apply(event);
      int number = history.invoke(event.process(), asked);
      begun.put(event.process(), new Begun<>(number, event.operation(), asked));
      return;
    }
    Begun<I> call = begun.remove(event.process());
    if (call == null || !call.operation().equals(event.operation())) {
      throw new IllegalArgumentException("%s ends what has not begun".formatted(event));
    }
    if (event.type() != RecordedEvent.Type.INFO) {
      answer
          .apply(call.input(), event)
          .ifPresentOrElse(
              output -> history.complete(call.number(), output),
              () -> history.withdraw(call.number()));
    }
  }

  private static Register.Input<Edn> registerInput(RecordedEvent event) {
    String key = event.key().toString();
    return switch (event.operation()) {
      case "read" -> new Register.Input.Read<>(key);
      case "write" -> new Register.Input.Write<>(key, event.value());
      case "cas" -> {
        if (event.value() instanceof Edn.Items(List<Edn> pair) && pair.size() == 2) {
          yield new Register.Input.CompareAndSet<>(key, present(pair.getFirst()), pair.getLast());
        }
        throw new IllegalArgumentException("cas of " + event.value());
      }
      default -> throw new IllegalArgumentException("unknown operation " + event.operation());
    };
  }

  /** A failed cas says what it found, not the expected value, by repeating its arguments. */
  private static Optional<Register.Output<Edn>> registerAnswer(
      Register.Input<Edn> asked, RecordedEvent event) {
    boolean isOk = event.type() == RecordedEvent.Type.OK;
    return switch (asked) {
      case Register.Input.CompareAndSet<Edn> _ when isOk || event.value() instanceof Edn.Items ->
          Optional.of(new Register.Output.Compared<>(isOk));
      case Register.Input.Read<Edn> _ when isOk ->
          Optional.of(new Register.Output.Value<>(present(event.value())));
      case Register.Input.Write<Edn> _ when isOk -> Optional.of(new Register.Output.Written<>());
      case Register.Input<Edn> _ -> Optional.empty();
    };
  }

  private static Optional<Edn> present(Edn value) {
    return value.equals(Edn.NIL) ? Optional.empty() : Optional.of(value);
  }

  private static Text.Input textInput(RecordedEvent event) {
    String key = event.key().toString();
    return switch (event.operation()) {
      case "put" -> new Text.Input.Put(key, text(event.value()));
      case "append" -> new Text.Input.Append(key, text(event.value()));
      case "get" -> new Text.Input.Get(key);
      default -> throw new IllegalArgumentException("unknown operation " + event.operation());
    };
  }

  private static Optional<Text.Output> textAnswer(Text.Input asked, RecordedEvent event) {
    if (event.type() != RecordedEvent.Type.OK) {
      return Optional.empty();
    }
    return Optional.of(
        asked instanceof Text.Input.Get
            ? new Text.Output.Value(text(event.value()))
            : new Text.Output.Done());
  }

  private static String text(Edn value) {
    return switch (value) {
      case Edn.Quoted(String text) -> text;
      case Edn.Atom atom when atom.equals(Edn.NIL) -> "";
      case Edn other -> throw new IllegalArgumentException(other + " is not a text");
    };
  }
}
