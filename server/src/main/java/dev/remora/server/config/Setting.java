package dev.remora.server.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Every setting of the server, by etcd's flag names, with its default and what it is for. */
enum Setting {
  NAME("name", "NAME", "default", "this member's human name"),
  DATA_DIR("data-dir", "DIR", "", "where the log and the snapshots lie (default: NAME.etcd)"),
  LISTEN_CLIENT_URLS(
      "listen-client-urls",
      "URLS",
      "http://localhost:2379",
      "where clients are served, comma-separated"),
  ADVERTISE_CLIENT_URLS(
      "advertise-client-urls",
      "URLS",
      "",
      "where clients are told to find this member (default: the URLs it listens on)"),
  LISTEN_PEER_URLS(
      "listen-peer-urls", "URLS", "http://localhost:2380", "where other members are served"),
  INITIAL_ADVERTISE_PEER_URLS(
      "initial-advertise-peer-urls",
      "URLS",
      "http://localhost:2380",
      "where other members are told to find this one"),
  INITIAL_CLUSTER(
      "initial-cluster",
      "NAME=URL,…",
      "",
      "the members a new cluster begins with (default: this one alone)"),
  INITIAL_CLUSTER_STATE("initial-cluster-state", "new|existing", "new", "new, or to be joined"),
  INITIAL_CLUSTER_TOKEN(
      "initial-cluster-token", "TEXT", "etcd-cluster", "keeps clusters of the same URLs apart"),
  RESTORE("restore", "FILE", "", "a backup that a new data directory begins with"),
  FORCE_NEW_CLUSTER(
      "force-new-cluster",
      "true|false",
      "false",
      "whether this member goes on alone, with all its data: the others are lost"),
  HEARTBEAT_INTERVAL("heartbeat-interval", "MILLIS", "100", "time between two heartbeats"),
  ELECTION_TIMEOUT(
      "election-timeout", "MILLIS", "1000", "least time without a leader before an election"),
  MAX_REQUEST_BYTES("max-request-bytes", "BYTES", "1572864", "largest request of a client"),
  MAX_TXN_OPS("max-txn-ops", "COUNT", "128", "most operations of a transaction"),
  ENABLE_V2("enable-v2", "true|false", "true", "whether the v2 API is served"),
  V2_HISTORY_WINDOW("v2-history-window", "REVISIONS", "1000", "how far back a v2 watch may begin"),
  SNAPSHOT_COUNT(
      "snapshot-count", "ENTRIES", "100000", "after how many entries a snapshot is made"),
  QUOTA_BACKEND_BYTES(
      "quota-backend-bytes",
      "BYTES",
      "0",
      "most bytes that keys and history take; 0 for 2 GiB, at most 0.7 of the heap"),
  AUTO_COMPACTION_MODE(
      "auto-compaction-mode", "periodic|revision", Retention.PERIODIC, "compact by age or count"),
  AUTO_COMPACTION_RETENTION(
      "auto-compaction-retention",
      "AGE|COUNT",
      "0",
      "history that is kept: hours or 1h30m, or revisions; 0 leaves it to the other bounds"),
  AUTH_TOKEN_TTL("auth-token-ttl", "SECONDS", "300", "how long a token of a user lasts"),
  BCRYPT_COST("bcrypt-cost", "COST", "10", "how long a password takes to be hashed: 2^COST rounds"),
  AUTH_PASSWORD_LENGTH(
      "auth-password-length", "BYTES", "1", "shortest password that a user can be given"),
  LOG_LEVEL("log-level", "LEVEL", "info", "debug, info, warn or error"),
  LOG_FORMAT("log-format", "console|json", "console", "lines to read, or one JSON object a line"),
  CONFIG_FILE("config-file", "FILE", "", "a YAML file of these settings; flags win over it"),
  CERT_FILE("cert-file", "FILE", "", "the certificate shown to clients, PEM"),
  KEY_FILE("key-file", "FILE", "", "its private key, PEM"),
  TRUSTED_CA_FILE(
      "trusted-ca-file", "FILE", "", "whose certificates clients must have to be served, PEM"),
  CLIENT_CERT_AUTH(
      "client-cert-auth",
      "true|false",
      "false",
      "whether a client's certificate names a user; it must have one with --trusted-ca-file"
          + " anyway"),
  CLIENT_CRL_FILE("client-crl-file", "FILE", "", "certificates of clients that were revoked"),
  AUTO_TLS("auto-tls", "true|false", "false", "whether the certificate for clients is made here"),
  PEER_CERT_FILE("peer-cert-file", "FILE", "", "the certificate shown to other members, PEM"),
  PEER_KEY_FILE("peer-key-file", "FILE", "", "its private key, PEM"),
  PEER_TRUSTED_CA_FILE(
      "peer-trusted-ca-file", "FILE", "", "whose certificates other members must have, PEM"),
  PEER_CLIENT_CERT_AUTH(
      "peer-client-cert-auth",
      "true|false",
      "false",
      "whether other members must have a certificate; so it is with --peer-trusted-ca-file anyway"),
  PEER_CERT_ALLOWED_CN(
      "peer-cert-allowed-cn",
      "NAME",
      "",
      "the common name that the certificates of other members must have"),
  PEER_CRL_FILE("peer-crl-file", "FILE", "", "certificates of members that were revoked"),
  PEER_AUTO_TLS(
      "peer-auto-tls",
      "true|false",
      "false",
      "whether the certificate for other members is made here; theirs are not verified"),
  LISTEN_METRICS_URLS(
      "listen-metrics-urls", "URLS", "", "where metrics and health are served besides, to anybody"),
  CORS("cors", "ORIGINS", "*", "web pages whose requests are served, as http://HOST:PORT,…"),
  HOST_WHITELIST(
      "host-whitelist", "HOSTS", "*", "names of this server that are served without TLS"),
  MAX_CONCURRENT_STREAMS(
      "max-concurrent-streams", "COUNT", "1000", "most requests at a time on one connection"),
  MAX_CONNECTIONS_PER_ADDRESS(
      "max-connections-per-address", "COUNT", "0", "most connections of one client; 0 for any"),
  MAX_RANGE_KEYS("max-range-keys", "COUNT", "0", "most keys that one read answers with; 0 for any");

  private final String key;
  private final String argument;
  private final String fallback;
  private final String help;

  Setting(String key, String argument, String fallback, String help) {
    this.key = key;
    this.argument = argument;
    this.fallback = fallback;
    this.help = help;
  }

  /** etcd's name of it, as in a flag or a file. */
  String key() {
    return key;
  }

  /** The same in the environment. */
  String variable() {
    return "REMORA_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** What its value looks like. */
  String argument() {
    return argument;
  }

  /** Its default; empty if that depends on other settings. */
  String fallback() {
    return fallback;
  }

  /** What it is for. */
  String help() {
    return help;
  }

  static Optional<Setting> of(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }
}
