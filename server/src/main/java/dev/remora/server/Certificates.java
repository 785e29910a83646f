package dev.remora.server;

import dev.remora.server.config.InvalidConfigException;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.config.TlsFiles;
import dev.remora.server.config.Url;
import dev.remora.server.tls.BadCredentialsException;
import dev.remora.server.tls.PortTls;
import dev.remora.server.tls.SelfMade;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates of this server's ports, and when their files are looked at again. */
final class Certificates {
  /** How soon a changed file is seen. */
  private static final Duration LOOK = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final PortTls clients;
  private final PortTls members;

  private Certificates(PortTls clients, PortTls members) {
    this.clients = clients;
    this.members = members;
  }

  /**
   * Reads the files that are named, so that all mistakes are told before anything is begun; blocks.
   *
   * @throws InvalidConfigException naming every mistake
   */
  static void check(ServerConfig config) throws InvalidConfigException {
    List<String> problems = new ArrayList<>();
    problems.addAll(PortTls.problems(config.clientTls()));
    problems.addAll(PortTls.problems(config.peerTls()));
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  /**
   * Reads them, and makes those that are to be made here; blocks.
   *
   * @throws StartException if they cannot be used
   */
  static Certificates open(ServerConfig config) throws StartException {
    warn(config);
    Path directory = config.dataDir().resolve("tls");
    try {
      TlsFiles ofClients =
          SelfMade.complete(
              config.clientTls(),
              directory.resolve("client"),
              hosts(config.listenClientUrls(), config.advertiseClientUrls()));
      TlsFiles ofMembers =
          SelfMade.complete(
              config.peerTls(),
              directory.resolve("peer"),
              hosts(config.listenPeerUrls(), config.peerUrls()));
      return new Certificates(
          PortTls.read(ofClients, PortTls.Role.CLIENTS),
          PortTls.read(ofMembers, PortTls.Role.MEMBERS));
    } catch (BadCredentialsException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new StartException(
          "a self-made certificate cannot be kept in " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void warn(ServerConfig config) {
    boolean isSecure = config.listenClientUrls().stream().anyMatch(Url::isSecure);
    if (config.clientTls().hasCertificate() && !isSecure) {
      LOG.warn("there is a certificate for clients, but no https in --listen-client-urls");
    }
    boolean isPeerSecure = config.listenPeerUrls().stream().anyMatch(Url::isSecure);
    if (config.peerTls().hasCertificate() && !isPeerSecure) {
      LOG.warn("there is a certificate for members, but no https in --listen-peer-urls");
    }
    if (isPeerSecure && !config.peerTls().verifies()) {
      LOG.warn(
          "the peer port lets in whoever speaks TLS: give --peer-trusted-ca-file to verify"
              + " members");
    }
  }

  private static List<String> hosts(List<Url> listened, List<Url> advertised) {
    return Stream.of(listened, advertised).flatMap(Collection::stream).map(Url::host).toList();
  }

  /** Of the ports for clients. */
  PortTls clients() {
    return clients;
  }

  /** Of the port for other members, and the connections to them. */
  PortTls members() {
    return members;
  }

  /**
   * Looks at the files from now on.
   *
   * @param ofClients told when those for clients have changed
   * @param ofMembers told when those for members have
   */
  void watch(Vertx vertx, Runnable ofClients, Runnable ofMembers) {
    vertx.setPeriodic(
        LOOK.toMillis(),
        _ ->
            vertx
                .executeBlocking(() -> {
                  if (clients.reread()) {
                    ofClients.run();
                  }
                  if (members.reread()) {
                    ofMembers.run();
                  }
                  return true;
                })
                .onFailure(cause -> LOG.warn("the certificates were not looked at", cause)));
  }
}
