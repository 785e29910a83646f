package dev.remora.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.replica.Greeting;
import dev.remora.server.replica.Introduction;
import dev.remora.server.replica.LeaderQuestion;
import dev.remora.server.replica.LeaderReply;
import dev.remora.server.replica.PeerListener;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.replica.SnapshotMark;
import dev.remora.server.replica.StateClaim;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A snapshot goes from member 1 to member 2 over real sockets; the files are made up. */
final class SnapshotTransferTest {
  private static final int BYTES = 3 * (256 << 10) + 7;
  private static final int PATIENCE_SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final Files from = new Files();
  private final Files to = new Files();
  private final End sender = new End(1);
  private final End receiver = new End(2);

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void aSnapshotArrivesWholeAndIsToldToBothEnds() throws Exception {
    begin(listen(receiver, to));

    assertThat(sender.statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(receiver.received.poll()).isEqualTo("1 in term 5");
    assertThat(to.kept).isEqualTo(from.content);
    Awaitility.await().until(() -> to.open.get() == 0 && from.open.get() == 0);
  }

  @Test
  void aSnapshotThatDoesNotVerifyIsNotTakenAndTheSenderHears() throws Exception {
    to.isDamaged = true;
    begin(listen(receiver, to));

    assertThat(sender.statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
    assertThat(receiver.received).isEmpty();
    assertThat(to.kept).isEmpty();
    Awaitility.await().until(() -> to.open.get() == 0 && from.open.get() == 0);
  }

  @Test
  void aFileThatEndsEarlyIsNotTaken() throws Exception {
    from.announced = BYTES + 1;
    CompletableFuture<PeerTransport> transport = new CompletableFuture<>();
    int port = listen(receiver, to);
    vertx.runOnContext(_ -> transport.complete(start(sender, from)));
    connect(transport.get(), port);
    Awaitility.await().until(() -> to.written.get() == BYTES);
    vertx.runOnContext(_ -> transport.join().close());

    assertThat(sender.statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
    Awaitility.await().until(() -> to.open.get() == 0 && from.open.get() == 0);
    assertThat(receiver.received).isEmpty();
  }

  @Test
  void aReceiverThatFallsSilentIsGivenUp() throws Exception {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    vertx
        .createNetServer()
        .connectHandler(NetSocket::pause)
        .listen(0, "127.0.0.1")
        .onSuccess(server -> port.complete(server.actualPort()));
    begin(port.get());

    assertThat(sender.statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
    Awaitility.await().until(() -> from.open.get() == 0);
  }

  @Test
  void asLongAsOneIsUnderWayAnotherIsRefused() throws Exception {
    from.announced = BYTES + 1; // So the first never ends.
    int port = listen(receiver, to);
    begin(port);
    Awaitility.await().until(() -> to.written.get() == BYTES);
    End other = new End(1);
    CompletableFuture<PeerTransport> transport = new CompletableFuture<>();
    vertx.runOnContext(_ -> transport.complete(start(other, new Files())));
    connect(transport.get(), port);

    assertThat(other.statuses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isFalse();
    assertThat(to.open.get()).as("the first is untouched").isEqualTo(1);
  }

  private int listen(End end, Files files) throws Exception {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    vertx.runOnContext(
        _ -> start(end, files).listen(0, "127.0.0.1", false).onSuccess(port::complete));
    return port.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private void begin(int port) throws Exception {
    CompletableFuture<PeerTransport> transport = new CompletableFuture<>();
    vertx.runOnContext(_ -> transport.complete(start(sender, from)));
    connect(transport.get(), port);
  }

  private void connect(PeerTransport transport, int port) {
    SnapshotMeta meta = new SnapshotMeta(9, 4, ConfState.of(List.of(1L, 2L)));
    vertx.runOnContext(_ -> {
      transport.connectTo(Map.of(2L, PeerAddress.all(List.of("http://127.0.0.1:" + port))));
      transport.send(new Message.Snapshot(1, 2, 5, meta));
    });
  }

  private PeerTransport start(End end, Files files) {
    PeerTransport transport = new PeerTransport(vertx, PortTls.none());
    transport.begin(end);
    transport.carry(files);
    return transport;
  }

  /** One member. */
  private static final class End implements PeerListener {
    final long member;
    final BlockingQueue<Boolean> statuses = new LinkedBlockingQueue<>();
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    End(long member) {
      this.member = member;
    }

    @Override
    public void introduce(List<String> peerUrls, Consumer<Introduction> done) {}

    @Override
    public boolean isStillWelcome(Greeting greeting) {
      return true;
    }

    @Override
    public Greeting greeting() {
      return new Greeting(77, member, 0, 0, 0, 0, List.of());
    }

    @Override
    public Optional<Refusal> refusal(Greeting greeting) {
      return Optional.empty();
    }

    @Override
    public void refused(long peer, Refusal refusal) {}

    @Override
    public void welcomed(long peer) {}

    @Override
    public void received(List<Message> messages) {}

    @Override
    public void asked(long peer, LeaderQuestion question) {}

    @Override
    public void told(long peer, StateClaim claim) {}

    @Override
    public void answered(LeaderReply reply) {}

    @Override
    public void unreachable(long peer) {}

    @Override
    public void snapshotReceived(long leader, long leaderTerm, State state) {
      received.add(leader + " in term " + leaderTerm);
    }

    @Override
    public void snapshotStatus(long peer, boolean arrived) {
      statuses.add(arrived);
    }
  }

  /** Files in memory, which counts those that are open. */
  private static final class Files implements SnapshotFiles {
    final byte[] content = new byte[BYTES];
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger written = new AtomicInteger();
    volatile byte[] kept = {};
    volatile long announced = BYTES;
    volatile boolean isDamaged;

    Files() {
      for (int i = 0; i < BYTES; i++) {
        content[i] = (byte) (i * 31 + i / 1000);
      }
    }

    @Override
    public Outgoing openNewest() {
      open.incrementAndGet();
      return new Outgoing() {
        private int at;

        @Override
        public SnapshotMark mark() {
          return new SnapshotMark(9, 4);
        }

        @Override
        public long bytes() {
          return announced;
        }

        @Override
        public byte[] read(int bytesMax) {
          int from = at;
          at = Math.min(BYTES, at + bytesMax);
          return Arrays.copyOfRange(content, from, at);
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }

    @Override
    public Outgoing copy(State state) {
      return openNewest();
    }

    @Override
    public Incoming receive(SnapshotMark mark, long bytes) {
      open.incrementAndGet();
      byte[] all = new byte[Math.toIntExact(bytes)];
      return new Incoming() {
        @Override
        public void write(byte[] next) {
          System.arraycopy(next, 0, all, written.get(), next.length);
          written.addAndGet(next.length);
        }

        @Override
        public State finish() throws IOException {
          if (isDamaged) {
            throw new IOException("damaged");
          }
          kept = all;
          return State.EMPTY;
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }
  }
}
