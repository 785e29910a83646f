package dev.remora.agent.runner;

import dev.remora.agent.service.Effect;
import dev.remora.agent.service.Fact;
import dev.remora.agent.service.Input;
import dev.remora.agent.service.Registration;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives a {@link Registration}: does what it asks for and tells it how that ended. */
final class Registrar {
  private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

  private final Vertx vertx;
  private final Registry registry;
  private final LeaseStore leases;
  private final Registration registration;
  private final Services services;
  private final Runnable registered;
  private final List<Promise<Void>> settling = new ArrayList<>();

  private long timer = -1;
  private boolean isStopped;
  private long leasesLost;

  /**
   * Makes one that has not begun.
   *
   * @param services whose records are kept in the registry
   * @param registered told whenever everything is in the registry
   */
  Registrar(
      Vertx vertx,
      Registry registry,
      LeaseStore leases,
      Registration registration,
      Services services,
      Runnable registered) {
    this.vertx = vertx;
    this.registry = registry;
    this.leases = leases;
    this.registration = registration;
    this.services = services;
    this.registered = registered;
  }

  void start() {
    feed(new Input.Start());
  }

  /** What the services show has changed. */
  void onChanged() {
    feed(new Input.Wanted(services.records()));
  }

  /** The registry may have lost what it was given. */
  void onDoubted() {
    feed(new Input.Doubted());
  }

  /** Completes once the registry holds what is wanted, or after this time. */
  Future<Void> settled(Duration patience) {
    Promise<Void> promise = Promise.promise();
    settling.add(promise);
    vertx.setTimer(Math.max(1, patience.toMillis()), _ -> promise.tryComplete());
    tellSettled();
    return promise.future();
  }

  private void tellSettled() {
    if (registration.isSettled()) {
      settling.forEach(Promise::tryComplete);
      settling.clear();
    }
  }

  /** The lease that everything lives under, or 0 if there is none now. */
  long lease() {
    return registration.lease();
  }

  long leasesLost() {
    return leasesLost;
  }

  boolean isRegistered() {
    return registration.isRegistered();
  }

  /** Takes every record out of the registry, in one revision, by ending their lease. */
  Future<Void> stop() {
    isStopped = true;
    vertx.cancelTimer(timer);
    long lease = registration.lease();
    return lease == 0 ? Future.succeededFuture() : registry.revoke(lease);
  }

  private void feed(Input input) {
    if (isStopped) {
      return;
    }
    ArrayDeque<Effect> effects = new ArrayDeque<>(registration.step(input, Clock.millis()));
    effects.forEach(this::perform);
    schedule();
    tellSettled();
  }

  private void schedule() {
    vertx.cancelTimer(timer);
    OptionalLong deadline = registration.nextDeadline();
    if (deadline.isPresent()) {
      long wait = Math.max(1, deadline.getAsLong() - Clock.millis());
      timer = vertx.setTimer(wait, _ -> feed(new Input.Tick()));
    }
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Report(Fact fact) -> report(fact);
      case Effect.Grant(long ttlMillis) ->
          answer(
              registry
                  .grant(Duration.ofMillis(ttlMillis))
                  .map(lease -> new Input.Granted(lease.id(), lease.ttl().toMillis())));
      case Effect.Remember(List<Long> ids) ->
          answer(
              vertx.executeBlocking(
                  () -> {
                    leases.save(ids);
                    return new Input.Remembered();
                  },
                  false));
      case Effect.Read(List<String> keys) -> answer(read(keys));
      case Effect.CheckLease(long lease) ->
          answer(
              registry
                  .timeToLive(lease)
                  .map(
                      state -> new Input.LeaseChecked(state instanceof Registry.LeaseState.Alive)));
      case Effect.Write(var txn) -> answer(registry.commit(txn).map(Registrar::written));
      case Effect.Renew(long lease) -> answer(registry.keepAlive(lease).map(Registrar::renewed));
    }
  }

  private Future<Input> read(List<String> keys) {
    List<KeyRange> ranges = new ArrayList<>();
    keys.forEach(key -> ranges.add(new KeyRange.Key(key)));
    return registry
        .read(ranges)
        .map(answer -> {
          List<KeyValue> found = new ArrayList<>();
          answer.values().forEach(found::addAll);
          services.adopt(found);
          return new Input.KeysRead(found);
        });
  }

  private static Input written(Registry.TxnResult result) {
    return switch (result) {
      case Registry.TxnResult.Committed _ -> new Input.Written();
      case Registry.TxnResult.Refused _ -> new Input.WriteRefused();
      case Registry.TxnResult.LeaseNotFound _ -> new Input.LeaseGone();
    };
  }

  private static Input renewed(Registry.LeaseState state) {
    return switch (state) {
      case Registry.LeaseState.Alive _ -> new Input.Renewed();
      case Registry.LeaseState.Gone _ -> new Input.LeaseGone();
    };
  }

  private void answer(Future<? extends Input> outcome) {
    outcome.onComplete(result ->
        feed(
            result.succeeded()
                ? result.result()
                : new Input.Failed(String.valueOf(result.cause().getMessage()))));
  }

  private void report(Fact fact) {
    switch (fact) {
      case Fact.Registered(long lease, int records) -> {
        LOG.info("registered records={} lease={}", records, Long.toHexString(lease));
        registered.run();
      }
      case Fact.LeaseLost(long lease) -> {
        leasesLost++;
        LOG.warn("lease lost, registering again lease={}", Long.toHexString(lease));
      }
      case Fact.GhostTaken(String key, long lease) ->
          LOG.info("taking over our earlier record key={} lease={}", key, Long.toHexString(lease));
      case Fact.Refused(String key, long lease) ->
          LOG.error(
              "not registered: {} belongs to another agent, under living lease {}; give this one"
                  + " another node name or service id",
              key,
              Long.toHexString(lease));
      case Fact.Interrupted(String reason) -> LOG.warn("registration interrupted: {}", reason);
    }
  }
}
