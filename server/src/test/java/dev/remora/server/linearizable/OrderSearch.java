package dev.remora.server.linearizable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of the operations of one key that explains all answers: the search of Wing and
 * Gong (1993) with the memory of Lowe ("Testing for linearizability", 2017).
 *
 * <p>Calls and answers stand in a list by time. Any call before the first answer may be the next in
 * the order: it is tried and, with its answer, lifted out of the list. If the first event left is
 * an answer whose call was not chosen, the last choice was wrong and is undone. Two ways to one
 * configuration, the same operations placed and the same state, have the same future, so the second
 * is not followed. What fits and only looks is placed at once, without a choice.
 *
 * <p>An open operation has no answer in the list. It need not be placed, hence is only where it
 * changes the state; and of several open ones with one input the oldest stands for all.
 */
final class OrderSearch<S, I, O> {
  /** How many of the placed operations an explanation names. */
  private static final int TOLD_MAX = 12;

  /** For how many answers the model is asked whether there is hope. */
  private static final int LOOKED_AHEAD = 4;

  private final Model<S, I, O> model;
  private final int configurationsMax;
  private final Event<I, O> head = new Event<>(null, null, 0);
  private final Deque<Choice<S, I, O>> choices = new ArrayDeque<>();

  /** The calls placed so far. */
  private final List<Event<I, O>> order = new ArrayList<>();

  private final BitSet placed = new BitSet();
  private final Set<Configuration<S>> seen = new HashSet<>();
  private S state;
  private int answersLeft;

  /** The last answer that the search could reach, which no order explains if there is none. */
  private @Nullable Stuck<S, I, O> furthest;

  /** What is at one time. The answer of an operation if {@code call} is set, else its call. */
  private static final class Event<I, O> {
    final @Nullable Operation<I, O> operation;
    final @Nullable Event<I, O> call;
    final int number;
    boolean onlyLooks;
    @Nullable Event<I, O> answer;
    @Nullable Event<I, O> twin;
    @Nullable Event<I, O> before;
    @Nullable Event<I, O> after;

    Event(@Nullable Operation<I, O> operation, @Nullable Event<I, O> call, int number) {
      this.operation = operation;
      this.call = call;
      this.number = number;
    }

    long time() {
      Operation<I, O> known = operation();
      return call == null ? known.invoked() : known.completed();
    }

    Operation<I, O> operation() {
      if (operation == null) {
        throw new IllegalStateException("the head of the list");
      }
      return operation;
    }

    void lift() {
      if (before != null) {
        before.after = after;
      }
      if (after != null) {
        after.before = before;
      }
    }

    void putBack() {
      if (before != null) {
        before.after = this;
      }
      if (after != null) {
        after.before = this;
      }
    }
  }

  /** An operation that was placed, with what only looks after it; and what was before. */
  private record Choice<S, I, O>(Event<I, O> call, S before, int placedBefore) {}

  /** What was placed already, and the state that led to. */
  private record Configuration<S>(BitSet placed, S state) {}

  /** An answer that could not be passed, and the last choices before it. */
  private record Stuck<S, I, O>(
      Event<I, O> answer, List<Operation<I, O>> last, int placed, S state) {}

  /**
   * Prepares a search.
   *
   * @param operations by the time of their calls
   */
  OrderSearch(Model<S, I, O> model, List<Operation<I, O>> operations, int configurationsMax) {
    this.model = model;
    this.state = model.initial();
    this.configurationsMax = configurationsMax;
    List<Event<I, O>> events = new ArrayList<>();
    Map<I, Event<I, O>> openByInput = new HashMap<>();
    int number = 0;
    for (Operation<I, O> operation : operations) {
      Event<I, O> call = new Event<>(operation, null, number++);
      events.add(call);
      O output = operation.output();
      if (output == null) {
        call.twin = openByInput.put(operation.input(), call);
      } else {
        call.onlyLooks = model.onlyLooked(operation.input(), output);
        call.answer = new Event<>(operation, call, call.number);
        events.add(call.answer);
        answersLeft++;
      }
    }
    // Of one instant the calls come first: their operations overlap.
    events.sort(
        Comparator.comparingLong((Event<I, O> event) -> event.time())
            .thenComparing(event -> event.call != null));
    link(events);
  }

  private void link(List<Event<I, O>> events) {
    Event<I, O> last = head;
    for (Event<I, O> event : events) {
      last.after = event;
      event.before = last;
      last = event;
    }
  }

  /** Searches until an order is found, or all are tried. */
  Verdict run() {
    placeWhatOnlyLooks();
    Event<I, O> event = head;
    while (answersLeft > 0) {
      event = after(event);
      if (event.call != null) {
        Stuck<S, I, O> stuck = noteStuck(event);
        Choice<S, I, O> choice = choices.poll();
        if (choice == null) {
          return new Verdict.Violation(explain(stuck));
        }
        undo(choice);
        event = choice.call();
      } else if (place(event)) {
        if (seen.size() > configurationsMax) {
          return new Verdict.Undecided("more than %d configurations".formatted(configurationsMax));
        }
        event = head;
      }
    }
    return new Verdict.Linearizable();
  }

  private Event<I, O> after(Event<I, O> event) {
    if (event.after == null) {
      throw new IllegalStateException("%d answers are not in the list".formatted(answersLeft));
    }
    return event.after;
  }

  /** Places a call next in the order if its answer fits and the configuration is new. */
  private boolean place(Event<I, O> call) {
    if (call.twin != null && !placed.get(call.twin.number)) {
      return false;
    }
    Operation<I, O> operation = call.operation();
    Model.Step<S, O> step = model.step(state, operation.input());
    boolean fits =
        operation.isOpen() ? !step.next().equals(state) : step.output().equals(operation.output());
    if (!fits) {
      return false;
    }
    Choice<S, I, O> choice = new Choice<>(call, state, order.size());
    state = step.next();
    lift(call);
    placeWhatOnlyLooks();
    if (!hasHope() || !seen.add(new Configuration<>((BitSet) placed.clone(), state))) {
      undo(choice);
      return false;
    }
    choices.push(choice);
    return true;
  }

  /**
   * Places the calls that may be next, fit, and only look. If there is an order at all, there is
   * one with these first: nobody else's answer depends on them.
   */
  private void placeWhatOnlyLooks() {
    Event<I, O> event = head;
    while (event.after != null && event.after.call == null) {
      Event<I, O> next = event.after;
      if (next.onlyLooks && fits(next.operation(), state)) {
        lift(next);
      } else {
        event = next;
      }
    }
  }

  private boolean fits(Operation<I, O> operation, S before) {
    return model.step(before, operation.input()).output().equals(operation.output());
  }

  /** Whether the next few answers seem possible, by what is called before each. */
  private boolean hasHope() {
    int answers = 0;
    List<I> inputs = new ArrayList<>();
    for (Event<I, O> next = head.after; next != null && answers < LOOKED_AHEAD; next = next.after) {
      Operation<I, O> operation = next.operation();
      if (next.call == null) {
        inputs.add(operation.input());
      } else {
        answers++;
        O output = Objects.requireNonNull(operation.output());
        if (!model.mayLeadTo(state, operation.input(), output, inputs)) {
          return false;
        }
      }
    }
    return true;
  }

  private void lift(Event<I, O> call) {
    order.add(call);
    placed.set(call.number);
    call.lift();
    if (call.answer != null) {
      call.answer.lift();
      answersLeft--;
    }
  }

  private void undo(Choice<S, I, O> choice) {
    while (order.size() > choice.placedBefore()) {
      Event<I, O> call = order.removeLast();
      placed.clear(call.number);
      if (call.answer != null) {
        call.answer.putBack();
        answersLeft++;
      }
      call.putBack();
    }
    state = choice.before();
  }

  private Stuck<S, I, O> noteStuck(Event<I, O> answer) {
    if (furthest == null || answer.time() > furthest.answer().time()) {
      List<Operation<I, O>> last =
          order.stream().skip(Math.max(0, order.size() - TOLD_MAX)).map(Event::operation).toList();
      furthest = new Stuck<>(answer, last, order.size(), state);
    }
    return furthest;
  }

  private String explain(Stuck<S, I, O> stuck) {
    Operation<I, O> culprit = stuck.answer().operation();
    StringBuilder text = new StringBuilder("no order explains the answer of\n  ");
    text.append(culprit).append("\nAll before that answer can be explained, for example by");
    if (stuck.placed() > stuck.last().size()) {
      text.append("\n  ... %d operations, then".formatted(stuck.placed() - stuck.last().size()));
    }
    stuck.last().forEach(operation -> text.append("\n  ").append(operation));
    text.append("\nafter which the state is ").append(stuck.state());
    text.append(" and the answer would be ");
    return text.append(model.step(stuck.state(), culprit.input()).output()).toString();
  }
}
