package dev.remora.server.lease;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyed;

/**
 * A key that hangs on a lease.
 *
 * @param key the order: the lease, then the attached key
 * @param attached the key that is attached
 */
public record Attachment(Bytes key, Bytes attached) implements Keyed {
  static Attachment of(long lease, Bytes attached) {
    return new Attachment(Lease.order(lease).plus(attached), attached);
  }
}
