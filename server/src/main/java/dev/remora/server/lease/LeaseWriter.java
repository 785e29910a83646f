package dev.remora.server.lease;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.SortedEdit;
import dev.remora.server.mvcc.Version;
import java.util.List;
import java.util.Optional;

/** Changes leases as the log says. Not thread-safe; single writer. */
public final class LeaseWriter {
  private final SortedEdit<Lease> granted;
  private final SortedEdit<Attachment> attachments;

  /** Goes on from a state of all leases. */
  public LeaseWriter(Leases start) {
    this.granted = start.granted().edit();
    this.attachments = start.attachments().edit();
  }

  /** Whether a lease is granted. */
  public boolean exists(long id) {
    return granted.find(Lease.order(id)).isPresent();
  }

  /** Grants a lease whose id is free. */
  public void grant(long id, long ttlSeconds) {
    granted.put(Lease.of(id, ttlSeconds));
  }

  /** The keys on a lease, in their order. */
  public List<Bytes> keys(long id) {
    return Leases.keys(attachments, id);
  }

  /** Forgets a lease, from which all keys must have been removed. */
  public void revoke(long id) {
    if (!keys(id).isEmpty()) {
      throw new IllegalStateException("lease " + id + " still has keys");
    }
    granted.remove(Lease.order(id));
  }

  /** Keeps the attachments true to the keys; to be told of every change of a key. */
  public void keyChanged(Optional<Version> before, Version now) {
    before
        .filter(version -> version.lease() != 0 && version.lease() != now.lease())
        .ifPresent(
            version -> attachments.remove(Attachment.of(version.lease(), version.key()).key()));
    if (now.lease() != 0) {
      attachments.put(Attachment.of(now.lease(), now.key()));
    }
  }

  /** All leases as they now are, in constant time. */
  public Leases freeze() {
    return new Leases(granted.freeze(), attachments.freeze());
  }
}
