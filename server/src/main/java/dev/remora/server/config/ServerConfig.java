package dev.remora.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one server. Valid by construction; keys and defaults are etcd's.
 *
 * @param name this member's human name
 * @param dataDir where the log and the snapshots lie; made if absent
 * @param listenClientUrls where clients are served; at least one
 * @param advertiseClientUrls where clients are told to find this member; at least one
 * @param listenMetricsUrls where metrics and health are served besides
 * @param listenPeerUrls where other members are served; at least one
 * @param peerUrls where other members are told to find this one; its identity is made of them
 * @param initialCluster the members a new cluster begins with, or those of one that is joined; this
 *     one included
 * @param isJoining whether the cluster exists already, and has been told of this member
 * @param clusterToken keeps clusters of the same URLs apart
 * @param restore a backup that the new data directory begins with, if there is one
 * @param isForcedNew whether this member goes on alone with all its data
 * @param heartbeatInterval time between two heartbeats
 * @param electionTimeout least time without a leader before an election; at least five heartbeats
 *     and at most 50 s (etcd's own bounds)
 * @param requestBytesMax largest request of a client
 * @param txnOperationsMax most operations of a transaction
 * @param servesV2 whether the v2 API is served
 * @param v2HistoryWindow how many revisions back a v2 watch may begin
 * @param snapshotEntries after how many entries of the log a snapshot is made
 * @param quotaBytes most bytes that keys and history shall take; the heap may allow fewer
 * @param retention how much history is kept
 * @param auth the users' passwords and tokens
 * @param clientTls of the port for clients
 * @param peerTls of the port for other members, and of this member's connections to them
 * @param clientRules which requests of clients are served at all
 * @param logLevel debug, info, warn or error
 * @param logsJson whether a line of the log is a JSON object
 */
public record ServerConfig(
    String name,
    Path dataDir,
    List<Url> listenClientUrls,
    List<Url> advertiseClientUrls,
    List<Url> listenMetricsUrls,
    List<Url> listenPeerUrls,
    List<Url> peerUrls,
    List<InitialMember> initialCluster,
    boolean isJoining,
    String clusterToken,
    @Nullable Path restore,
    boolean isForcedNew,
    Duration heartbeatInterval,
    Duration electionTimeout,
    int requestBytesMax,
    int txnOperationsMax,
    boolean servesV2,
    long v2HistoryWindow,
    long snapshotEntries,
    long quotaBytes,
    Retention retention,
    AuthConfig auth,
    TlsFiles clientTls,
    TlsFiles peerTls,
    ClientRules clientRules,
    String logLevel,
    boolean logsJson) {
  private static final int HEARTBEATS_PER_ELECTION_MIN = 5;
  private static final long ELECTION_TIMEOUT_MAX_MILLIS = 50_000;
  private static final long REQUEST_BYTES_MOST = 16L << 20;
  private static final long QUOTA_BYTES = 2L << 30;
  private static final String JOINING = "existing";
  private static final String LOG_JSON = "json";

  public ServerConfig {
    listenClientUrls = List.copyOf(listenClientUrls);
    advertiseClientUrls = List.copyOf(advertiseClientUrls);
    listenMetricsUrls = List.copyOf(listenMetricsUrls);
    listenPeerUrls = List.copyOf(listenPeerUrls);
    peerUrls = List.copyOf(peerUrls);
    initialCluster = List.copyOf(initialCluster);
    if (listenClientUrls.isEmpty()
        || advertiseClientUrls.isEmpty()
        || peerUrls.isEmpty()
        || listenPeerUrls.isEmpty()) {
      throw new IllegalArgumentException("a member has URLs to listen on and to be found at");
    }
    if (isTooShort(electionTimeout, heartbeatInterval)) {
      throw new IllegalArgumentException("election timeout below five heartbeats");
    }
  }

  /**
   * Makes a configuration of raw settings; an absent one takes its default.
   *
   * @throws InvalidConfigException naming every mistake found, not only the first
   */
  static ServerConfig from(Map<Setting, String> values) throws InvalidConfigException {
    Settings read = new Settings(values);
    String name = read.nonEmpty(Setting.NAME);
    String dataDir = read.isGiven(Setting.DATA_DIR) ? read.nonEmpty(Setting.DATA_DIR) : "";
    String listenText = read.text(Setting.LISTEN_CLIENT_URLS);
    List<Url> listen = read.urls(Setting.LISTEN_CLIENT_URLS, listenText);
    List<Url> advertise =
        read.isGiven(Setting.ADVERTISE_CLIENT_URLS)
            ? read.urls(Setting.ADVERTISE_CLIENT_URLS, read.text(Setting.ADVERTISE_CLIENT_URLS))
            : listen;
    List<Url> metrics =
        read.isGiven(Setting.LISTEN_METRICS_URLS)
            ? read.urls(Setting.LISTEN_METRICS_URLS, read.text(Setting.LISTEN_METRICS_URLS))
            : List.of();
    List<Url> listenPeers =
        read.urls(Setting.LISTEN_PEER_URLS, read.text(Setting.LISTEN_PEER_URLS));
    List<Url> peers =
        read.urls(
            Setting.INITIAL_ADVERTISE_PEER_URLS, read.text(Setting.INITIAL_ADVERTISE_PEER_URLS));
    List<InitialMember> cluster = InitialMember.read(read, name, peers);
    String state = read.oneOf(Setting.INITIAL_CLUSTER_STATE, List.of("new", JOINING));
    String restore = read.text(Setting.RESTORE);
    boolean isForcedNew = read.isTrue(Setting.FORCE_NEW_CLUSTER);
    if (isForcedNew && !restore.isEmpty()) {
      read.report(Setting.FORCE_NEW_CLUSTER, "is not for a new data directory (--restore)");
    }
    Duration heartbeat = read.millis(Setting.HEARTBEAT_INTERVAL, 1, ELECTION_TIMEOUT_MAX_MILLIS);
    Duration election = read.millis(Setting.ELECTION_TIMEOUT, 1, ELECTION_TIMEOUT_MAX_MILLIS);
    if (isTooShort(election, heartbeat)) {
      read.report(Setting.ELECTION_TIMEOUT, "must be at least five times --heartbeat-interval");
    }
    long requestBytes = read.number(Setting.MAX_REQUEST_BYTES, 1, REQUEST_BYTES_MOST);
    long txnOperations = read.number(Setting.MAX_TXN_OPS, 1, Integer.MAX_VALUE);
    boolean servesV2 = read.isTrue(Setting.ENABLE_V2);
    long window = read.number(Setting.V2_HISTORY_WINDOW, 1, Long.MAX_VALUE);
    long snapshotEntries = read.number(Setting.SNAPSHOT_COUNT, 1, Long.MAX_VALUE);
    long quota = read.number(Setting.QUOTA_BACKEND_BYTES, Long.MIN_VALUE, Long.MAX_VALUE);
    Retention retention =
        read.retention(Setting.AUTO_COMPACTION_MODE, Setting.AUTO_COMPACTION_RETENTION);
    AuthConfig auth = AuthConfig.from(read);
    TlsFiles clientTls = TlsFiles.read(read, TlsFiles.Flags.CLIENTS, listen, "");
    if (metrics.stream().anyMatch(Url::isSecure) && !clientTls.hasCertificate()) {
      read.report(Setting.LISTEN_METRICS_URLS, "https needs --cert-file and --key-file too");
    }
    String peerName = read.text(Setting.PEER_CERT_ALLOWED_CN);
    TlsFiles peerTls = TlsFiles.read(read, TlsFiles.Flags.PEERS, listenPeers, peerName);
    if (!peerName.isEmpty() && peerTls.authority() == null) {
      read.report(Setting.PEER_CERT_ALLOWED_CN, "needs --peer-trusted-ca-file");
    }
    ClientRules rules = ClientRules.read(read);
    String level = read.oneOf(Setting.LOG_LEVEL, List.of("debug", "info", "warn", "error"));
    boolean logsJson =
        read.oneOf(Setting.LOG_FORMAT, List.of("console", LOG_JSON)).equals(LOG_JSON);
    read.finish();
    return new ServerConfig(
        name,
        Path.of(dataDir.isEmpty() ? name + ".etcd" : dataDir),
        listen,
        advertise,
        metrics,
        listenPeers,
        peers,
        cluster,
        state.equals(JOINING),
        read.text(Setting.INITIAL_CLUSTER_TOKEN),
        restore.isEmpty() ? null : Path.of(restore),
        isForcedNew,
        heartbeat,
        election,
        (int) requestBytes,
        (int) txnOperations,
        servesV2,
        window,
        snapshotEntries,
        quotaBytes(quota),
        retention,
        auth,
        clientTls,
        peerTls,
        rules,
        level,
        logsJson);
  }

  /** How long a request may wait for the cluster: etcd's 5 s and two election timeouts. */
  public Duration requestTimeout() {
    return Duration.ofSeconds(5).plus(electionTimeout.multipliedBy(2));
  }

  /** The least TTL a lease is granted: etcd's one and a half election timeouts, rounded up. */
  public long leaseSecondsMin() {
    return (electionTimeout.multipliedBy(3).dividedBy(2).toMillis() + 999) / 1000;
  }

  /** etcd's reading: 0 is the default, and a negative number switches the quota off. */
  private static long quotaBytes(long given) {
    return given == 0 ? QUOTA_BYTES : given < 0 ? Long.MAX_VALUE : given;
  }

  private static boolean isTooShort(Duration election, Duration heartbeat) {
    return election.compareTo(heartbeat.multipliedBy(HEARTBEATS_PER_ELECTION_MIN)) < 0;
  }
}
