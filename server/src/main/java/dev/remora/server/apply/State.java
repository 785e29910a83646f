package dev.remora.server.apply;

import dev.remora.server.lease.Leases;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.raft.ConfState;
import dev.remora.server.tree.Tree;
import dev.remora.server.tree.TreeView;

/**
 * All that a member knows, after one entry of the log. Immutable; any thread may read it.
 *
 * @param index the entry it stands after; 0 for none
 * @param term that entry's term
 * @param conf who belongs to the group
 * @param keyspace the keys and their history
 * @param tree what v2 keeps beside them
 * @param leases the leases of v3
 */
public record State(
    long index, long term, ConfState conf, Keyspace keyspace, Tree tree, Leases leases) {
  /** Before the first entry. */
  public static final State EMPTY =
      new State(0, 0, ConfState.EMPTY, Keyspace.EMPTY, Tree.EMPTY, Leases.EMPTY);

  /** The newest revision; v2 calls it X-Etcd-Index. */
  public long revision() {
    return keyspace.revision();
  }

  /** The v2 view of this state. */
  public TreeView treeView() {
    return new TreeView(keyspace.newest(), tree.directories());
  }
}
