package dev.remora.agent.runner;

import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.service.Registration;
import dev.remora.agent.service.ServiceSpec;
import dev.remora.agent.view.Change;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon: registers, follows the registry, renders and runs watch commands until it is stopped.
 * Neither the registry nor a command ends it. Make and use it on one Vert.x context.
 */
public final class Agent {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  /** How long the registry may take to show that the services are draining. */
  private static final Duration SETTLE_MAX = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Ports ports;
  private final Settings settings;
  private final RandomGenerator random;
  private final Runnable ready;
  private final Follower follower;
  private final Services services;
  private final List<GroupDriver> groups = new ArrayList<>();
  private final List<WatchDriver> watches = new ArrayList<>();

  private @Nullable Registrar registrar;
  private boolean isReady;

  /**
   * What one agent does.
   *
   * @param node the record of the agent itself
   * @param drainWait how long the services are shown as draining before they go
   */
  public record Settings(
      Surroundings surroundings,
      Duration leaseTtl,
      Duration drainWait,
      OwnRecord node,
      List<ServiceSpec> services,
      List<RenderedGroup> groups,
      List<WatchSpec> watches) {
    public Settings {
      services = List.copyOf(services);
      groups = List.copyOf(groups);
      watches = List.copyOf(watches);
    }
  }

  /**
   * Makes one that has not begun.
   *
   * @param ready run once, when everything is registered and has been rendered
   */
  public Agent(
      Vertx vertx, Ports ports, Settings settings, RandomGenerator random, Runnable ready) {
    this.vertx = vertx;
    this.ports = ports;
    this.settings = settings;
    this.random = random;
    this.ready = ready;
    this.follower =
        new Follower(
            vertx, ports.registry(), this::onChange, this::checkReady, this::onRewound, random);
    this.services =
        new Services(
            vertx,
            ports.probes(),
            settings.surroundings().prefix(),
            this::onServicesChanged,
            random);
  }

  /**
   * Begins.
   *
   * @param rememberedLeases ids of the leases of earlier lives, oldest first
   */
  public void start(List<Long> rememberedLeases) {
    Surroundings surroundings = settings.surroundings();
    Renderer renderer = new Renderer(surroundings, this::read, follower::ageSeconds);
    for (WatchSpec watch : settings.watches()) {
      watches.add(new WatchDriver(vertx, ports.commands(), watch, surroundings.prefix(), random));
    }
    for (RenderedGroup group : settings.groups()) {
      groups.add(new GroupDriver(vertx, ports, group, renderer, this::onRendered, random));
    }
    follow(Renderer.ReadRanges.NOTHING);
    groups.forEach(GroupDriver::start);
    services.apply(settings.services());
    Registration registration =
        new Registration(
            settings.node(),
            services.records(),
            settings.leaseTtl().toMillis(),
            rememberedLeases,
            random);
    registrar =
        new Registrar(
            vertx, ports.registry(), ports.leases(), registration, services, this::checkReady);
    registrar.start();
  }

  /**
   * Ends everything: shows the services as draining, waits, and takes all records out of the
   * registry.
   */
  public Future<Void> stop() {
    groups.forEach(GroupDriver::stop);
    follower.close();
    Registrar leaving = registrar;
    if (leaving == null) {
      return Future.succeededFuture();
    }
    return drained(leaving)
        .compose(_ -> {
          services.stop();
          return leaving.stop();
        });
  }

  private Future<Void> drained(Registrar leaving) {
    if (services.size() == 0 || settings.drainWait().isZero()) {
      return Future.succeededFuture();
    }
    services.drain();
    return leaving
        .settled(SETTLE_MAX)
        .compose(
            _ -> leaving.isRegistered() ? waited(settings.drainWait()) : Future.succeededFuture());
  }

  private Future<Void> waited(Duration time) {
    Promise<Void> over = Promise.promise();
    vertx.setTimer(time.toMillis(), _ -> over.complete());
    return over.future();
  }

  /** A single range that is followed need not be read: its watch tells whole revisions. */
  private Future<Registry.Ranges> read(List<KeyRange> ranges) {
    if (ranges.size() == 1) {
      var known = follower.current(ranges.getFirst());
      if (known.isPresent()) {
        return Future.succeededFuture(
            new Registry.Ranges(known.get().revision(), List.of(known.get().values())));
      }
    }
    return follower.read(ranges);
  }

  private void onChange(Change change) {
    groups.forEach(group -> group.onChange(change));
    watches.forEach(watch -> watch.onChange(change));
  }

  private void onServicesChanged() {
    if (registrar != null) {
      registrar.onChanged();
    }
  }

  private void onRewound() {
    if (registrar != null) {
      registrar.onDoubted();
    }
    groups.forEach(GroupDriver::onRewound);
  }

  private void onRendered(GroupDriver group, Renderer.ReadRanges read) {
    follow(read);
    checkReady();
  }

  private void follow(Renderer.ReadRanges read) {
    TreeSet<KeyRange> wanted = new TreeSet<>();
    watches.forEach(watch -> wanted.add(watch.range()));
    groups.forEach(group -> wanted.addAll(group.ranges()));
    follower.want(wanted, read);
  }

  private void checkReady() {
    boolean isKnown = registrar != null && registrar.isRegistered() && follower.isRead();
    if (!isReady && isKnown && groups.stream().allMatch(GroupDriver::isInPlace)) {
      isReady = true;
      LOG.info(
          "agent ready node={} services={} templates={} watches={}",
          settings.surroundings().node(),
          services.size(),
          groups.size(),
          watches.size());
      ready.run();
    }
  }
}
