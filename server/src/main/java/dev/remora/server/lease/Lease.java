package dev.remora.server.lease;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyed;
import java.nio.ByteBuffer;

/**
 * A lease as the log knows it.
 *
 * @param key the id as eight bytes, the order in which leases are listed
 * @param id its id, greater than 0
 * @param ttlSeconds the TTL that was granted, 1 to {@link #TTL_MAX_SECONDS}
 */
public record Lease(Bytes key, long id, long ttlSeconds) implements Keyed {
  /** etcd's bound of a TTL, some 285 years. */
  public static final long TTL_MAX_SECONDS = 9_000_000_000L;

  static Lease of(long id, long ttlSeconds) {
    return new Lease(order(id), id, ttlSeconds);
  }

  static Bytes order(long id) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(id ^ Long.MIN_VALUE).array());
  }
}
