package dev.remora.agent.runner;

import dev.remora.agent.service.CheckSpec;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Health;
import dev.remora.agent.service.Instance;
import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.service.Probe;
import dev.remora.agent.service.ServiceSpec;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service of this agent: runs its checks and keeps its {@link Health}.
 *
 * <p>A check begins at a random part of its interval, and is not begun again before it has ended.
 */
final class ServiceDriver {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceDriver.class);

  private final Vertx vertx;
  private final Probes probes;
  private final Consumer<ServiceDriver> changed;
  private final RandomGenerator random;
  private final Health health;
  private final List<Loop> loops = new ArrayList<>();

  private ServiceSpec spec;
  private Health.Shown shown;
  private long timer = -1;
  private boolean isStopped;

  /**
   * Makes one whose checks have not begun.
   *
   * @param changed told whenever what is to be shown has changed
   */
  ServiceDriver(
      Vertx vertx,
      Probes probes,
      ServiceSpec spec,
      Consumer<ServiceDriver> changed,
      RandomGenerator random) {
    this.vertx = vertx;
    this.probes = probes;
    this.changed = changed;
    this.random = random;
    this.spec = spec;
    this.health = new Health(spec, Clock.millis());
    this.shown = health.shown(Clock.millis());
  }

  void start() {
    for (int i = 0; i < spec.checks().size(); i++) {
      CheckSpec check = spec.checks().get(i);
      if (!(check.probe() instanceof Probe.Ttl || check.probe() instanceof Probe.Alias)) {
        Loop loop = new Loop(i, check);
        loops.add(loop);
        loop.after(random.nextLong(check.intervalMillis()));
      }
    }
    schedule();
  }

  void stop() {
    isStopped = true;
    vertx.cancelTimer(timer);
    loops.forEach(loop -> vertx.cancelTimer(loop.timer));
  }

  ServiceSpec spec() {
    return spec;
  }

  Health.Shown shown() {
    return shown;
  }

  List<Health.CheckState> checks() {
    return health.checks();
  }

  /** What belongs into the registry, if anything does. */
  Optional<OwnRecord> record(String prefix) {
    return shown.isRegistered() ? Optional.of(instance().record(prefix)) : Optional.empty();
  }

  /** The instance as it is shown. */
  Instance instance() {
    return spec.instance().withStatus(shown.status());
  }

  /** Shows something else from now on; it is checked as before. */
  void update(ServiceSpec fresh) {
    if (!fresh.isCheckedAs(spec)) {
      throw new IllegalStateException("other checks for " + spec.instance().id());
    }
    spec = fresh;
  }

  /** Stands in for checks without a result. */
  void adopt(CheckStatus earlier) {
    health.adopt(earlier, Clock.millis());
    refresh();
  }

  void maintain(@org.jspecify.annotations.Nullable String reason) {
    health.maintain(reason);
    refresh();
  }

  void drain() {
    health.drain();
    refresh();
  }

  /** Takes a result that was reported or derived, not looked for. */
  void found(int check, CheckStatus status, String reason) {
    health.found(check, status, reason, Clock.millis());
    refresh();
  }

  private void refresh() {
    if (isStopped) {
      return;
    }
    Health.Shown before = shown;
    shown = health.shown(Clock.millis());
    schedule();
    boolean isSame =
        shown.status() == before.status() && shown.isRegistered() == before.isRegistered();
    if (!isSame || shown.reason().isEmpty() != before.reason().isEmpty()) {
      LOG.info(
          "service {}/{} is {}{}{}",
          spec.instance().name(),
          spec.instance().id(),
          shown.status().text(),
          shown.isRegistered() ? "" : ", not registered",
          shown.reason().isEmpty() ? "" : ": " + shown.reason());
    }
    if (!isSame) {
      changed.accept(this);
    }
  }

  private void schedule() {
    vertx.cancelTimer(timer);
    OptionalLong deadline = health.nextDeadline();
    if (deadline.isPresent() && !isStopped) {
      long wait = Math.max(1, deadline.getAsLong() - Clock.millis());
      timer = vertx.setTimer(wait, _ -> refresh());
    }
  }

  /** One check that is looked for again and again. */
  private final class Loop {
    private final int index;
    private final CheckSpec check;
    private long timer = -1;

    Loop(int index, CheckSpec check) {
      this.index = index;
      this.check = check;
    }

    void after(long millis) {
      timer = vertx.setTimer(Math.max(1, millis), _ -> run());
    }

    private void run() {
      long begun = Clock.millis();
      probes
          .look(check.probe(), check.timeoutMillis())
          .onSuccess(finding -> {
            if (!isStopped) {
              found(index, finding.status(), finding.reason());
              after(check.intervalMillis() - (Clock.millis() - begun));
            }
          });
    }
  }
}
