package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyed;
import java.nio.ByteBuffer;

/**
 * When a node's TTL runs out; ordered by time, then path.
 *
 * @param key the order: the time as eight bytes that sort like the number, then the path, then a
 *     slash for a directory, so that it and a key it hides do not share a deadline
 * @param expiration nanoseconds since 1970
 * @param path the node
 * @param isDirectory whether it is a directory's
 */
public record Deadline(Bytes key, long expiration, Bytes path, boolean isDirectory)
    implements Keyed {
  static Deadline ofFile(long expiration, Bytes path) {
    return new Deadline(order(expiration).plus(path), expiration, path, false);
  }

  static Deadline ofDirectory(long expiration, Bytes path) {
    return new Deadline(order(expiration).plus(path).plus('/'), expiration, path, true);
  }

  private static Bytes order(long expiration) {
    return Bytes.wrap(ByteBuffer.allocate(Long.BYTES).putLong(expiration ^ Long.MIN_VALUE).array());
  }
}
