package dev.remora.server.tree;

import dev.remora.server.mvcc.SortedTree;

/**
 * What v2 keeps beside the keyspace. Immutable; any thread may read it.
 *
 * @param directories the overlay: directories made by v2, by path
 * @param deadlines the nodes with a TTL, in the order in which they run out
 */
public record Tree(SortedTree<Directory> directories, SortedTree<Deadline> deadlines) {
  /** Nothing but the root, which is nowhere recorded. */
  public static final Tree EMPTY = new Tree(SortedTree.empty(), SortedTree.empty());
}
