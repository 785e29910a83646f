package dev.remora.agent.runner;

import dev.remora.agent.view.Change;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a command of changed keys: one run at a time, each key with its newest change, at least
 * once. What changes during a run is told by the next one; what a failed run was told is told
 * again.
 *
 * <p>What waits is at most one change a key.
 */
final class WatchDriver {
  private static final Logger LOG = LoggerFactory.getLogger(WatchDriver.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final long BACK_OFF_MIN_MILLIS = 1_000;
  private static final long BACK_OFF_MAX_MILLIS = 60_000;

  private final Vertx vertx;
  private final Context context;
  private final Commands commands;
  private final WatchSpec spec;
  private final String prefix;
  private final KeyRange range;
  private final BackOff backOff;

  private TreeMap<String, Event> waiting = new TreeMap<>();
  private boolean isBusy;

  /** Makes one; {@code prefix} is the registry prefix that the command does not see. */
  WatchDriver(
      Vertx vertx, Commands commands, WatchSpec spec, String prefix, RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.commands = commands;
    this.spec = spec;
    this.prefix = prefix;
    this.range = new KeyRange.Prefix(prefix + spec.prefix());
    this.backOff = new BackOff(BACK_OFF_MIN_MILLIS, BACK_OFF_MAX_MILLIS, random);
  }

  WatchSpec spec() {
    return spec;
  }

  KeyRange range() {
    return range;
  }

  void onChange(Change change) {
    if (change.range().equals(range)) {
      change.events().forEach(event -> waiting.put(event.key(), event));
      run();
    }
  }

  private void run() {
    if (isBusy || waiting.isEmpty()) {
      return;
    }
    isBusy = true;
    TreeMap<String, Event> told = waiting;
    waiting = new TreeMap<>();
    Commands.Command command = new Commands.Command(spec.command(), lines(told), TIMEOUT);
    Future.fromCompletionStage(commands.run(command), context)
        .onSuccess(result -> onEnd(result, told))
        .onFailure(failure -> retry(told, "failed: " + failure.getClass().getSimpleName()));
  }

  private void onEnd(Commands.Result result, SortedMap<String, Event> told) {
    switch (result) {
      case Commands.Result.Exited(int code, _) when code == 0 -> {
        backOff.reset();
        isBusy = false;
        LOG.info("watch command ran prefix={} keys={}", spec.prefix(), told.size());
        run();
      }
      case Commands.Result.Exited(int code, _) -> retry(told, "exited with " + code);
      case Commands.Result.TimedOut _ ->
          retry(told, "was killed after " + TIMEOUT.toSeconds() + " s");
      case Commands.Result.NotStarted(String reason) -> retry(told, "did not start: " + reason);
    }
  }

  private void retry(SortedMap<String, Event> told, String what) {
    long wait = backOff.next();
    // Its output is not shown: it has just read values.
    LOG.warn(
        "watch command {} prefix={} command={}: again in {} ms",
        what,
        spec.prefix(),
        spec.command().getFirst(),
        wait);
    told.forEach(waiting::putIfAbsent);
    vertx.setTimer(
        wait,
        _ -> {
          isBusy = false;
          run();
        });
  }

  private String lines(SortedMap<String, Event> told) {
    StringBuilder lines = new StringBuilder();
    for (Event event : told.values()) {
      JsonObject line =
          new JsonObject()
              .put("type", event instanceof Event.Put ? "put" : "delete")
              .put("key", event.key().substring(prefix.length()));
      if (event instanceof Event.Put(var kv)) {
        line.put("value", kv.value());
      }
      lines.append(line.put("revision", event.revision()).encode()).append('\n');
    }
    return lines.toString();
  }
}
