package dev.remora.agent.runner;

import dev.remora.agent.service.Txn;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a command while it holds a lock: at most one holder at a time, in the order of asking.
 *
 * <p>Each who asks puts a key of its own below {@code /locks/NAME/} under a lease of its own; the
 * one whose key was created first holds the lock, and its create revision is the fencing token. Who
 * waits watches the key before its own only, so that one who leaves wakes one (the recipe of etcd's
 * {@code client/v3/concurrency}). The command is stopped before the registry can have given the
 * lease up. Make and use it on one Vert.x context.
 */
public final class Lock {
  /** Exit code of one who lost its lease: the command was stopped. */
  public static final int LOST = 8;

  /** Exit code of a command that could not be started. */
  public static final int NOT_STARTED = 127;

  private static final Logger LOG = LoggerFactory.getLogger(Lock.class);
  private static final long BACK_OFF_MIN_MILLIS = 100;
  private static final long BACK_OFF_MAX_MILLIS = 3_000;

  private final Vertx vertx;
  private final Context context;
  private final Registry registry;
  private final Programs programs;
  private final String directory;
  private final String value;
  private final List<String> command;
  private final Duration ttl;
  private final BackOff backOff;
  private final Promise<Integer> end = Promise.promise();

  private long lease;

  /** Until when the registry keeps the lease for certain, on the monotonic clock. */
  private long safeUntil;

  private long renewal = -1;
  private long expiry = -1;
  private Registry.@Nullable Watch watch;
  private Programs.@Nullable Running running;
  private boolean isOver;

  /** With what it ends whatever the command says, once it is stopped. */
  private OptionalInt wanted = OptionalInt.empty();

  /**
   * Makes one that has not asked yet.
   *
   * @param prefix the registry's
   * @param value shown to others in the registry: who asks
   * @param ttl of the lease: how long others wait for one who died
   */
  public Lock(
      Vertx vertx,
      Registry registry,
      Programs programs,
      String prefix,
      String name,
      String value,
      List<String> command,
      Duration ttl,
      RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.registry = registry;
    this.programs = programs;
    this.directory = prefix + "/locks/" + name + "/";
    this.value = value;
    this.command = List.copyOf(command);
    this.ttl = ttl;
    this.backOff = new BackOff(BACK_OFF_MIN_MILLIS, BACK_OFF_MAX_MILLIS, random);
  }

  /** Asks, waits and runs the command; completes with the exit code, the lock being released. */
  public Future<Integer> run() {
    ask();
    return end.future();
  }

  /** Stops the command, or the waiting for the lock, and releases it. */
  public void stop(int exitCode) {
    if (wanted.isEmpty()) {
      wanted = OptionalInt.of(exitCode);
    }
    Programs.Running command = running;
    if (command == null) {
      finish(exitCode);
    } else {
      onContext(command.stop()).onComplete(_ -> finish(exitCode));
    }
  }

  private <T> Future<T> onContext(java.util.concurrent.CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, context);
  }

  private void ask() {
    if (isOver) {
      return;
    }
    long asked = Clock.millis();
    registry
        .grant(ttl)
        .compose(granted -> {
          lease = granted.id();
          safeUntil = asked + granted.ttl().toMillis();
          scheduleRenewal();
          Txn.Put put = new Txn.Put(key(), value, lease);
          return registry.commit(
              new Txn(List.of(new Txn.Compare.ModRevision(key(), 0)), List.of(put)));
        })
        .onSuccess(_ -> look())
        .onFailure(failure -> again("the registry cannot be asked", failure, this::ask));
  }

  private String key() {
    return directory + Long.toHexString(lease);
  }

  private void again(String what, Throwable failure, Runnable next) {
    LOG.warn("lock: {}: {}", what, failure.getMessage());
    vertx.setTimer(backOff.next(), _ -> next.run());
  }

  /** Sees who is before us. */
  private void look() {
    if (isOver || running != null) {
      return;
    }
    registry
        .read(List.of(new KeyRange.Prefix(directory)))
        .onSuccess(answer -> {
          backOff.reset();
          onFound(answer.revision(), answer.values().getFirst());
        })
        .onFailure(failure -> again("the registry is away", failure, this::look));
  }

  private void onFound(long revision, List<KeyValue> found) {
    Optional<KeyValue> own = found.stream().filter(kv -> kv.key().equals(key())).findFirst();
    if (own.isEmpty()) {
      onLost();
      return;
    }
    long created = own.get().createRevision();
    Optional<KeyValue> before =
        found.stream()
            .filter(kv -> kv.createRevision() < created)
            .max(Comparator.comparingLong(KeyValue::createRevision));
    if (before.isEmpty()) {
      begin(created);
    } else {
      waitFor(before.get().key(), revision);
    }
  }

  private void waitFor(String before, long revision) {
    LOG.info("lock: waiting for {}", before);
    watch =
        registry.watch(
            List.of(new Registry.WatchFrom(new KeyRange.Key(before), revision + 1)),
            new Registry.WatchListener() {
              @Override
              public void onOpen(long serving) {
                // What happened since the read is told as events.
              }

              @Override
              public void onEvents(KeyRange range, List<Event> events) {
                closeWatch();
                look();
              }

              @Override
              public void onCompacted(KeyRange range) {
                closeWatch();
                look();
              }

              @Override
              public void onEnd(RegistryException reason) {
                again("the watch ended", reason, Lock.this::look);
              }
            });
  }

  private void closeWatch() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  private void begin(long revision) {
    if (isOver || running != null) {
      return;
    }
    LOG.info("lock held key={} revision={}", key(), revision);
    try {
      Programs.Running started =
          programs.start(
              command,
              Map.of("REMORA_LOCK_REVISION", Long.toString(revision), "REMORA_LOCK_KEY", key()));
      running = started;
      onContext(started.exit()).onSuccess(this::finish);
    } catch (IOException e) {
      LOG.error("lock: not started: {}", e.getMessage());
      finish(NOT_STARTED);
    }
  }

  private void scheduleRenewal() {
    vertx.cancelTimer(renewal);
    vertx.cancelTimer(expiry);
    if (isOver) {
      return;
    }
    renewal = vertx.setTimer(Math.max(1, ttl.toMillis() / 3), _ -> renew());
    // The command may need a moment to end: that has to be over when others may begin.
    long left = safeUntil - Clock.millis() - ttl.toMillis() / 5;
    expiry = vertx.setTimer(Math.max(1, left), _ -> onLost());
  }

  private void renew() {
    long asked = Clock.millis();
    long renewed = lease;
    registry
        .keepAlive(renewed)
        .onSuccess(state -> {
          if (renewed != lease || isOver) {
            return;
          }
          switch (state) {
            case Registry.LeaseState.Alive(Duration left) -> {
              safeUntil = asked + left.toMillis();
              scheduleRenewal();
            }
            case Registry.LeaseState.Gone() -> onLost();
          }
        })
        .onFailure(failure -> {
          LOG.warn("lock: not renewed: {}", failure.getMessage());
          renewal = vertx.setTimer(backOff.next(), _ -> renew());
        });
  }

  private void onLost() {
    if (isOver) {
      return;
    }
    vertx.cancelTimer(renewal);
    vertx.cancelTimer(expiry);
    closeWatch();
    if (running == null) {
      LOG.warn("lock: the lease is lost, asking anew");
      ask();
    } else {
      LOG.error("lock: the lease is lost, the command is stopped");
      stop(LOST);
    }
  }

  private void finish(int exitCode) {
    if (isOver) {
      return;
    }
    isOver = true;
    vertx.cancelTimer(renewal);
    vertx.cancelTimer(expiry);
    closeWatch();
    Future<Void> released = lease == 0 ? Future.succeededFuture() : registry.revoke(lease);
    released.onComplete(_ -> end.complete(wanted.orElse(exitCode)));
  }
}
