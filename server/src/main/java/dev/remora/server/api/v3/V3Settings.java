package dev.remora.server.api.v3;

import java.time.Duration;

/**
 * The settings of the v3 door.
 *
 * @param version the etcd version that {@code status} tells clients, who choose by it
 * @param minLeaseTtlSeconds a shorter TTL is raised to this
 * @param maxRequestBytes largest write, as etcd's --max-request-bytes
 * @param maxTxnOps most operations in one list of a transaction, as etcd's --max-txn-ops
 * @param maxRangeKeys most keys that one range answers with; 0 for any number
 * @param progressInterval time between two progress notices of a watch that has nothing to tell
 * @param requestTimeout how long a reply is waited for
 */
public record V3Settings(
    String version,
    long minLeaseTtlSeconds,
    int maxRequestBytes,
    int maxTxnOps,
    long maxRangeKeys,
    Duration progressInterval,
    Duration requestTimeout) {
  /** What etcd lets a message be longer than a write, so that a read is not refused before it. */
  private static final int MESSAGE_SLACK_BYTES = 512 * 1024;

  /** etcd's defaults. */
  public static final V3Settings DEFAULT =
      new V3Settings(
          "3.4.44", 2, 1536 * 1024, 128, 0, Duration.ofMinutes(10), Duration.ofSeconds(7));

  public V3Settings {
    if (minLeaseTtlSeconds < 1 || maxRequestBytes < 1 || maxTxnOps < 1) {
      throw new IllegalArgumentException(
          "not positive: " + minLeaseTtlSeconds + ", " + maxRequestBytes + ", " + maxTxnOps);
    }
  }

  /** Largest message in its binary form, of a request or of a part of a fragmented response. */
  int maxMessageBytes() {
    return (int) Math.min(Integer.MAX_VALUE / 4, (long) maxRequestBytes + MESSAGE_SLACK_BYTES);
  }

  /** Largest body, or message in a stream, in its JSON form: base64 takes a third more. */
  int maxJsonBytes() {
    return 2 * maxMessageBytes();
  }
}
