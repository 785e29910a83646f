package dev.remora.server;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.AuthSettings;
import dev.remora.server.api.CertificateName;
import dev.remora.server.api.ClientListener;
import dev.remora.server.api.Passwords;
import dev.remora.server.api.Principals;
import dev.remora.server.api.Replies;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v2.AuthRoute;
import dev.remora.server.api.v2.KeysRoute;
import dev.remora.server.api.v2.MachinesRoute;
import dev.remora.server.api.v2.MembersRoute;
import dev.remora.server.api.v2.Statistics;
import dev.remora.server.api.v2.StatsRoute;
import dev.remora.server.api.v2.V2Settings;
import dev.remora.server.api.v3.V3Api;
import dev.remora.server.api.v3.V3Settings;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.MemberIds;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import dev.remora.server.health.Counts;
import dev.remora.server.health.HealthRoute;
import dev.remora.server.health.Metrics;
import dev.remora.server.health.MetricsRoute;
import dev.remora.server.health.ServiceManager;
import dev.remora.server.health.VersionRoute;
import dev.remora.server.replica.AppendCounters;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Identity;
import dev.remora.server.replica.Introduction;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.Replica;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.storage.DataDirectory;
import dev.remora.server.storage.IdentityFile;
import dev.remora.server.storage.RealDisk;
import dev.remora.server.storage.Restore;
import dev.remora.server.storage.SnapshotDirectory;
import dev.remora.server.storage.SnapshotTransfers;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.StoredIdentity;
import dev.remora.server.storage.WriteAheadLog;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running member: its rooms, started in order and stopped in the reverse. */
final class Server {
  /** What clients are told, since they choose by it what they may ask for. */
  static final String ETCD_VERSION = "3.4.44";

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final Duration START_MAX = Duration.ofMinutes(10);
  private static final Duration ALONE_MAX = Duration.ofMinutes(1);
  private static final Duration LISTEN_MAX = Duration.ofSeconds(60);

  /** Between the news that this member was removed and its end; etcd's is as long. */
  private static final Duration LEAVE = Duration.ofSeconds(1);

  private static final Duration WATCH_PROGRESS = Duration.ofMinutes(10);

  /**
   * Event loops that serve clients: as many as processors, up to here; the replica has its own.
   * With one less, a large answer would hold up every client of a machine with two processors.
   */
  private static final int CLIENT_LOOPS_MAX = 3;

  private final ServerConfig config;
  private final ServiceManager manager;
  private final Clocks clocks = new SystemClocks();
  private final AppendCounters appends = new AppendCounters(clocks);
  private final Statistics statistics = new Statistics(clocks.wallNanos(), appends);
  private final Vertx vertx;
  private final int clientLoops;

  /** Whether it was removed and is about to stop. On the replica's loop. */
  private boolean isLeaving;

  /** What makes the listeners for clients use changed certificates. */
  private final List<Runnable> renewals = new ArrayList<>();

  private final List<Runnable> closers = new ArrayList<>();

  private Server(ServerConfig config, ServiceManager manager) {
    this.config = config;
    this.manager = manager;
    this.clientLoops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, CLIENT_LOOPS_MAX);
    this.vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(1 + clientLoops)
                    .setWorkerPoolSize(2)
                    .setInternalBlockingPoolSize(2)
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setClassPathResolvingEnabled(false)
                            .setFileCachingEnabled(false)))
            .withTransport(Doorkeepers.transport(config.clientRules()))
            .build();
    closers.add(() -> await(vertx.close()));
  }

  /**
   * Starts a member and returns once it serves.
   *
   * @param manager told when the member can do all it is for
   * @throws StorageException if its data directory cannot be used
   * @throws StartException if it cannot listen
   */
  static Server start(ServerConfig config, ServiceManager manager)
      throws StorageException, StartException {
    Server server = new Server(config, manager);
    try {
      server.open();
      return server;
    } catch (StorageException | StartException e) {
      server.stop();
      throw e;
    }
  }

  /** Stops serving, finishes what is under way, and lets go of the data directory. */
  void stop() {
    for (Runnable closer : closers.reversed()) {
      try {
        closer.run();
      } catch (IllegalStateException e) {
        LOG.warn("stopping went on after a failure", e);
      }
    }
    closers.clear();
  }

  private void open() throws StorageException, StartException {
    DataDirectory directory = DataDirectory.open(new RealDisk(), config.dataDir());
    closers.add(() -> close(directory));
    Certificates certificates = Certificates.open(config);
    LogEvents events = new LogEvents();
    if (config.restore() != null) {
      StoredIdentity made = founding(new SecureRandom().nextLong());
      new Restore(directory, config.restore(), events).run(Founders.of(config), made);
      LOG.info("restored data-dir={} from {}", config.dataDir(), config.restore());
    }
    Identity identity =
        identity(new IdentityFile(directory), certificates.members()); // Before there is a log.
    SnapshotDirectory.Opened snapshots = SnapshotDirectory.open(directory);
    closers.add(snapshots.snapshots()::close);
    WriteAheadLog.Opened opened = WriteAheadLog.open(directory, snapshots.loaded(), events);
    closers.add(opened.log()::close);
    ReplicaHost host =
        await(
            ReplicaHost.start(
                vertx,
                config,
                certificates.members(),
                clocks,
                identity,
                snapshots,
                opened,
                appends,
                statistics.store()::applied,
                this::stopForGood));
    events.attach(host.replica());
    closers.add(() -> await(host.stop()));
    Replica replica = host.replica();
    LOG.info(
        "recovered data-dir={} snapshot={} entries={} revision={}",
        config.dataDir(),
        opened.recovered().mark().index(),
        opened.recovered().entries().size(),
        replica.state().revision());
    listenToPeers(host);
    Future<Void> ready = host.ready();
    if (host.beganAlone()) {
      awaitAtMost(ALONE_MAX, ready); // All that was ever answered is applied before a read.
    }
    listen(
        host, opened.log(), new SnapshotTransfers(snapshots.snapshots()), certificates.clients());
    certificates.watch(vertx, () -> renewals.forEach(Runnable::run), host::renew);
    closers.add(() -> await(host.handOver()));
    ready.onSuccess(_ -> {
      LOG.info(
          "ready to serve client requests name={} urls={}",
          config.name(),
          config.listenClientUrls());
      Thread.ofPlatform().name("notify").start(manager::tellReady);
    });
  }

  /** What this member did from now on would be wrong, or useless. On the replica's loop. */
  private void stopForGood(Refusal refusal) {
    if (refusal.weight() != Refusal.Weight.REMOVED) {
      LOG.error("this member stops: {}", refusal.reason());
      Runtime.getRuntime().halt(Main.EXIT_FAILED);
    } else if (!isLeaving) {
      isLeaving = true;
      LOG.warn("this member stops for good: {}", refusal.reason());
      // As etcd; who has it removed through this very member is answered before.
      vertx.setTimer(LEAVE.toMillis(), _ -> new Thread(() -> System.exit(0), "leave").start());
    }
  }

  private void listenToPeers(ReplicaHost host) throws StartException {
    for (Url url : config.listenPeerUrls()) {
      try {
        begin(host.listenToPeers(url), url, "--listen-peer-urls");
      } catch (StartException e) {
        if (!host.beganAlone()) {
          throw e;
        }
        LOG.warn("{}; other members cannot join until then", e.getMessage());
      }
    }
  }

  private void listen(ReplicaHost host, WriteAheadLog log, SnapshotFiles backups, PortTls tls)
      throws StartException {
    Replica replica = host.replica();
    Passwords passwords = new Passwords(config.auth().bcryptCost(), new SecureRandom());
    closers.add(passwords::close);
    List<ClientLoop> loops = new ArrayList<>();
    for (int i = 0; i < clientLoops; i++) {
      Loop loop = await(Loop.open(vertx));
      loops.add(await(loop.call(() -> ClientLoop.of(loop, replica))));
    }
    Counts counts =
        new Counts(
            log.forceTimes(),
            host.peerCounts()::all,
            loops.stream().map(ClientLoop::counts).toList(),
            loops.stream().map(ClientLoop::feed).toList());
    long quotaBytes = Math.min(config.quotaBytes(), ReplicaHost.stateBytesMax());
    Metrics metrics = new Metrics(replica, ETCD_VERSION, Main.version(), quotaBytes, counts);
    for (ClientLoop on : loops) {
      List<ApiRoute> routes = await(on.loop().call(() -> routes(on, passwords, metrics, backups)));
      for (Url url : config.listenClientUrls()) {
        listen(on, url, "--listen-client-urls", routes, tls);
      }
    }
    ClientLoop first = loops.getFirst();
    for (Url url : config.listenMetricsUrls()) {
      List<ApiRoute> routes = await(first.loop().call(() -> routesOfHealth(first, metrics)));
      listen(first, url, "--listen-metrics-urls", routes, tls);
    }
  }

  private void listen(ClientLoop on, Url url, String flag, List<ApiRoute> routes, PortTls tls)
      throws StartException {
    Replies replies = new Replies(clocks::wallNanos);
    Future<ClientListener> listening =
        on.loop()
            .begin(() -> {
              Optional<PortTls> ofPort = url.isSecure() ? Optional.of(tls) : Optional.empty();
              ClientListener listener =
                  new ClientListener(
                      vertx, replies, routes, config.clientRules(), ofPort, on.counts());
              return listener.start(url.port(), url.host()).map(_ -> listener);
            });
    ClientListener listener = begin(listening, url, flag);
    renewals.add(() -> on.loop().begin(listener::renew));
    closers.add(() -> await(on.loop().begin(listener::stop)));
  }

  private static <T> T begin(Future<T> listening, Url url, String flag) throws StartException {
    try {
      return listening
          .toCompletionStage()
          .toCompletableFuture()
          .get(LISTEN_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new StartException(
          "cannot listen on "
              + url
              + " ("
              + (e.getCause() == null ? e : e.getCause()).getMessage()
              + "): stop what uses it, or choose another "
              + flag,
          e);
    } catch (TimeoutException e) {
      throw new StartException(
          "cannot listen on " + url + ": the system did not answer in " + LISTEN_MAX, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", e);
    }
  }

  /** What a port for metrics serves: nothing that shows or changes a key. */
  private List<ApiRoute> routesOfHealth(ClientLoop on, Metrics metrics) {
    Replies replies = new Replies(clocks::wallNanos);
    return List.of(
        new HealthRoute(vertx, on.door(), replies), new MetricsRoute(vertx, metrics, replies));
  }

  private List<ApiRoute> routes(
      ClientLoop on, Passwords passwords, Metrics metrics, SnapshotFiles backups) {
    Loop loop = on.loop();
    Door door = on.door();
    WatchFeed feed = on.feed();
    Replies replies = new Replies(clocks::wallNanos);
    V2Settings v2 =
        new V2Settings(
            config.v2HistoryWindow(),
            config.requestBytesMax(),
            config.requestTimeout().toMillis(),
            config.clientRules().keysPerRange());
    V3Settings v3 =
        new V3Settings(
            ETCD_VERSION,
            config.leaseSecondsMin(),
            config.requestBytesMax(),
            config.txnOperationsMax(),
            config.clientRules().keysPerRange(),
            WATCH_PROGRESS,
            config.requestTimeout());
    AuthSettings auth =
        new AuthSettings(config.auth().tokenTtl(), config.auth().passwordBytesMin());
    Principals principals =
        new Principals(
            passwords,
            loop.executor(),
            () -> TimeUnit.NANOSECONDS.toMillis(clocks.wallNanos()),
            config.auth().takesCertificates() ? CertificateName::of : _ -> Optional.empty());
    List<ApiRoute> routes = new ArrayList<>();
    if (config.servesV2()) {
      routes.add(
          new KeysRoute(vertx, door, feed, v2, clocks, principals, statistics.store(), replies));
      routes.add(new MembersRoute(vertx, door, v2, clocks, principals, replies));
      routes.add(
          new AuthRoute(vertx, door, v2, auth, clocks, principals, new SecureRandom(), replies));
      routes.add(new MachinesRoute(door, replies));
      routes.add(new StatsRoute(door, statistics, clocks, replies));
    }
    routes.add(
        new V3Api(
            loop.context(), door, feed, v3, backups, clocks, principals, auth, new SecureRandom()));
    routes.add(new VersionRoute(replies));
    routes.add(new HealthRoute(vertx, door, replies));
    routes.add(new MetricsRoute(vertx, metrics, replies));
    return routes;
  }

  /** That of the data directory, whatever the flags say now; a new one gets the flags'. */
  private Identity identity(IdentityFile file, PortTls tls)
      throws StorageException, StartException {
    SecureRandom random = new SecureRandom();
    Optional<StoredIdentity> known = file.read();
    StoredIdentity stored;
    if (known.isPresent()) {
      stored = known.get();
    } else {
      stored = config.isJoining() ? joining(random, tls) : founding(random.nextLong());
      file.write(stored);
    }
    return new Identity(
        stored.cluster(), stored.member(), stored.incarnation(), random.nextLong(), config.name());
  }

  private StoredIdentity founding(long incarnation) {
    long member = MemberIds.member(Url.texts(config.peerUrls()), config.clusterToken());
    long cluster = MemberIds.cluster(Founders.of(config).stream().map(Member::id).toList());
    return new StoredIdentity(cluster, member, incarnation);
  }

  private StoredIdentity joining(SecureRandom random, PortTls tls) throws StartException {
    Introduction.Known known = new Joining(config).ask(vertx, tls);
    LOG.info("joining cluster {} as member {}", hex(known.cluster()), hex(known.member()));
    return new StoredIdentity(known.cluster(), known.member(), random.nextLong());
  }

  private static String hex(long id) {
    return Long.toHexString(id);
  }

  private static void close(DataDirectory directory) {
    try {
      directory.close();
    } catch (StorageException e) {
      LOG.warn("the data directory was not let go of cleanly: {}", e.getMessage());
    }
  }

  /** A member that began alone and has others now does not wait for them. */
  private static void awaitAtMost(Duration most, Future<Void> future) {
    try {
      future.toCompletionStage().toCompletableFuture().get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("serving local reads while waiting for a quorum of the members");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a step of starting failed", e);
    }
  }

  private static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_MAX.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a step of starting or stopping failed", e);
    }
  }
}
