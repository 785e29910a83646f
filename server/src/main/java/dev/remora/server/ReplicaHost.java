package dev.remora.server;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.Members;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.config.Retention;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import dev.remora.server.peer.PeerAddress;
import dev.remora.server.peer.PeerCounts;
import dev.remora.server.peer.PeerTransport;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import dev.remora.server.replica.AppendCounters;
import dev.remora.server.replica.AutoCompaction;
import dev.remora.server.replica.Bootstrap;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.HistoryBounds;
import dev.remora.server.replica.Identity;
import dev.remora.server.replica.LostCluster;
import dev.remora.server.replica.PeerDoor;
import dev.remora.server.replica.Quota;
import dev.remora.server.replica.RaftNode;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.Replica;
import dev.remora.server.replica.SnapshotSettings;
import dev.remora.server.storage.SnapshotDirectory;
import dev.remora.server.storage.SnapshotTransfers;
import dev.remora.server.storage.WriteAheadLog;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replica of a running server, with its consensus and its peers, on an event loop. */
final class ReplicaHost {
  private static final double HEAP_SHARE_OF_STATE = 0.7;
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaHost.class);

  private final Vertx vertx;
  private final ServerConfig config;
  private final Loop loop;
  private final Replica replica;
  private final RaftNode node;
  private final PeerTransport peers;
  private final Consumer<Refusal> stopper;

  /** Those that were connected to last. */
  private Members connected = Members.EMPTY;

  private ReplicaHost(
      Vertx vertx,
      ServerConfig config,
      Loop loop,
      Replica replica,
      RaftNode node,
      PeerTransport peers,
      Consumer<Refusal> stopper) {
    this.vertx = vertx;
    this.config = config;
    this.loop = loop;
    this.replica = replica;
    this.node = node;
    this.peers = peers;
    this.stopper = stopper;
  }

  /**
   * Starts it from what was recovered.
   *
   * @param stopper ends this server, with the reason, if it could only do harm to the cluster
   */
  static Future<ReplicaHost> start(
      Vertx vertx,
      ServerConfig config,
      PortTls tls,
      Clocks clocks,
      Identity identity,
      SnapshotDirectory.Opened snapshots,
      WriteAheadLog.Opened opened,
      AppendCounters appends,
      BiConsumer<Command, Outcome> observer,
      Consumer<Refusal> stopper) {
    return Loop.open(vertx)
        .compose(loop ->
            loop.call(() -> {
              ReplicaHost host =
                  start(vertx, config, tls, clocks, loop, identity, snapshots, opened, stopper);
              host.node.count(appends);
              host.replica.tellApplied(observer);
              return host;
            }));
  }

  private static ReplicaHost start(
      Vertx vertx,
      ServerConfig config,
      PortTls tls,
      Clocks clocks,
      Loop loop,
      Identity identity,
      SnapshotDirectory.Opened snapshots,
      WriteAheadLog.Opened opened,
      Consumer<Refusal> stopper) {
    ConfState conf = snapshots.loaded().state().conf();
    Replica replica = new Replica(loop.executor(), identity, clocks, snapshots.loaded().state());
    List<Member> first = config.isJoining() ? List.of() : Founders.of(config);
    boolean isForcedNew = config.isForcedNew() && opened.recovered().lastIndex() > 0;
    Restart restart =
        isForcedNew
            ? LostCluster.restart(
                opened.log(), opened.recovered(), snapshots.loaded().state(), identity.member())
            : Bootstrap.restart(opened.log(), opened.recovered(), conf, first);
    long ticks = config.electionTimeout().dividedBy(config.heartbeatInterval());
    RaftCore core =
        new RaftCore(
            RaftConfig.of(identity.member(), Math.toIntExact(ticks)), restart, new SecureRandom());
    PeerTransport peers = new PeerTransport(vertx, tls);
    RaftNode node = new RaftNode(core, opened.log(), peers, loop.executor(), replica);
    peers.begin(
        new PeerDoor(
            identity,
            clocks,
            node,
            replica,
            replica.open(loop.executor()),
            Url.texts(config.peerUrls()),
            stopper));
    peers.carry(new SnapshotTransfers(snapshots.snapshots()));
    replica.connect(peers);
    long stateBytesMax = stateBytesMax();
    replica.keepWithin(new Quota(Math.min(config.quotaBytes(), stateBytesMax)));
    replica.keepHistory(HistoryBounds.forHeap(stateBytesMax));
    replica.compactBy(autoCompaction(config));
    replica.giveUpAfter(config.requestTimeout());
    replica.announce(Url.texts(config.advertiseClientUrls()));
    replica.keepSnapshots(SnapshotSettings.every(config.snapshotEntries()), snapshots.snapshots());
    ReplicaHost host = new ReplicaHost(vertx, config, loop, replica, node, peers, stopper);
    replica.start(host::every, node);
    host.every(config.heartbeatInterval(), node::tick);
    node.start();
    if (!isForcedNew) {
      host.connect(first); // Who joins is spoken to first, by the leader.
    }
    replica.open(loop.executor()).follow(host::belong);
    return host;
  }

  Replica replica() {
    return replica;
  }

  PeerCounts peerCounts() {
    return peers.counts();
  }

  /** Whether it began as a cluster of one: unless that has grown, nobody needs to be waited for. */
  boolean beganAlone() {
    return config.initialCluster().size() == 1;
  }

  private void every(Duration interval, Runnable task) {
    vertx.setPeriodic(interval.toMillis(), _ -> task.run());
  }

  /** What the heap has room for: the rest is for requests, snapshots and the collector. */
  static long stateBytesMax() {
    return (long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE_OF_STATE);
  }

  private static AutoCompaction autoCompaction(ServerConfig config) {
    return switch (config.retention()) {
      case Retention.All() -> AutoCompaction.none();
      case Retention.Age(Duration age) -> AutoCompaction.ofAge(age);
      case Retention.Revisions(long count) -> AutoCompaction.ofRevisions(count);
    };
  }

  /** Does what the newest list of members asks of this one. */
  private void belong(State state) {
    Members members = state.members();
    long self = replica.identity().member();
    if (!members.equals(connected)) {
      connected = members;
      peers.dismissStrangers();
      connect(members.list());
    }
    if (members.wasRemoved(self)) {
      stopper.accept(new Refusal("it was removed from the cluster", Refusal.Weight.REMOVED));
    }
  }

  private void connect(List<Member> members) {
    Map<Long, List<PeerAddress>> others = new HashMap<>();
    for (Member member : members) {
      if (member.id() != replica.identity().member()) {
        others.put(member.id(), PeerAddress.all(member.peerUrls()));
      }
    }
    peers.connectTo(others);
  }

  /** Listens for the other members. */
  Future<Integer> listenToPeers(Url url) {
    return loop.begin(() -> peers.listen(url.port(), url.host(), url.isSecure()));
  }

  /** From now on uses the certificates that are in force now. */
  Future<Void> renew() {
    return loop.begin(peers::renew);
  }

  /**
   * Done once a linearizable read was served here and the others know where clients find this
   * member: a quorum is there, and all it had committed is applied.
   */
  Future<Void> ready() {
    return loop.begin(() -> {
      Door door = replica.open(loop.executor());
      Promise<Void> read = Promise.promise();
      readUntilServed(door, read);
      Promise<Void> known = Promise.promise();
      Consumer<State> follower =
          state -> {
            if (isKnown(state)) {
              known.tryComplete();
            }
          };
      door.follow(follower);
      known.future().onSuccess(_ -> door.unfollow(follower));
      return read.future().compose(_ -> known.future());
    });
  }

  private boolean isKnown(State state) {
    List<String> clientUrls = Url.texts(config.advertiseClientUrls());
    return state
        .members()
        .get(replica.identity().member())
        .filter(self -> self.clientUrls().equals(clientUrls))
        .isPresent();
  }

  private void readUntilServed(Door door, Promise<Void> ready) {
    door.readIndex(state -> {
      if (state.isPresent()) {
        ready.complete();
      } else {
        LOG.warn("no quorum of the members is there yet; going on waiting");
        readUntilServed(door, ready);
      }
    });
  }

  /** Hands the leadership to the member that is furthest, and waits, but not for long. */
  Future<Void> handOver() {
    return loop.begin(() -> {
      Promise<Void> done = Promise.promise();
      OptionalLong heir = node.handOver();
      if (heir.isEmpty()) {
        return Future.succeededFuture();
      }
      LOG.info("handing the leadership over to {}", Long.toHexString(heir.getAsLong()));
      long until = System.nanoTime() + config.electionTimeout().multipliedBy(2).toNanos();
      vertx.setPeriodic(
          POLL.toMillis(),
          timer -> {
            long leader = replica.leadership().leader();
            boolean isDone = leader != 0 && leader != node.status().id();
            if (isDone || System.nanoTime() - until > 0) {
              vertx.cancelTimer(timer);
              done.complete();
            }
          });
      return done.future();
    });
  }

  /** Answers what still waits, and closes the connections to the others. */
  Future<Void> stop() {
    return loop.begin(() -> {
      replica.stop();
      node.stop();
      return peers.close();
    });
  }
}
