package dev.remora.agent.runner;

import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the view on disk, and stands in for the registry where that is away at the start.
 *
 * <p>It is saved when nothing has changed for a moment, since then no message of a transaction is
 * missing, and not often.
 */
final class WarmStart {
  private static final Logger LOG = LoggerFactory.getLogger(WarmStart.class);
  private static final long QUIET_MILLIS = 1_000;
  private static final long PERIOD_MIN_MILLIS = 10_000;

  private final Vertx vertx;
  private final ViewStore store;
  private final Supplier<Optional<Map<KeyRange, List<KeyValue>>>> current;
  private final ViewStore.@Nullable Saved saved;

  private long timer = -1;
  private long savedAt = -PERIOD_MIN_MILLIS;
  private boolean isUsed;

  /**
   * Makes one.
   *
   * @param saved what an earlier life has left, or null
   * @param current the view, while it is whole
   */
  WarmStart(
      Vertx vertx,
      ViewStore store,
      ViewStore.@Nullable Saved saved,
      Supplier<Optional<Map<KeyRange, List<KeyValue>>>> current) {
    this.vertx = vertx;
    this.store = store;
    this.saved = saved;
    this.current = current;
  }

  /**
   * What was saved of these ranges, if all of them were. Its revision is 0: no watch resumes it.
   */
  Optional<Registry.Ranges> read(List<KeyRange> ranges) {
    if (saved == null) {
      return Optional.empty();
    }
    List<List<KeyValue>> values = new ArrayList<>();
    for (KeyRange range : ranges) {
      Optional<List<KeyValue>> found = find(saved, range);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      values.add(found.get());
    }
    if (!isUsed) {
      isUsed = true;
      LOG.warn("the registry is away: starting with what was known {} seconds ago", ageSeconds());
    }
    return Optional.of(new Registry.Ranges(0, values));
  }

  private static Optional<List<KeyValue>> find(ViewStore.Saved saved, KeyRange range) {
    for (var entry : saved.ranges().entrySet()) {
      if (Coverage.isCovered(List.of(range), List.of(entry.getKey()))) {
        return Optional.of(
            entry.getValue().stream().filter(kv -> range.contains(kv.key())).toList());
      }
    }
    return Optional.empty();
  }

  /** How old it is, by the wall clock; 0 for none. */
  long ageSeconds() {
    return saved == null ? 0 : Math.max(1, Duration.between(saved.at(), Instant.now()).toSeconds());
  }

  /** The view has changed, or is whole again. */
  void onChange() {
    vertx.cancelTimer(timer);
    long wait = Math.max(QUIET_MILLIS, savedAt + PERIOD_MIN_MILLIS - Clock.millis());
    timer = vertx.setTimer(wait, _ -> save());
  }

  private void save() {
    current
        .get()
        .ifPresent(ranges -> {
          savedAt = Clock.millis();
          ViewStore.Saved saving = new ViewStore.Saved(Instant.now(), ranges);
          vertx
              .executeBlocking(
                  () -> {
                    store.save(saving);
                    return saving;
                  },
                  true)
              .onFailure(failure -> LOG.warn("the view is not saved: {}", failure.toString()));
        });
  }

  void stop() {
    vertx.cancelTimer(timer);
  }
}
