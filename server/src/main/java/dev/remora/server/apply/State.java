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
 * @param alarms the alarms of all members
 * @param members who they are, and who has left
 * @param digest a number for all that was applied: equal on all members after the same entry
 */
public record State(
    long index,
    long term,
    ConfState conf,
    Keyspace keyspace,
    Tree tree,
    Leases leases,
    Alarms alarms,
    Members members,
    long digest) {
  /** What a directory, a lease or an attachment of a key takes, about. */
  private static final int SMALL_BYTES = 200;

  /** Before the first entry. */
  public static final State EMPTY =
      new State(
          0,
          0,
          ConfState.EMPTY,
          Keyspace.EMPTY,
          Tree.EMPTY,
          Leases.EMPTY,
          Alarms.NONE,
          Members.EMPTY,
          0);

  /** The newest revision; v2 calls it X-Etcd-Index. */
  public long revision() {
    return keyspace.revision();
  }

  /** What it takes of the heap, history included, about: what the quota bounds. */
  public long sizeBytes() {
    long others =
        (long) tree.directories().sizeLive()
            + leases.granted().sizeLive()
            + leases.attachments().sizeLive();
    return keyspace.totalBytes() + SMALL_BYTES * others;
  }

  /** Whether a member has a vote now. */
  public boolean hasVote(long member) {
    return conf.has(member) && !conf.learners().contains(member);
  }

  /** The v2 view of this state. */
  public TreeView treeView() {
    return new TreeView(keyspace.newest(), tree.directories());
  }
}
