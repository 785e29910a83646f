package dev.remora.agent.runner;

import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Health;
import dev.remora.agent.service.Instance;
import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The services of this agent, and what of them belongs into the registry. */
final class Services {
  private final Vertx vertx;
  private final Probes probes;
  private final String prefix;
  private final Runnable changed;
  private final RandomGenerator random;

  /** By key in the registry. */
  private final TreeMap<String, ServiceDriver> drivers = new TreeMap<>();

  private boolean isDraining;

  /**
   * Makes none.
   *
   * @param changed told whenever {@link #records} has changed
   */
  Services(Vertx vertx, Probes probes, String prefix, Runnable changed, RandomGenerator random) {
    this.vertx = vertx;
    this.probes = probes;
    this.prefix = prefix;
    this.changed = changed;
    this.random = random;
  }

  /** Makes exactly these the services; what did not change goes on as it is. */
  void apply(Collection<ServiceSpec> specs) {
    TreeMap<String, ServiceSpec> wanted = new TreeMap<>();
    specs.forEach(spec -> wanted.put(spec.instance().record(prefix).key(), spec));
    drivers
        .entrySet()
        .removeIf(entry -> {
          boolean isGone = !wanted.containsKey(entry.getKey());
          if (isGone) {
            entry.getValue().stop();
          }
          return isGone;
        });
    wanted.forEach((key, spec) -> {
      ServiceDriver driver = drivers.get(key);
      if (driver == null) {
        start(key, spec, null);
      } else if (spec.isCheckedAs(driver.spec())) {
        driver.update(spec);
      } else {
        driver.stop();
        start(key, spec, driver);
      }
    });
    drivers.values().forEach(this::tellAliases);
    changed.run();
  }

  private void start(String key, ServiceSpec spec, @Nullable ServiceDriver before) {
    ServiceDriver driver = new ServiceDriver(vertx, probes, spec, this::onChanged, random);
    drivers.put(key, driver);
    if (before != null) {
      adopt(driver, before.shown().status().text());
    }
    if (isDraining) {
      driver.drain();
    }
    driver.start();
  }

  int size() {
    return drivers.size();
  }

  List<ServiceDriver> all() {
    return List.copyOf(drivers.values());
  }

  /** Those of an id, which is unique below a name only. */
  Stream<ServiceDriver> byId(String id) {
    return all().stream().filter(driver -> driver.spec().instance().id().equals(id));
  }

  /** Takes a report of a TTL check, named by its service and, of several checks, its place. */
  Agent.Outcome report(String id, CheckStatus status, String note) {
    for (ServiceDriver driver : all()) {
      List<Health.CheckState> checks = driver.checks();
      for (int i = 0; i < checks.size(); i++) {
        boolean isMeant = checkId(driver.spec(), i).equals(id);
        if (isMeant && checks.get(i).spec().probe() instanceof Probe.Ttl) {
          driver.found(i, status, note);
          return Agent.Outcome.DONE;
        }
        if (isMeant) {
          return Agent.Outcome.CONFLICT;
        }
      }
    }
    return Agent.Outcome.UNKNOWN;
  }

  /** The id of a check, as Consul makes it. */
  static String checkId(ServiceSpec spec, int place) {
    String only = "service:" + spec.instance().id();
    return spec.checks().size() == 1 ? only : only + ":" + (place + 1);
  }

  /** The records that belong into the registry now. */
  List<OwnRecord> records() {
    List<OwnRecord> records = new ArrayList<>();
    drivers.values().forEach(driver -> driver.record(prefix).ifPresent(records::add));
    return records;
  }

  /**
   * Takes what an earlier life left in the registry: until a check has a result, the status it has
   * shown last stands. It cannot be older than a lease.
   */
  void adopt(List<KeyValue> found) {
    for (KeyValue kv : found) {
      ServiceDriver driver = drivers.get(kv.key());
      if (driver != null) {
        status(kv.value()).ifPresent(status -> adopt(driver, status));
      }
    }
  }

  private static Optional<String> status(String record) {
    try {
      return Optional.ofNullable(new JsonObject(record).getString("status"));
    } catch (DecodeException | ClassCastException _) {
      return Optional.empty(); // It was not ours, or was changed by hand.
    }
  }

  private static void adopt(ServiceDriver driver, String status) {
    for (CheckStatus each : CheckStatus.values()) {
      if (each.text().equals(status.toLowerCase(Locale.ROOT))) {
        driver.adopt(each);
      }
    }
  }

  /** Marks every service, now and to come, as going away. */
  void drain() {
    isDraining = true;
    drivers.values().forEach(ServiceDriver::drain);
  }

  void stop() {
    drivers.values().forEach(ServiceDriver::stop);
  }

  private void onChanged(ServiceDriver driver) {
    tellAliases(driver);
    changed.run();
  }

  /** A service stands for others by its id, whatever its name. */
  private void tellAliases(ServiceDriver target) {
    String id = target.spec().instance().id();
    for (ServiceDriver driver : all()) {
      List<Health.CheckState> checks = driver.checks();
      for (int i = 0; i < checks.size(); i++) {
        Health.CheckState check = checks.get(i);
        if (check.spec().probe() instanceof Probe.Alias(String of) && of.equals(id)) {
          CheckStatus status = standsFor(target.shown());
          driver.found(i, status, id + " is " + target.shown().status().text());
        }
      }
    }
  }

  private static CheckStatus standsFor(Health.Shown shown) {
    return switch (shown.status()) {
      case Instance.Status.PASSING -> CheckStatus.PASSING;
      case Instance.Status.WARNING -> CheckStatus.WARNING;
      case Instance.Status.CRITICAL, Instance.Status.MAINTENANCE, Instance.Status.DRAINING ->
          CheckStatus.CRITICAL;
    };
  }
}
