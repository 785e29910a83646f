package dev.remora.server.simulation;

import dev.remora.server.linearizable.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a client of a whole member asks, and what comes of it when one asks after the other. */
sealed interface Ask {
  /** Writes a value that was never written before. */
  record Put(String key, String value) implements Ask {}

  /** Removes a key. */
  record Delete(String key) implements Ask {}

  /** Writes a value if there is an expected one; "" for no such key. */
  record Swap(String key, String expected, String next) implements Ask {}

  record Get(String key) implements Ask {}

  /** A lease has ended, and its keys are gone: nobody's question, but it has its revision. */
  record Ended(List<String> keys) implements Ask {
    public Ended {
      keys = List.copyOf(keys);
    }
  }

  /**
   * The answer to all of them: what stood there before.
   *
   * @param value "" for nothing
   * @param version how many puts since the key came to life; 0 for nothing
   */
  record Seen(String value, long version) {
    static final Seen NOTHING = new Seen("", 0);

    private Seen next(String nextValue) {
      return new Seen(nextValue, version + 1);
    }

    /** What stands there after it. */
    Seen after(Ask ask) {
      return switch (ask) {
        case Put(_, String written) -> next(written);
        case Swap(_, String expected, String swapped) ->
            value.equals(expected) ? next(swapped) : this;
        case Delete _, Ended _ -> NOTHING;
        case Get _ -> this;
      };
    }
  }

  /** The keys that it is about. */
  default List<String> keys() {
    return switch (this) {
      case Put(String key, _) -> List.of(key);
      case Delete(String key) -> List.of(key);
      case Swap(String key, _, _) -> List.of(key);
      case Get(String key) -> List.of(key);
      case Ended(List<String> keys) -> keys;
    };
  }

  /** Whether it has changed something, if this stood there before. */
  default boolean changes(Seen before) {
    return !before.equals(before.after(this));
  }

  /** All keys, for one client at a time. */
  final class Store {
    private final Map<String, Seen> keys = new HashMap<>();

    /** Does it, and answers. */
    Seen apply(Ask ask) {
      Seen first = Seen.NOTHING;
      for (String key : ask.keys()) {
        first = keys.getOrDefault(key, Seen.NOTHING);
        keys.put(key, first.after(ask));
      }
      return ask instanceof Ended ? Seen.NOTHING : first;
    }
  }

  /** One key, for the search of an order. */
  final class OneKey implements Model<Seen, Ask, Seen> {
    @Override
    public Seen initial() {
      return Seen.NOTHING;
    }

    @Override
    public Step<Seen, Seen> step(Seen state, Ask ask) {
      return new Step<>(state.after(ask), state);
    }

    @Override
    public boolean onlyLooked(Ask ask, Seen seen) {
      return !ask.changes(seen);
    }
  }
}
