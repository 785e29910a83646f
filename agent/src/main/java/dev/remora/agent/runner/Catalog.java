package dev.remora.agent.runner;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.remora.agent.view.Change;
import dev.remora.agent.view.GuardSettings;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import dev.remora.agent.view.View;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The services of the registry, as the local API shows them.
 *
 * <p>What is asked for is followed from then on, until nobody has asked for a while; so it is
 * answered at once, and with its last good content while the registry is away. Belongs to the
 * runner's context.
 */
public final class Catalog {
  /** Services that are followed at once; beyond, those that nobody asked for longest are left. */
  private static final int RANGES_MAX = 500;

  private static final int WAITING_MAX = 1_000;
  private static final Duration IDLE_MAX = Duration.ofMinutes(10);
  private static final long CLEANING_MILLIS = 60_000;

  private final Vertx vertx;
  private final String directory;
  private final Follower follower;
  private final WarmStart warm;
  private final Runnable followed;
  private final List<Waiting> waiting = new ArrayList<>();
  private final Cache<KeyRange, Boolean> interests;
  private final Cache<Query, Made> answers;

  private Guarded guarded;

  /** What was asked. A name of null asks for all services. */
  private record Query(@Nullable String name, boolean isPassing) {}

  /**
   * An answer.
   *
   * @param revision pass it on to be told of what comes after it
   * @param body JSON
   * @param held why it does not show what the registry holds; empty if it does
   */
  public record Answer(long revision, Buffer body, String held) {}

  /** An answer and what it was made of. */
  private record Made(Answer answer, List<KeyValue> shown) {}

  private record Waiting(
      KeyRange range, Query query, long revision, Promise<Optional<Answer>> promise, long timer) {}

  Catalog(
      Vertx vertx,
      String prefix,
      Follower follower,
      WarmStart warm,
      GuardSettings guard,
      Runnable followed) {
    this.vertx = vertx;
    this.directory = prefix + "/services/";
    this.follower = follower;
    this.warm = warm;
    this.followed = followed;
    this.guarded = guarded(prefix, guard);
    this.interests =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(RANGES_MAX)
            .expireAfterAccess(IDLE_MAX)
            .build();
    this.answers =
        Caffeine.newBuilder()
            .executor(Runnable::run)
            .maximumSize(2 * RANGES_MAX)
            .expireAfterAccess(IDLE_MAX)
            .build();
  }

  private Guarded guarded(String prefix, GuardSettings settings) {
    return new Guarded(vertx, "the local API", prefix, settings, this::onReleased);
  }

  /** Lets go of what nobody asks for any more, now and then. */
  void start() {
    vertx.setPeriodic(
        CLEANING_MILLIS,
        _ -> {
          interests.cleanUp();
          answers.cleanUp();
          followed.run();
        });
  }

  void guard(String prefix, GuardSettings settings) {
    guarded.stop();
    guarded = guarded(prefix, settings);
    answers.invalidateAll();
  }

  /** The ranges that are asked for. */
  List<KeyRange> ranges() {
    return List.copyOf(interests.asMap().keySet());
  }

  /**
   * Asks for the instances of a service, or for the list of all services.
   *
   * @param name null for all services
   * @param isPassing leaves out what is not passing
   * @param revision answers once there is another than this; negative for at once
   * @param patience how long to wait for that, or for the first content
   * @return empty if nothing is known by then
   */
  public Future<Optional<Answer>> ask(
      @Nullable String name, boolean isPassing, long revision, Duration patience) {
    KeyRange range = new KeyRange.Prefix(name == null ? directory : directory + name + "/");
    Query query = new Query(name, isPassing);
    if (interests.getIfPresent(range) == null) {
      interests.put(range, true);
      followed.run();
    }
    Optional<Answer> known = answer(range, query);
    boolean isNews = known.isPresent() && known.get().revision() != revision;
    if (isNews || patience.isZero() || waiting.size() >= WAITING_MAX) {
      return Future.succeededFuture(known);
    }
    Promise<Optional<Answer>> promise = Promise.promise();
    long timer =
        vertx.setTimer(
            Math.max(1, patience.toMillis()), _ -> promise.tryComplete(answer(range, query)));
    Waiting one = new Waiting(range, query, revision, promise, timer);
    waiting.add(one);
    return promise
        .future()
        .onComplete(_ -> {
          vertx.cancelTimer(timer);
          waiting.remove(one);
        });
  }

  /** Whether no one more may wait. */
  public boolean isFull() {
    return waiting.size() >= WAITING_MAX;
  }

  /** Seconds since the registry last confirmed what is shown. */
  public long ageSeconds() {
    return follower.wasRead() ? follower.ageSeconds() : warm.ageSeconds();
  }

  void onChange(Change change) {
    tell(change.range());
  }

  /** Everything that is wanted has been read. */
  void onRead() {
    tell(null);
  }

  private void onReleased() {
    tell(null);
  }

  private void tell(@Nullable KeyRange range) {
    for (Waiting one : List.copyOf(waiting)) {
      if (range == null || one.range().equals(range)) {
        answer(one.range(), one.query())
            .filter(answer -> answer.revision() != one.revision())
            .ifPresent(answer -> one.promise().tryComplete(Optional.of(answer)));
      }
    }
  }

  private Optional<Answer> answer(KeyRange range, Query query) {
    Optional<View.Content> content =
        follower
            .content(range)
            .or(() ->
                follower.wasRead()
                    ? Optional.empty()
                    : warm.read(List.of(range))
                        .map(saved -> new View.Content(0, saved.values().getFirst())));
    return content.map(known -> answer(range, query, known));
  }

  private Answer answer(KeyRange range, Query query, View.Content content) {
    List<KeyValue> shown = guarded.filter(range, content.values());
    String held = String.join("; ", guarded.held());
    Made made = answers.getIfPresent(query);
    if (made != null && made.shown().equals(shown)) {
      // As long as it shows the same it keeps its revision: so the end of a hold is news.
      return new Answer(made.answer().revision(), made.answer().body(), held);
    }
    JsonObject body = new JsonObject();
    if (query.name() == null) {
      body.put("services", counted(shown));
    } else {
      body.put("name", query.name()).put("instances", instances(shown, query.isPassing()));
    }
    body.put("revision", content.revision());
    Answer answer = new Answer(content.revision(), body.toBuffer(), held);
    answers.put(query, new Made(answer, shown));
    return answer;
  }

  private JsonObject counted(List<KeyValue> shown) {
    TreeMap<String, JsonObject> services = new TreeMap<>();
    for (KeyValue kv : shown) {
      JsonObject record = record(kv);
      int end = kv.key().indexOf('/', directory.length());
      if (record != null && end > 0) {
        JsonObject counts =
            services.computeIfAbsent(
                kv.key().substring(directory.length(), end),
                _ -> new JsonObject().put("instances", 0).put("passing", 0));
        counts.put("instances", counts.getInteger("instances") + 1);
        if (isPassing(record)) {
          counts.put("passing", counts.getInteger("passing") + 1);
        }
      }
    }
    JsonObject all = new JsonObject();
    services.forEach(all::put);
    return all;
  }

  private static JsonArray instances(List<KeyValue> shown, boolean isPassing) {
    JsonArray instances = new JsonArray();
    for (KeyValue kv : shown) {
      JsonObject record = record(kv);
      if (record != null && (!isPassing || isPassing(record))) {
        instances.add(record);
      }
    }
    return instances;
  }

  private static boolean isPassing(JsonObject record) {
    return "passing".equals(record.getValue("status"));
  }

  /** A record, or null where somebody wrote something else. */
  private static @Nullable JsonObject record(KeyValue kv) {
    try {
      return new JsonObject(kv.value());
    } catch (DecodeException | ClassCastException _) {
      return null;
    }
  }
}
