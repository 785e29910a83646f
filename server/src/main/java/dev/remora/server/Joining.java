package dev.remora.server;

import dev.remora.server.config.InitialMember;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.Url;
import dev.remora.server.peer.JoinCall;
import dev.remora.server.peer.PeerAddress;
import dev.remora.server.replica.Introduction;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first start of a member that was added to a running cluster: its id was drawn there, so it
 * asks the others who it is, and goes on asking until one of them knows.
 */
final class Joining {
  /** The others may be about to start, too; nobody waits for longer than that. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final Duration RETRY = Duration.ofMillis(500);

  /** Between two lines that say what is waited for. */
  private static final Duration PROGRESS = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  private final ServerConfig config;
  private final List<String> ownUrls;
  private final List<PeerAddress> others;
  private String lastReason = "";
  private long lastLineNanos;

  /** Of this member, which is one of the initial cluster. */
  Joining(ServerConfig config) {
    this.config = config;
    this.ownUrls = Url.texts(config.peerUrls());
    this.others =
        config.initialCluster().stream()
            .filter(member -> !member.name().equals(config.name()))
            .flatMap(member -> PeerAddress.all(Url.texts(member.peerUrls())).stream())
            .toList();
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws StartException saying what to do, if this member cannot join
   */
  Introduction.Known ask(Vertx vertx, PortTls tls) throws StartException {
    if (others.isEmpty()) {
      throw new StartException(
          "--initial-cluster names this member alone: to join a cluster, name the others too");
    }
    JoinCall call = new JoinCall(vertx, tls);
    long until = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (int attempt = 0; System.nanoTime() - until < 0; attempt++) {
        PeerAddress other = others.get(attempt % others.size());
        switch (ask(call, other)) {
          case Introduction.Known known -> {
            check(known);
            return known;
          }
          case Introduction.Unknown(String reason) -> throw new StartException(reason);
          case Introduction.Unsure(String reason) -> tellProgress(other + ": " + reason);
        }
        if ((attempt + 1) % others.size() == 0) {
          TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while joining", e);
    } finally {
      call.close();
    }
    throw new StartException(
        "no member of --initial-cluster could say who this member is, in "
            + PATIENCE.toMinutes()
            + " minutes (the last: "
            + lastReason
            + "): start them, and then this one again");
  }

  private Introduction ask(JoinCall call, PeerAddress other) throws InterruptedException {
    try {
      return call.ask(other, ownUrls).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return new Introduction.Unsure(String.valueOf((cause == null ? e : cause).getMessage()));
    }
  }

  private void tellProgress(String reason) {
    long now = System.nanoTime();
    if (lastReason.isEmpty() || now - lastLineNanos > PROGRESS.toNanos()) {
      LOG.info("asking the cluster who this member is; going on: {}", reason);
      lastLineNanos = now;
    }
    lastReason = reason;
  }

  /** The URLs must be the same on both sides, as etcd asks for; the names need not. */
  private void check(Introduction.Known known) throws StartException {
    Set<String> given =
        config.initialCluster().stream()
            .map(InitialMember::peerUrls)
            .flatMap(urls -> Url.texts(urls).stream())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> real =
        known.members().stream()
            .flatMap(member -> member.peerUrls().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!given.equals(real)) {
      throw new StartException(
          "--initial-cluster names other URLs than the cluster has: give --initial-cluster "
              + initialCluster(known));
    }
  }

  private String initialCluster(Introduction.Known known) {
    return known.members().stream()
        .flatMap(member ->
            member.peerUrls().stream()
                .map(url -> (member.name().isEmpty() ? config.name() : member.name()) + "=" + url))
        .collect(Collectors.joining(","));
  }
}
