package dev.remora.server;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.ClientListener;
import dev.remora.server.api.Replies;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v2.KeysRoute;
import dev.remora.server.api.v2.MachinesRoute;
import dev.remora.server.api.v2.MembersRoute;
import dev.remora.server.api.v2.V2Settings;
import dev.remora.server.api.v3.V3Api;
import dev.remora.server.api.v3.V3Settings;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.MemberIds;
import dev.remora.server.apply.State;
import dev.remora.server.config.Retention;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import dev.remora.server.health.HealthRoute;
import dev.remora.server.health.VersionRoute;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import dev.remora.server.replica.AutoCompaction;
import dev.remora.server.replica.Bootstrap;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.HistoryBounds;
import dev.remora.server.replica.Identity;
import dev.remora.server.replica.Quota;
import dev.remora.server.replica.RaftNode;
import dev.remora.server.replica.Replica;
import dev.remora.server.replica.SnapshotSettings;
import dev.remora.server.replica.Transport;
import dev.remora.server.storage.DataDirectory;
import dev.remora.server.storage.RealDisk;
import dev.remora.server.storage.SnapshotDirectory;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
  private static final Duration STOP_MAX = Duration.ofSeconds(5);

  private static final Duration WATCH_PROGRESS = Duration.ofMinutes(10);

  private static final double HEAP_SHARE_OF_STATE = 0.7;

  /**
   * Event loops that serve clients: as many as processors, up to here; the replica has its own.
   * With one less, a large answer would hold up every client of a machine with two processors.
   */
  private static final int CLIENT_LOOPS_MAX = 3;

  private final ServerConfig config;
  private final Clocks clocks = new SystemClocks();
  private final Vertx vertx;
  private final int clientLoops;
  private final List<Runnable> closers = new ArrayList<>();

  private Server(ServerConfig config) {
    this.config = config;
    this.clientLoops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, CLIENT_LOOPS_MAX);
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1 + clientLoops)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false)));
    closers.add(() -> await(vertx.close()));
  }

  /**
   * Starts a member and returns once it serves.
   *
   * @throws StorageException if its data directory cannot be used
   * @throws StartException if it cannot listen
   */
  static Server start(ServerConfig config) throws StorageException, StartException {
    Server server = new Server(config);
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
    LogEvents events = new LogEvents();
    SnapshotDirectory.Opened snapshots = SnapshotDirectory.open(directory);
    closers.add(snapshots.snapshots()::close);
    WriteAheadLog.Opened opened = WriteAheadLog.open(directory, snapshots.loaded(), events);
    closers.add(opened.log()::close);
    Replica replica = startReplica(snapshots, opened, events);
    LOG.info(
        "recovered data-dir={} snapshot={} entries={} revision={}",
        config.dataDir(),
        opened.recovered().mark().index(),
        opened.recovered().entries().size(),
        replica.state().revision());
    listen(replica);
    LOG.info(
        "ready to serve client requests name={} urls={}", config.name(), config.listenClientUrls());
  }

  private Replica startReplica(
      SnapshotDirectory.Opened snapshots, WriteAheadLog.Opened opened, LogEvents events) {
    Identity identity = identity();
    Loop loop = await(Loop.open(vertx));
    State start = snapshots.loaded().state();
    Replica replica = new Replica(loop.executor(), identity, clocks, start);
    long lastIndex =
        await(
            loop.call(() -> {
              RaftNode node = raftNode(loop, replica, opened, start.conf(), identity.member());
              long stateBytesMax = stateBytesMax();
              replica.keepWithin(new Quota(Math.min(config.quotaBytes(), stateBytesMax)));
              replica.keepHistory(HistoryBounds.forHeap(stateBytesMax));
              replica.compactBy(autoCompaction());
              replica.keepSnapshots(
                  SnapshotSettings.every(config.snapshotEntries()), snapshots.snapshots());
              replica.start(this::every, node);
              replica.giveUpAfter(config.requestTimeout());
              replica.announce(texts(config.advertiseClientUrls()));
              every(config.heartbeatInterval(), node::tick);
              long last = node.status().lastIndex();
              node.start();
              return last;
            }));
    events.attach(replica);
    closers.add(() ->
        await(
            loop.call(() -> {
              replica.stop();
              return replica;
            })));
    await(untilApplied(loop, replica, lastIndex + 1));
    return replica;
  }

  private RaftNode raftNode(
      Loop loop, Replica replica, WriteAheadLog.Opened opened, ConfState conf, long member) {
    long ticks = config.electionTimeout().dividedBy(config.heartbeatInterval());
    Member self = new Member(member, config.name(), texts(config.peerUrls()), List.of(), false);
    Restart restart = Bootstrap.restart(opened.log(), opened.recovered(), conf, List.of(self));
    RaftCore core =
        new RaftCore(RaftConfig.of(member, Math.toIntExact(ticks)), restart, new SecureRandom());
    return new RaftNode(core, opened.log(), Transport.NONE, loop.executor(), replica);
  }

  private void every(Duration interval, Runnable task) {
    vertx.setPeriodic(interval.toMillis(), _ -> task.run());
  }

  /** What the heap has room for: the rest is for requests, snapshots and the collector. */
  private static long stateBytesMax() {
    return (long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE_OF_STATE);
  }

  private AutoCompaction autoCompaction() {
    return switch (config.retention()) {
      case Retention.All() -> AutoCompaction.none();
      case Retention.Age(Duration age) -> AutoCompaction.ofAge(age);
      case Retention.Revisions(long count) -> AutoCompaction.ofRevisions(count);
    };
  }

  /**
   * Done once the entry that opens this member's term is durable: the log works, all is applied;
   * and once it is known where it serves.
   */
  private Future<Void> untilApplied(Loop loop, Replica replica, long index) {
    long self = replica.identity().member();
    List<String> clientUrls = texts(config.advertiseClientUrls());
    return loop.begin(() -> {
      Promise<Void> applied = Promise.promise();
      Door door = replica.open(loop.executor());
      door.follow(state -> {
        Optional<Member> known = state.members().get(self);
        boolean isKnown = known.filter(it -> it.clientUrls().equals(clientUrls)).isPresent();
        if (state.index() >= index && isKnown) {
          applied.tryComplete();
        }
      });
      return applied.future();
    });
  }

  private void listen(Replica replica) throws StartException {
    for (int i = 0; i < clientLoops; i++) {
      Loop loop = await(Loop.open(vertx));
      List<ApiRoute> routes = await(loop.call(() -> routes(loop, replica)));
      for (Url url : config.listenClientUrls()) {
        listen(loop, url, routes);
      }
    }
  }

  private void listen(Loop loop, Url url, List<ApiRoute> routes) throws StartException {
    Replies replies = new Replies(clocks::wallNanos);
    Future<ClientListener> listening =
        loop.begin(() -> {
          ClientListener listener = new ClientListener(vertx, replies, routes);
          return listener.start(url.port(), url.host()).map(_ -> listener);
        });
    try {
      ClientListener listener =
          listening
              .toCompletionStage()
              .toCompletableFuture()
              .get(STOP_MAX.toSeconds(), TimeUnit.SECONDS);
      closers.add(() -> await(loop.begin(listener::stop)));
    } catch (ExecutionException | TimeoutException e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new StartException(
          "cannot listen on "
              + url
              + " ("
              + (cause == null ? e : cause).getMessage()
              + "): stop what uses it, or choose another --listen-client-urls",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while starting", e);
    }
  }

  private List<ApiRoute> routes(Loop loop, Replica replica) {
    Door door = replica.open(loop.executor());
    WatchFeed feed = new WatchFeed(loop.context(), door);
    Replies replies = new Replies(clocks::wallNanos);
    V2Settings v2 =
        new V2Settings(
            config.v2HistoryWindow(), config.requestBytesMax(), config.requestTimeout().toMillis());
    V3Settings v3 =
        new V3Settings(
            ETCD_VERSION,
            config.leaseSecondsMin(),
            config.requestBytesMax(),
            config.txnOperationsMax(),
            WATCH_PROGRESS,
            config.requestTimeout());
    List<ApiRoute> routes = new ArrayList<>();
    if (config.servesV2()) {
      routes.add(new KeysRoute(vertx, door, feed, v2, clocks, replies));
      routes.add(new MembersRoute(vertx, door, v2, clocks, replies));
      routes.add(new MachinesRoute(door, replies));
    }
    routes.add(new V3Api(loop.context(), door, feed, v3, clocks, new SecureRandom()));
    routes.add(new VersionRoute(replies));
    routes.add(new HealthRoute(vertx, door, replies));
    return routes;
  }

  private Identity identity() {
    long member = MemberIds.member(texts(config.peerUrls()), config.clusterToken());
    long cluster = MemberIds.cluster(List.of(member));
    return new Identity(cluster, member, new SecureRandom().nextLong(), config.name());
  }

  private static List<String> texts(List<Url> urls) {
    return urls.stream().map(Url::toString).toList();
  }

  private static void close(DataDirectory directory) {
    try {
      directory.close();
    } catch (StorageException e) {
      LOG.warn("the data directory was not let go of cleanly: {}", e.getMessage());
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
