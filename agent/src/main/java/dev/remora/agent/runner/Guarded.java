package dev.remora.agent.runner;

import dev.remora.agent.view.GuardSettings;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import dev.remora.agent.view.ShrinkGuard;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link ShrinkGuard} for one who shows services, with its timer and its log. */
final class Guarded {
  private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

  private final Vertx vertx;
  private final String who;
  private final ShrinkGuard guard;
  private final Runnable released;
  private List<String> held = List.of();
  private long timer = -1;

  /**
   * Makes one that has seen nothing.
   *
   * @param who for the log: whom the guard protects
   * @param released told when something that is held is to be shown
   */
  Guarded(Vertx vertx, String who, String prefix, GuardSettings settings, Runnable released) {
    this.vertx = vertx;
    this.who = who;
    this.guard = new ShrinkGuard(prefix + "/services/", settings);
    this.released = released;
  }

  /** An answer as it is to be shown. */
  Registry.Ranges filter(List<KeyRange> asked, Registry.Ranges answer) {
    List<List<KeyValue>> shown = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      shown.add(filter(asked.get(i), answer.values().get(i)));
    }
    return new Registry.Ranges(answer.revision(), shown);
  }

  List<KeyValue> filter(KeyRange range, List<KeyValue> values) {
    List<KeyValue> shown = guard.filter(range, values, Clock.millis());
    List<String> now = guard.held();
    if (!now.equals(held)) {
      now.stream()
          .filter(each -> !held.contains(each))
          .forEach(each -> LOG.warn("held for {}: {}", who, each));
      held = now;
    }
    schedule();
    return shown;
  }

  /** What is held now, for people. */
  List<String> held() {
    return held;
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void schedule() {
    vertx.cancelTimer(timer);
    OptionalLong release = guard.nextRelease();
    if (release.isPresent()) {
      long wait = Math.max(1, release.getAsLong() - Clock.millis());
      timer = vertx.setTimer(wait, _ -> released.run());
    }
  }
}
