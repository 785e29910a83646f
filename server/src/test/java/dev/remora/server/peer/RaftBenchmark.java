package dev.remora.server.peer;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Role;
import dev.remora.server.replica.Bootstrap;
import dev.remora.server.replica.Consensus;
import dev.remora.server.replica.Greeting;
import dev.remora.server.replica.Introduction;
import dev.remora.server.replica.LeaderQuestion;
import dev.remora.server.replica.LeaderReply;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.PeerListener;
import dev.remora.server.replica.RaftNode;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.SnapshotMark;
import dev.remora.server.replica.StateClaim;
import dev.remora.server.storage.DataDirectory;
import dev.remora.server.storage.RealDisk;
import dev.remora.server.storage.SnapshotDirectory;
import dev.remora.server.storage.WriteAheadLog;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The bare path of a write: proposed, durable on a quorum, applied. Three members in one process,
 * each on an event loop of its own, over TCP and real files.
 *
 * <p>Arguments: an empty directory (it is filled), seconds, outstanding, bytes of a command.
 */
final class RaftBenchmark {
  private static final List<Long> MEMBERS = List.of(1L, 2L, 3L);
  private static final int SNAPSHOT_EVERY = 100_000;

  private RaftBenchmark() {}

  /** Prints commits a second, the latency of a commit, and how long a turn of the loop takes. */
  public static void main(String[] arguments) throws Exception {
    Path path = Path.of(arguments[0]);
    long seconds = Long.parseLong(arguments[1]);
    int outstanding = Integer.parseInt(arguments[2]);
    Payload payload = Payload.of(new byte[Integer.parseInt(arguments[3])]);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));
    AtomicLong leader = new AtomicLong();
    List<Node> nodes = new ArrayList<>();
    for (long id : MEMBERS) {
      nodes.add(new Node(vertx, id, path.resolve("member-" + id), leader));
    }
    for (Node node : nodes) {
      node.call(() -> {
        Map<Long, List<PeerAddress>> others = new HashMap<>();
        nodes.stream()
            .filter(other -> other != node)
            .forEach(other ->
                others.put(other.id, PeerAddress.all(List.of("http://127.0.0.1:" + other.port))));
        node.transport.connectTo(others);
        node.start(vertx);
      });
    }
    while (leader.get() == 0) {
      Thread.onSpinWait();
    }
    Node leading = nodes.get(Math.toIntExact(leader.get()) - 1);
    System.out.printf("member %d leads%n", leading.id);
    leading.call(() -> leading.load(payload, outstanding));
    report(leading, "warm-up", seconds);
    report(leading, "measured", seconds);
    System.exit(0); // Nothing of this is wanted any more.
  }

  private static void report(Node node, String what, long seconds) throws Exception {
    node.call(node::reset);
    long start = System.nanoTime();
    Thread.sleep(seconds * 1_000);
    node.call(() -> {
      double elapsed = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%s: %.0f commits/s, commit p50 %.2f ms p99 %.2f ms, turn p99 %.2f ms p99.9 %.2f ms"
              + " max %.2f ms%n",
          what,
          node.committed / elapsed,
          percentile(node.latencies, 0.5),
          percentile(node.latencies, 0.99),
          percentile(node.turns, 0.99),
          percentile(node.turns, 0.999),
          percentile(node.turns, 1));
    });
  }

  private static double percentile(List<Long> nanos, double share) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int at = (int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share));
    return sorted.isEmpty() ? 0 : sorted.get(at) / 1e6;
  }

  /** One member. All on its own loop, once it is made. */
  private static final class Node implements Consensus.Listener, PeerListener {
    final long id;
    final Context loop;
    final PeerTransport transport;
    final int port;
    final List<Long> latencies = new ArrayList<>();
    final List<Long> turns = new ArrayList<>();
    long committed;
    private final RaftNode node;
    private final AtomicLong leader;
    private final long[] proposedAt = new long[1 << 20];
    private Payload payload = Payload.EMPTY;
    private boolean isLoaded;

    Node(Vertx vertx, long id, Path path, AtomicLong leader) throws Exception {
      this.id = id;
      this.leader = leader;
      this.loop = vertx.getOrCreateContext();
      DataDirectory directory = DataDirectory.open(new RealDisk(), path);
      WriteAheadLog.Opened opened =
          WriteAheadLog.open(directory, SnapshotDirectory.open(directory).loaded(), new Trouble());
      RaftCore core =
          new RaftCore(
              RaftConfig.of(id, 10),
              Bootstrap.restart(opened.log(), opened.recovered(), ConfState.EMPTY, founders()),
              new Random(id));
      CompletableFuture<PeerTransport> made = new CompletableFuture<>();
      CompletableFuture<Integer> listening = new CompletableFuture<>();
      loop.runOnContext(_ -> {
        PeerTransport peers = new PeerTransport(vertx, PortTls.none());
        peers.begin(this);
        peers.listen(0, "127.0.0.1", false).onSuccess(listening::complete);
        made.complete(peers);
      });
      transport = made.get();
      port = listening.get();
      node =
          new RaftNode(
              core, opened.log(), transport, task -> loop.runOnContext(_ -> turn(task)), this);
    }

    private static List<Member> founders() {
      return MEMBERS.stream()
          .map(id -> Member.unstarted(id, "m" + id, List.of("http://m" + id + ":1"), false))
          .toList();
    }

    void call(Runnable task) throws Exception {
      CompletableFuture<Void> done = new CompletableFuture<>();
      loop.runOnContext(_ -> {
        task.run();
        done.complete(null);
      });
      done.get();
    }

    void start(Vertx vertx) {
      vertx.setPeriodic(100, _ -> turn(node::tick));
      node.start();
    }

    void load(Payload command, int outstanding) {
      payload = command;
      isLoaded = true;
      propose(outstanding);
    }

    void reset() {
      committed = 0;
      latencies.clear();
      turns.clear();
    }

    private void turn(Runnable task) {
      long start = System.nanoTime();
      task.run();
      turns.add(System.nanoTime() - start);
    }

    private void propose(int count) {
      Payload[] batch = new Payload[count];
      Arrays.fill(batch, payload);
      switch (node.propose(List.of(batch))) {
        case Proposal.Accepted(_, long first) -> {
          long now = System.nanoTime();
          for (int i = 0; i < count; i++) {
            proposedAt[(int) (first + i) & (proposedAt.length - 1)] = now;
          }
        }
        case Proposal other -> throw new IllegalStateException("not accepted: " + other);
      }
    }

    @Override
    public void committed(List<Entry> entries) {
      Entry last = entries.getLast();
      if (last.index() / SNAPSHOT_EVERY > (last.index() - entries.size()) / SNAPSHOT_EVERY) {
        // The state machine is nothing, so its snapshot is at hand.
        node.snapshotSaved(
            new SnapshotMark(last.index(), last.term()), node.status().conf(), 10_000);
      }
      int own = isLoaded ? count(entries) : 0;
      if (own > 0) {
        loop.runOnContext(_ -> turn(() -> propose(own)));
      }
    }

    private int count(List<Entry> entries) {
      long now = System.nanoTime();
      int own = 0;
      for (Entry entry : entries) {
        if (entry.payload().size() > 0) {
          own++;
          if (committed++ % 16 == 0) {
            latencies.add(now - proposedAt[(int) entry.index() & (proposedAt.length - 1)]);
          }
        }
      }
      return own;
    }

    @Override
    public Greeting greeting() {
      return new Greeting(1, id, id, id, 0, 0, List.of());
    }

    @Override
    public boolean isStillWelcome(Greeting greeting) {
      return true;
    }

    @Override
    public void introduce(List<String> peerUrls, Consumer<Introduction> done) {}

    @Override
    public Optional<Refusal> refusal(Greeting greeting) {
      return Optional.empty();
    }

    @Override
    public void refused(long peer, Refusal refusal) {}

    @Override
    public void welcomed(long peer) {}

    @Override
    public void received(List<Message> messages) {
      turn(() -> node.receive(messages));
    }

    @Override
    public void asked(long peer, LeaderQuestion question) {}

    @Override
    public void told(long peer, StateClaim claim) {}

    @Override
    public void answered(LeaderReply reply) {}

    @Override
    public void unreachable(long peer) {
      node.unreachable(peer);
    }

    @Override
    public void snapshotReceived(long leader, long leaderTerm, State state) {}

    @Override
    public void snapshotStatus(long peer, boolean arrived) {}

    @Override
    public boolean admits(ConfChange change) {
      return true;
    }

    @Override
    public void configured(Entry entry, ConfState conf) {}

    @Override
    public void restored(State state) {}

    @Override
    public void snapshotWanted() {}

    @Override
    public void readable(long token, long index) {}

    @Override
    public void led(Ready.SoftState soft, long term) {
      if (soft.role() == Role.LEADER) {
        leader.set(id);
      }
    }
  }

  private static final class Trouble implements LogStoreEvents {
    @Override
    public void failed(Exception cause) {
      cause.printStackTrace();
      Runtime.getRuntime().halt(1);
    }

    @Override
    public void spaceExhausted(String reason) {
      System.err.println(reason);
    }

    @Override
    public void spaceRegained() {}
  }
}
