package dev.remora.agent.runner;

import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.OwnRecord;
import dev.remora.agent.service.Registration;
import dev.remora.agent.service.ServiceSpec;
import dev.remora.agent.view.Change;
import dev.remora.agent.view.GuardSettings;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
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

  private final Vertx vertx;
  private final Ports ports;
  private final RandomGenerator random;
  private final Runnable ready;
  private final Follower follower;
  private final Services services;
  private final LocalServices local;
  private final WarmStart warm;
  private final Catalog catalog;
  private final List<GroupDriver> groups = new ArrayList<>();
  private final List<WatchDriver> watches = new ArrayList<>();

  /** Names of groups that finish what they do before they begin anew. */
  private final TreeSet<String> stopping = new TreeSet<>();

  private Settings settings;
  private @Nullable Registrar registrar;
  private final @Nullable Supervisor supervisor;
  private boolean isReady;
  private boolean isStopped;
  private @Nullable Departure departure;
  private Future<Void> stopped = Future.succeededFuture();

  /**
   * What one agent does.
   *
   * @param drainWait how long the services are shown as draining before they go
   * @param node the record of the agent itself
   * @param services those that are not registered through the local API
   */
  public record Settings(
      Surroundings surroundings,
      Duration leaseTtl,
      Duration drainWait,
      OwnRecord node,
      List<ServiceSpec> services,
      GuardSettings guard,
      List<RenderedGroup> groups,
      @Nullable ChildSpec child,
      List<WatchSpec> watches) {
    public Settings {
      services = List.copyOf(services);
      groups = List.copyOf(groups);
      watches = List.copyOf(watches);
    }
  }

  /**
   * What earlier lives have left.
   *
   * @param leases ids, oldest first
   * @param services registered through the local API: definition and meaning by id
   */
  public record Left(
      List<Long> leases, SortedMap<String, LocalService> services, Optional<ViewStore.Saved> view) {
    public Left {
      leases = List.copyOf(leases);
      services = new TreeMap<>(services);
    }
  }

  /** A service registered through the local API. */
  public record LocalService(String definition, ServiceSpec spec) {}

  /** How a change through the local API ended. */
  public enum Outcome {
    DONE,
    /** There is nothing of this id. */
    UNKNOWN,
    /** The id is that of a service of the configuration, or of several. */
    CONFLICT,
    /** There are too many. */
    FULL
  }

  /**
   * How the agent is.
   *
   * @param lease 0 while there is none
   * @param ageSeconds since the registry last confirmed what is known
   * @param trouble why the registry is away; empty while it is not
   */
  public record Status(
      String node,
      boolean isStarted,
      boolean isReady,
      boolean isRegistered,
      long lease,
      long revision,
      long ageSeconds,
      String trouble,
      int services,
      int groups,
      int watches,
      long leasesLost,
      long requests) {}

  /**
   * Makes one that has not begun.
   *
   * @param ready run once, when everything is registered and has been rendered
   * @param childEnded told the exit code of the child when it has ended for good
   */
  public Agent(
      Vertx vertx,
      Ports ports,
      Settings settings,
      Left left,
      RandomGenerator random,
      Runnable ready,
      IntConsumer childEnded) {
    this.vertx = vertx;
    this.ports = ports;
    this.settings = settings;
    this.random = random;
    this.ready = ready;
    ChildSpec child = settings.child();
    this.supervisor =
        child == null ? null : new Supervisor(vertx, ports.programs(), child, random, childEnded);
    String prefix = settings.surroundings().prefix();
    this.follower =
        new Follower(
            vertx, ports.registry(), this::onChange, this::onRead, this::onRewound, random);
    this.services = new Services(vertx, ports.probes(), prefix, this::onServicesChanged, random);
    TreeMap<String, LocalServices.Local> earlier = new TreeMap<>();
    left.services()
        .forEach((id, service) ->
            earlier.put(id, new LocalServices.Local(service.definition(), service.spec())));
    this.local = new LocalServices(vertx, ports.services(), earlier);
    this.warm = new WarmStart(vertx, ports.view(), left.view().orElse(null), follower::whole);
    this.catalog = new Catalog(vertx, prefix, follower, warm, settings.guard(), this::followSame);
    applyServices();
    Registration registration =
        new Registration(
            settings.node(),
            services.records(),
            settings.leaseTtl().toMillis(),
            left.leases(),
            random);
    this.registrar =
        new Registrar(
            vertx, ports.registry(), ports.leases(), registration, services, this::checkReady);
  }

  /** Begins. */
  public void start() {
    for (WatchSpec watch : settings.watches()) {
      watches.add(driver(watch));
    }
    for (RenderedGroup group : settings.groups()) {
      groups.add(driver(group));
    }
    followSame();
    groups.forEach(GroupDriver::start);
    catalog.start();
    if (registrar != null) {
      registrar.start();
    }
  }

  private WatchDriver driver(WatchSpec watch) {
    return new WatchDriver(
        vertx, ports.commands(), watch, settings.surroundings().prefix(), random);
  }

  private GroupDriver driver(RenderedGroup group) {
    return new GroupDriver(
        vertx,
        ports,
        group,
        new GroupDriver.Source(settings.surroundings(), this::read, catalog::ageSeconds),
        supervisor == null ? SingleRender.NO_CHILD : supervisor,
        this::onRendered,
        random);
  }

  /**
   * Does from now on what these settings say; what is not different goes on as it is. The node, its
   * lease and the registry stay what they were at the start.
   */
  public void reload(Settings fresh) {
    if (isStopped) {
      return;
    }
    GuardSettings guardBefore = settings.guard();
    settings = fresh;
    if (!guardBefore.equals(fresh.guard())) {
      catalog.guard(fresh.surroundings().prefix(), fresh.guard());
    }
    applyServices();
    watches.removeIf(driver -> !fresh.watches().contains(driver.spec()));
    for (WatchSpec watch : fresh.watches()) {
      if (watches.stream().noneMatch(driver -> driver.spec().equals(watch))) {
        watches.add(driver(watch));
      }
    }
    for (GroupDriver driver : List.copyOf(groups)) {
      boolean isSame =
          fresh.groups().stream().anyMatch(group -> group.spec().equals(driver.spec()));
      if (!isSame) {
        groups.remove(driver);
        replace(driver);
      }
    }
    for (RenderedGroup group : fresh.groups()) {
      boolean isThere =
          groups.stream().anyMatch(driver -> driver.spec().name().equals(group.spec().name()));
      if (!isThere && !stopping.contains(group.spec().name())) {
        begin(group);
      }
    }
    followSame();
  }

  private void replace(GroupDriver driver) {
    String name = driver.spec().name();
    stopping.add(name);
    driver
        .stop()
        .onSuccess(_ -> {
          stopping.remove(name);
          settings.groups().stream()
              .filter(group -> group.spec().name().equals(name) && !isStopped)
              .findFirst()
              .ifPresent(this::begin);
        });
  }

  private void begin(RenderedGroup group) {
    GroupDriver driver = driver(group);
    groups.add(driver);
    driver.start();
  }

  private void applyServices() {
    List<ServiceSpec> all = new ArrayList<>(settings.services());
    all.addAll(local.specs());
    services.apply(all);
  }

  /** Registers a service, or changes one that was registered in this way; durable once done. */
  public Future<Outcome> register(String id, LocalService service) {
    if (local.isFull() && !local.contains(id)) {
      return Future.succeededFuture(Outcome.FULL);
    }
    if (!local.contains(id) && services.byId(id).findAny().isPresent()) {
      return Future.succeededFuture(Outcome.CONFLICT);
    }
    Future<Void> saved =
        local.put(id, new LocalServices.Local(service.definition(), service.spec()));
    applyServices();
    return saved.map(_ -> Outcome.DONE);
  }

  /** Takes out a service that was registered through the local API; durable once done. */
  public Future<Outcome> deregister(String id) {
    if (!local.contains(id)) {
      boolean isConfigured = services.byId(id).findAny().isPresent();
      return Future.succeededFuture(isConfigured ? Outcome.CONFLICT : Outcome.UNKNOWN);
    }
    Future<Void> removed = local.remove(id);
    applyServices();
    return removed.map(_ -> Outcome.DONE);
  }

  /**
   * Takes what an application reports of a TTL check.
   *
   * @param id {@code service:ID}, or {@code service:ID:N} for the Nth check of several, from 1
   */
  public Outcome report(String id, CheckStatus status, String note) {
    return services.report(id, status, note);
  }

  /** Takes a service out of use for a reason, or with null back into it. */
  public Outcome maintain(String id, @Nullable String reason) {
    List<ServiceDriver> found = services.byId(id).toList();
    if (found.size() != 1) {
      return found.isEmpty() ? Outcome.UNKNOWN : Outcome.CONFLICT;
    }
    found.getFirst().maintain(reason);
    return Outcome.DONE;
  }

  /** The services of this agent. */
  public List<ServiceState> services() {
    return services.all().stream()
        .map(driver ->
            new ServiceState(
                driver.instance(),
                driver.shown().isRegistered(),
                driver.shown().reason(),
                local.contains(driver.spec().instance().id()),
                driver.checks()))
        .toList();
  }

  /** The groups, in the order of the configuration. */
  public List<GroupStatus> groups() {
    return groups.stream().map(GroupDriver::status).toList();
  }

  /** The services of the registry. */
  public Catalog catalog() {
    return catalog;
  }

  /** How the agent is. */
  public Status status() {
    Registrar running = registrar;
    return new Status(
        settings.surroundings().node(),
        groups.stream().allMatch(GroupDriver::isInPlace),
        isReady,
        running != null && running.isRegistered(),
        running == null ? 0 : running.lease(),
        follower.revision(),
        catalog.ageSeconds(),
        follower.trouble(),
        services.size(),
        groups.size(),
        watches.size(),
        running == null ? 0 : running.leasesLost(),
        ports.registry().requests());
  }

  /** Ends everything as {@link #stop(Duration)} does, after the wait that the settings name. */
  public Future<Void> stop() {
    return stop(settings.drainWait());
  }

  /**
   * Ends everything: shows the services as draining, waits, and takes all records out of the
   * registry. Who asks again waits for the same end.
   *
   * @param drainWait how long they are shown so
   */
  public Future<Void> stop(Duration drainWait) {
    if (!isStopped) {
      isStopped = true;
      stopped = end(drainWait);
    }
    return stopped;
  }

  private Future<Void> end(Duration drainWait) {
    groups.forEach(GroupDriver::stop);
    follower.close();
    warm.stop();
    Departure leaving = new Departure(vertx, services, registrar, supervisor);
    departure = leaving;
    return leaving.go(drainWait);
  }

  /** The exit code of the child after {@link #stop}; 0 if it ended as it was asked to. */
  public int childCode() {
    return departure == null ? 0 : departure.childCode();
  }

  /** Passes a signal on to the child, by name such as {@code USR1}. */
  public void signalChild(String name) {
    if (supervisor != null) {
      supervisor.signal(name);
    }
  }

  /** Puts the earlier version of a group's files back. */
  public Outcome rollBack(String group) {
    for (GroupDriver driver : groups) {
      if (driver.spec().name().equals(group)) {
        return driver.rollBack() ? Outcome.DONE : Outcome.CONFLICT;
      }
    }
    return Outcome.UNKNOWN;
  }

  /**
   * A single range that is followed need not be read: its watch tells whole revisions. Where the
   * registry has not answered since the start, what was saved on disk stands in for it.
   */
  private Future<Registry.Ranges> read(List<KeyRange> ranges) {
    if (ranges.size() == 1) {
      var known = follower.current(ranges.getFirst());
      if (known.isPresent()) {
        return Future.succeededFuture(
            new Registry.Ranges(known.get().revision(), List.of(known.get().values())));
      }
    }
    return follower
        .read(ranges)
        .recover(failure ->
            (follower.wasRead() ? Optional.<Registry.Ranges>empty() : warm.read(ranges))
                .map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(failure)));
  }

  private void onChange(Change change) {
    groups.forEach(group -> group.onChange(change));
    watches.forEach(watch -> watch.onChange(change));
    catalog.onChange(change);
    warm.onChange();
  }

  private void onRead() {
    if (follower.trouble().isEmpty()) {
      groups.forEach(GroupDriver::onRead);
    }
    catalog.onRead();
    warm.onChange();
    checkReady();
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

  private void followSame() {
    follow(Renderer.ReadRanges.NOTHING);
  }

  private void follow(Renderer.ReadRanges read) {
    TreeSet<KeyRange> wanted = new TreeSet<>(catalog.ranges());
    watches.forEach(watch -> wanted.add(watch.range()));
    groups.forEach(group -> wanted.addAll(group.ranges()));
    follower.want(wanted, read);
  }

  private void checkReady() {
    if (supervisor != null && groups.stream().allMatch(GroupDriver::isInPlace)) {
      supervisor.begin();
    }
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
