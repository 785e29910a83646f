package dev.remora.server.health;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Leadership;
import dev.remora.server.replica.Replica;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The server's metrics, by etcd's names where etcd has them; the table of them is in {@code
 * server/README.md}. The library is loaded when somebody asks for them first. Any thread.
 */
public final class Metrics {
  private final Replica replica;
  private final String etcdVersion;
  private final String version;
  private final long quotaBytes;
  private final Counts counts;
  private @Nullable PrometheusMeterRegistry registry;

  /**
   * Of one member.
   *
   * @param etcdVersion what clients are told
   * @param version of this program
   * @param quotaBytes most bytes that keys and history shall take
   * @param counts what its edges count
   */
  public Metrics(
      Replica replica, String etcdVersion, String version, long quotaBytes, Counts counts) {
    this.replica = replica;
    this.etcdVersion = etcdVersion;
    this.version = version;
    this.quotaBytes = quotaBytes;
    this.counts = counts;
  }

  /** All of them in Prometheus' text format 0.0.4. */
  public synchronized String text() {
    PrometheusMeterRegistry meters = registry;
    if (meters == null) {
      meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      registry = meters;
      register(meters);
      meters.getPrometheusRegistry().register(new CountedMetrics(replica.counts(), counts));
      meters.getPrometheusRegistry().register(new ProcessMetrics());
    }
    return meters.scrape();
  }

  private void register(MeterRegistry meters) {
    String self = Long.toHexString(replica.identity().member());
    Gauge.builder("etcd.server.version", () -> 1)
        .description("The version that clients are told")
        .tag("server_version", etcdVersion)
        .register(meters);
    Gauge.builder("remora.server.version", () -> 1)
        .description("The version of this program")
        .tag("version", version)
        .register(meters);
    Gauge.builder("etcd.server.id", () -> 1)
        .description("This member's id")
        .tag("server_id", self)
        .register(meters);
    leadership(
        meters, "etcd.server.has.leader", "Whether a leader is known", by -> by.leader() != 0);
    leadership(
        meters,
        "etcd.server.is.leader",
        "Whether this member leads",
        by -> by.leader() == replica.identity().member());
    Gauge.builder("remora.raft.term", () -> replica.leadership().term())
        .description("The term that this member knows of")
        .register(meters);
    state(
        meters,
        "etcd.server.is.learner",
        "Whether this member has no vote",
        state -> state.hasVote(replica.identity().member()) ? 0 : 1);
    applied(meters, "etcd.server.proposals.committed", "Entries of the log that are committed");
    applied(meters, "etcd.server.proposals.applied", "Entries of the log that are applied");
    Gauge.builder("etcd.server.quota.backend.bytes", () -> quotaBytes)
        .description("Most bytes that keys and history shall take")
        .register(meters);
    state(
        meters,
        "etcd.mvcc.db.total.size.in.bytes",
        "What keys and history take, about",
        State::sizeBytes);
    state(
        meters,
        "etcd.mvcc.db.total.size.in.use.in.bytes",
        "What keys and history take, about",
        State::sizeBytes);
    // A gauge of this name would lose its ending, which dashboards ask for.
    FunctionCounter.builder(
            "etcd.debugging.mvcc.keys", replica, of -> of.state().keyspace().newest().sizeLive())
        .description("Keys that live")
        .register(meters);
    state(meters, "etcd.debugging.mvcc.current.revision", "The newest revision", State::revision);
    state(
        meters,
        "etcd.debugging.mvcc.compact.revision",
        "The revision of the last compaction",
        state -> state.keyspace().compactRevision());
    state(
        meters,
        "remora.leases",
        "Leases that are granted",
        state -> state.leases().granted().sizeLive());
    state(meters, "remora.members", "Members", state -> state.members().list().size());
    for (Alarm.Kind kind : Alarm.Kind.values()) {
      Gauge.builder("remora.alarm", () -> replica.state().alarms().has(kind) ? 1 : 0)
          .description("Whether an alarm is raised, on any member")
          .tag("kind", kind.name())
          .register(meters);
    }
    List<MeterBinder> process =
        List.of(
            new ProcessorMetrics(),
            new UptimeMetrics(),
            new FileDescriptorMetrics(),
            new JvmMemoryMetrics(),
            new JvmThreadMetrics());
    process.forEach(binder -> binder.bindTo(meters));
  }

  private void leadership(
      MeterRegistry meters, String name, String description, Predicate<Leadership> is) {
    Gauge.builder(name, replica, of -> is.test(of.leadership()) ? 1 : 0)
        .description(description)
        .register(meters);
  }

  private void state(
      MeterRegistry meters, String name, String description, ToDoubleFunction<State> value) {
    Gauge.builder(name, replica, of -> value.applyAsDouble(of.state()))
        .description(description)
        .register(meters);
  }

  private void applied(MeterRegistry meters, String name, String description) {
    FunctionCounter.builder(name, replica, of -> of.state().index())
        .description(description)
        .register(meters);
  }
}
