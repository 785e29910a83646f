package dev.remora.agent.local;

import dev.remora.agent.runner.Agent;
import dev.remora.agent.runner.GroupStatus;
import dev.remora.agent.service.Instance;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The agent's metrics; the table of them is in {@code agent/README.md}. The library is loaded when
 * somebody asks for them first: most agents are small, and not all are scraped.
 */
final class Metrics {
  private final Agent agent;

  /** Answers by status code. */
  private final TreeMap<Integer, Long> answers = new TreeMap<>();

  private final TreeSet<Integer> shown = new TreeSet<>();
  private @Nullable PrometheusMeterRegistry registry;

  Metrics(Agent agent) {
    this.agent = agent;
  }

  /** A request was answered with this status code. */
  void answered(int code) {
    answers.merge(code, 1L, Long::sum);
  }

  /** All of them in Prometheus' text format. */
  String text() {
    PrometheusMeterRegistry meters = registry;
    if (meters == null) {
      meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      registry = meters;
      register(meters);
    }
    for (Integer code : answers.keySet()) {
      if (shown.add(code)) {
        FunctionCounter.builder("remora.api.requests", answers, of -> of.getOrDefault(code, 0L))
            .description("Requests to the local API by status code")
            .tag("code", Integer.toString(code))
            .register(meters);
      }
    }
    return meters.scrape();
  }

  private void register(MeterRegistry meters) {
    gauge(
        meters,
        "remora.ready",
        "1 once everything was registered and rendered",
        one(Agent.Status::isReady));
    gauge(
        meters,
        "remora.registered",
        "1 while the registry holds our records",
        one(Agent.Status::isRegistered));
    gauge(
        meters,
        "remora.view.age.seconds",
        "Seconds since the registry last confirmed what is known; 0 while it does",
        Agent.Status::ageSeconds);
    gauge(meters, "remora.view.revision", "Newest revision known", Agent.Status::revision);
    gauge(meters, "remora.groups", "Templates", Agent.Status::groups);
    gauge(meters, "remora.watches", "Watch commands", Agent.Status::watches);
    counter(meters, "remora.leases.lost", "Leases that were lost", Agent.Status::leasesLost);
    counter(
        meters,
        "remora.registry.requests",
        "Requests to the registry, streams among them",
        Agent.Status::requests);
    for (Instance.Status status : Instance.Status.values()) {
      Gauge.builder("remora.services", agent, of -> count(of, status))
          .description("Services of this agent by status")
          .tag("status", status.text())
          .register(meters);
    }
    Gauge.builder("remora.groups.in.place", agent, Metrics::inPlace)
        .description("Templates whose file has held what they make")
        .register(meters);
    Gauge.builder("remora.groups.held", agent, Metrics::held)
        .description("Templates for which the guard holds something back")
        .register(meters);
  }

  private static ToDoubleFunction<Agent.Status> one(Predicate<Agent.Status> is) {
    return status -> is.test(status) ? 1 : 0;
  }

  private void gauge(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Agent.Status> value) {
    Gauge.builder(name, agent, of -> value.applyAsDouble(of.status()))
        .description(description)
        .register(meters);
  }

  private void counter(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Agent.Status> value) {
    FunctionCounter.builder(name, agent, of -> value.applyAsDouble(of.status()))
        .description(description)
        .register(meters);
  }

  private static double count(Agent agent, Instance.Status shown) {
    return agent.services().stream()
        .filter(service -> service.instance().status() == shown)
        .count();
  }

  private static double inPlace(Agent agent) {
    return agent.groups().stream().filter(GroupStatus::isInPlace).count();
  }

  private static double held(Agent agent) {
    return agent.groups().stream().filter(group -> !group.held().isEmpty()).count();
  }
}
