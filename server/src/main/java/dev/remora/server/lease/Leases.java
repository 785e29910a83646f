package dev.remora.server.lease;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.SortedTree;
import dev.remora.server.mvcc.SortedView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All leases and what hangs on them. Immutable; any thread may read it.
 *
 * @param granted the leases by id
 * @param attachments the keys on leases, by lease, then key
 */
public record Leases(SortedTree<Lease> granted, SortedTree<Attachment> attachments) {
  /** No lease. */
  public static final Leases EMPTY = new Leases(SortedTree.empty(), SortedTree.empty());

  /** A lease, if it is granted. */
  public Optional<Lease> find(long id) {
    return granted.find(Lease.order(id));
  }

  /** The ids of all leases, ascending. */
  public List<Long> ids() {
    List<Long> ids = new ArrayList<>(granted.sizeLive());
    granted.scan(Bytes.EMPTY, Bytes.EMPTY, lease -> ids.add(lease.id()));
    return ids;
  }

  /** The keys on a lease, in their order. */
  public List<Bytes> keys(long id) {
    return keys(attachments, id);
  }

  static List<Bytes> keys(SortedView<Attachment> attachments, long id) {
    List<Bytes> keys = new ArrayList<>();
    Bytes from = Lease.order(id);
    Bytes to = id == Long.MAX_VALUE ? Bytes.EMPTY : Lease.order(id + 1);
    attachments.scan(from, to, attachment -> keys.add(attachment.attached()));
    return keys;
  }
}
