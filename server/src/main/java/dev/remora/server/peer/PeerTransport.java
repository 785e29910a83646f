package dev.remora.server.peer;

import dev.remora.server.notice.Notices;
import dev.remora.server.peer.proto.DigestMessage;
import dev.remora.server.peer.proto.Hello;
import dev.remora.server.peer.proto.LeaderQuestionMessage;
import dev.remora.server.peer.proto.LeaderReplyMessage;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.Ping;
import dev.remora.server.peer.proto.Refused;
import dev.remora.server.peer.proto.SnapshotOffer;
import dev.remora.server.peer.proto.Welcome;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Greeting;
import dev.remora.server.replica.LeaderQuestion;
import dev.remora.server.replica.LeaderReply;
import dev.remora.server.replica.PeerListener;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.replica.StateClaim;
import dev.remora.server.replica.Transport;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This member's connections to and from the others. On the replica's loop only.
 *
 * <p>Each member opens one connection to each other, and only sends on it; so who may speak is
 * decided by the one that is spoken to.
 */
public final class PeerTransport implements Transport {
  static final int FORMAT = 4;
  private static final int QUEUE_BYTES_MAX = 8 << 20;

  /** Between two signs of life on a connection. */
  static final Duration PING = Duration.ofSeconds(1);

  /** A connection that is silent for so long is dead: the other's machine, or the way there. */
  private static final Duration SILENCE_MAX = PING.multipliedBy(5);

  /** Who has not said by then who it is, is hung up on. */
  private static final Duration GREETING_MAX = Duration.ofSeconds(10);

  private static final Duration SNAPSHOT_RETRY = Duration.ofMillis(500);

  private static final Logger LOG = LoggerFactory.getLogger(PeerTransport.class);

  private final Vertx vertx;
  private Optional<PeerListener> begun = Optional.empty();
  private final List<NetServer> servers = new ArrayList<>();
  private final List<NetServer> secureServers = new ArrayList<>();

  /** Whoever is out there can cause them. */
  private final Notices refusals = new Notices(LOG);

  private final PeerCounts counts = new PeerCounts();
  private final PortTls tls;
  private final Dialer dialer;
  private final Map<Long, PeerLink> links = new HashMap<>();

  /** The start of each other member that speaks to this one, and its connection. */
  private final Map<Long, Speaker> speakers = new HashMap<>();

  private long pinging;

  /** The members that a snapshot is on its way to. */
  private final Map<Long, SnapshotSender> senders = new HashMap<>();

  private Optional<SnapshotFiles> snapshots = Optional.empty();
  private boolean isReceiving;

  private record Speaker(Greeting greeting, NetSocket socket) {}

  /**
   * Makes one that drops all until it has begun.
   *
   * @param tls of the ports that listen for TLS, and of the connections to such
   */
  public PeerTransport(Vertx vertx, PortTls tls) {
    this.vertx = vertx;
    this.tls = tls;
    this.dialer =
        new Dialer(
            vertx,
            tls,
            new NetClientOptions()
                .setTcpNoDelay(true)
                .setTcpUserTimeout(Math.toIntExact(SILENCE_MAX.toMillis())));
  }

  /** Begins; to be called once, before it connects or listens. */
  public void begin(PeerListener listener) {
    begun = Optional.of(listener);
    pinging = vertx.setPeriodic(PING.toMillis(), _ -> ping());
  }

  /** What goes between this member and the others. Any thread may read it. */
  public PeerCounts counts() {
    return counts;
  }

  /** From now on carries snapshots, too. Before it connects or listens. */
  public void carry(SnapshotFiles files) {
    snapshots = Optional.of(files);
  }

  private PeerListener listener() {
    return begun.orElseThrow(() -> new IllegalStateException("it has not begun"));
  }

  /**
   * Listens for the others; done with the port.
   *
   * @param isSecure whether over TLS; then there is a certificate to show
   */
  public Future<Integer> listen(int port, String host, boolean isSecure) {
    NetServerOptions options =
        new NetServerOptions()
            .setTcpNoDelay(true)
            .setIdleTimeout(Math.toIntExact(SILENCE_MAX.toSeconds()))
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    if (isSecure) {
      tls.secure(options);
    }
    NetServer server =
        vertx
            .createNetServer(options)
            .exceptionHandler(cause ->
                PortTls.failure(cause)
                    .ifPresent(reason ->
                        refusals.warn("refused at the TLS handshake on the peer port: " + reason)))
            .connectHandler(this::accept);
    servers.add(server);
    if (isSecure) {
      secureServers.add(server);
    }
    return server.listen(port, host).map(NetServer::actualPort);
  }

  /**
   * From now on uses the certificates that are in force now, for new connections; those that are
   * there stay.
   */
  public Future<Void> renew() {
    return Future.join(
            secureServers.stream()
                .flatMap(server ->
                    tls.server().stream().map(options -> server.updateSSLOptions(options, true)))
                .toList())
        .mapEmpty();
  }

  /**
   * From now on sends to these members, to those that speak to this one, and to no other.
   *
   * @param members the addresses of each, tried in turn; at least one
   */
  public void connectTo(Map<Long, List<PeerAddress>> members) {
    links
        .entrySet()
        .removeIf(link -> {
          List<PeerAddress> addresses = members.get(link.getKey());
          boolean isOld =
              addresses == null
                  ? !speakers.containsKey(link.getKey())
                  : !link.getValue().addresses().equals(addresses);
          if (isOld) {
            link.getValue().close();
          }
          return isOld;
        });
    members.forEach((peer, addresses) -> links.computeIfAbsent(peer, _ -> link(peer, addresses)));
  }

  /** Hangs up on those that would not be let in now. */
  public void dismissStrangers() {
    List<Speaker> strangers =
        speakers.values().stream()
            .filter(speaker -> !listener().isStillWelcome(speaker.greeting()))
            .toList();
    for (Speaker stranger : strangers) {
      speakers.remove(stranger.greeting().member());
      stranger.socket().close();
    }
  }

  private PeerLink link(long peer, List<PeerAddress> addresses) {
    return new PeerLink(
        vertx,
        dialer,
        addresses,
        () -> hello(peer, Optional.empty()),
        refusal -> listener().refused(peer, refusal),
        () -> listener().welcomed(peer),
        SILENCE_MAX,
        counts.of(peer));
  }

  @Override
  public void send(Message message) {
    long peer = message.to();
    // Later, both: the core is in the middle of a turn.
    if (message instanceof Message.Snapshot snapshot) {
      vertx.runOnContext(_ -> sendSnapshot(snapshot));
    } else if (!send(peer, MessageCodec.encode(message))) {
      counts.of(peer).lost();
      vertx.runOnContext(_ -> listener().unreachable(peer));
    }
  }

  /** A failure is told after a while, since it would be tried again at once. */
  private void sendSnapshot(Message.Snapshot message) {
    long peer = message.to();
    PeerLink link = links.get(peer);
    if (link == null || snapshots.isEmpty() || senders.containsKey(peer)) {
      listener().snapshotStatus(peer, false);
      return;
    }
    senders.put(
        peer,
        SnapshotSender.begin(
            vertx,
            dialer,
            link.address(),
            snapshots.get(),
            file -> hello(peer, Optional.of(offer(file, message.term()))),
            hasArrived -> {
              if (hasArrived) {
                senders.remove(peer);
                listener().snapshotStatus(peer, true);
              } else {
                vertx.setTimer(
                    SNAPSHOT_RETRY.toMillis(),
                    _ -> {
                      senders.remove(peer);
                      listener().snapshotStatus(peer, false);
                    });
              }
            }));
  }

  private static SnapshotOffer offer(SnapshotFiles.Outgoing file, long leaderTerm) {
    return SnapshotOffer.newBuilder()
        .setIndex(file.mark().index())
        .setTerm(file.mark().term())
        .setBytes(file.bytes())
        .setLeaderTerm(leaderTerm)
        .build();
  }

  @Override
  public void ask(long leader, LeaderQuestion question) {
    send(
        leader,
        to(leader)
            .setLeaderQuestion(
                LeaderQuestionMessage.newBuilder()
                    .setToken(question.token())
                    .setKind(kind(question.kind()))
                    .setId(question.id()))
            .build());
  }

  private static LeaderQuestionMessage.Kind kind(LeaderQuestion.Kind kind) {
    return switch (kind) {
      case TIME_TO_LIVE -> LeaderQuestionMessage.Kind.TIME_TO_LIVE;
      case KEEP_ALIVE -> LeaderQuestionMessage.Kind.KEEP_ALIVE;
      case IN_SYNC -> LeaderQuestionMessage.Kind.IN_SYNC;
    };
  }

  @Override
  public void answer(long peer, LeaderReply reply) {
    send(
        peer,
        to(peer)
            .setLeaderReply(
                LeaderReplyMessage.newBuilder()
                    .setToken(reply.token())
                    .setKnown(reply.seconds().isPresent())
                    .setSeconds(reply.seconds().orElse(0L)))
            .build());
  }

  @Override
  public void tell(long peer, StateClaim claim) {
    send(
        peer,
        to(peer)
            .setDigest(
                DigestMessage.newBuilder()
                    .setFormat(PeerInlet.DIGEST_FORMAT)
                    .setIndex(claim.index())
                    .setDigest(claim.digest()))
            .build());
  }

  @Override
  public boolean isConnected(long peer) {
    PeerLink link = links.get(peer);
    return link != null && link.isConnected();
  }

  @Override
  public OptionalLong connectedSinceNanos(long peer) {
    PeerLink link = links.get(peer);
    return link != null && link.isConnected()
        ? OptionalLong.of(link.connectedSinceNanos())
        : OptionalLong.empty();
  }

  private boolean send(long peer, PeerMessage message) {
    PeerLink link = links.get(peer);
    return link != null && link.send(message);
  }

  /** Closes all connections. */
  public Future<Void> close() {
    vertx.cancelTimer(pinging);
    List.copyOf(senders.values()).forEach(SnapshotSender::cancel);
    links.values().forEach(PeerLink::close);
    links.clear();
    return Future.join(servers.stream().map(NetServer::close).toList())
        .eventually(dialer::close)
        .mapEmpty();
  }

  private PeerMessage.Builder to(long peer) {
    return PeerMessage.newBuilder().setFrom(listener().greeting().member()).setTo(peer);
  }

  private PeerMessage hello(long peer, Optional<SnapshotOffer> offer) {
    Greeting self = listener().greeting();
    Hello.Builder hello =
        Hello.newBuilder()
            .setFormat(FORMAT)
            .setCluster(self.cluster())
            .setIncarnation(self.incarnation())
            .setBoot(self.boot())
            .setLastIndex(self.lastIndex())
            .addAllPeerUrls(self.peerUrls());
    offer.ifPresent(hello::setSnapshot);
    return to(peer).setTerm(self.term()).setHello(hello).build();
  }

  private void ping() {
    links.keySet().forEach(peer -> send(peer, to(peer).setPing(Ping.getDefaultInstance()).build()));
  }

  private void accept(NetSocket socket) {
    socket.setWriteQueueMaxSize(QUEUE_BYTES_MAX);
    PeerInlet inlet =
        new PeerInlet(
            FORMAT,
            listener().greeting().member(),
            listener(),
            (greeting, offer) -> admit(socket, greeting, offer),
            urls -> introduce(socket, urls));
    socket.handler(bytes -> take(socket, inlet, bytes));
    vertx.setTimer(
        GREETING_MAX.toMillis(),
        _ -> {
          if (!inlet.hasGreeted()) {
            socket.close(); // Or it is closed already.
          }
        });
    socket.exceptionHandler(cause -> LOG.debug("connection of a peer broke", cause));
    socket.closeHandler(_ ->
        speakers.computeIfPresent(
            inlet.peer(), (_, speaker) -> speaker.socket().equals(socket) ? null : speaker));
  }

  private boolean admit(NetSocket socket, Greeting greeting, Optional<SnapshotOffer> offer) {
    Optional<Refusal> refusal =
        cloned(greeting)
            .or(() -> listener().refusal(greeting))
            .or(() -> offer.isPresent() ? busy() : Optional.empty());
    PeerMessage.Builder answer = to(greeting.member());
    if (refusal.isPresent()) {
      refusals.warn(
          "refused member %x at %s: %s"
              .formatted(greeting.member(), socket.remoteAddress(), refusal.get().reason()));
      answer.setRefused(message(refusal.get()));
      socket.end(Frames.frame(answer.build().toByteArray()));
      return false;
    }
    if (offer.isPresent()) {
      receive(socket, greeting.member(), offer.get());
      welcome(socket, answer);
      return true;
    }
    Speaker before = speakers.put(greeting.member(), new Speaker(greeting, socket));
    if (before != null) {
      before.socket().close(); // The same start connects again: the first is half-dead.
    }
    welcome(socket, answer);
    // One that this member does not know yet, since its own log is behind, wants to be answered.
    if (!greeting.peerUrls().isEmpty()) {
      links.computeIfAbsent(
          greeting.member(), peer -> link(peer, PeerAddress.all(greeting.peerUrls())));
    }
    return true;
  }

  private static void welcome(NetSocket socket, PeerMessage.Builder answer) {
    socket.write(
        Frames.frame(answer.setWelcome(Welcome.getDefaultInstance()).build().toByteArray()));
  }

  private Optional<Refusal> busy() {
    return isReceiving || snapshots.isEmpty()
        ? Optional.of(new Refusal("this member takes no snapshot now", Refusal.Weight.PASSING))
        : Optional.empty();
  }

  private void receive(NetSocket socket, long peer, SnapshotOffer offer) {
    isReceiving = true;
    new SnapshotReceiver(
        vertx,
        socket,
        offer,
        snapshots.orElseThrow(),
        () -> to(peer),
        state -> listener().snapshotReceived(peer, offer.getLeaderTerm(), state),
        () -> isReceiving = false);
  }

  private static Refused message(Refusal refusal) {
    return Refused.newBuilder()
        .setReason(refusal.reason())
        .setFinal(refusal.weight() != Refusal.Weight.PASSING)
        .setRemoved(refusal.weight() == Refusal.Weight.REMOVED)
        .build();
  }

  /** It has no id yet; whatever it is told, it comes again, if at all, as a member. */
  private void introduce(NetSocket socket, List<String> peerUrls) {
    listener()
        .introduce(
            peerUrls,
            introduction -> {
              LOG.info("asked by a new member at {}: {}", peerUrls, introduction);
              socket.end(Frames.frame(JoinCodec.encode(introduction).toByteArray()));
            });
  }

  /**
   * Two starts of one member speak at a time. That may pass: a machine may have died with its
   * connection standing, which then ends for its silence.
   */
  private Optional<Refusal> cloned(Greeting greeting) {
    Speaker speaker = speakers.get(greeting.member());
    return speaker == null || speaker.greeting().boot() == greeting.boot()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                "member %x is running already at %s: if its data directory was copied, remove the"
                        .formatted(greeting.member(), speaker.socket().remoteAddress())
                    + " copy and start it as a new member",
                Refusal.Weight.PASSING));
  }

  private void take(NetSocket socket, PeerInlet inlet, Buffer bytes) {
    try {
      inlet.take(bytes);
      if (inlet.peer() != 0) {
        counts.of(inlet.peer()).received(bytes.length());
      }
    } catch (InvalidFrameException e) {
      refusals.warn("refused what came from " + socket.remoteAddress() + ": " + e.getMessage());
      socket.close();
    }
  }
}
