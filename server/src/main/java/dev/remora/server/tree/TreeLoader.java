package dev.remora.server.tree;

import dev.remora.server.mvcc.SortedEdit;
import dev.remora.server.mvcc.SortedTree;
import dev.remora.server.mvcc.Version;

/**
 * Puts a tree together again from its directories and the live keys; the deadlines follow from
 * both. Not thread-safe.
 */
public final class TreeLoader {
  private final SortedEdit<Directory> directories = SortedTree.<Directory>empty().edit();
  private final Deadlines deadlines = new Deadlines(SortedTree.empty());

  /** Begins with nothing. */
  public TreeLoader() {}

  /** Adds a directory made by v2. */
  public void add(Directory directory) {
    directories.put(directory);
    deadlines.add(directory);
  }

  /** Adds a live key, for its deadline. */
  public void add(Version live) {
    deadlines.add(live);
  }

  /** The tree that was put together. */
  public Tree finish() {
    return new Tree(directories.freeze(), deadlines.freeze());
  }
}
