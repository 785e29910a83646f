package dev.remora.server.mvcc;

import java.util.Iterator;

/**
 * An immutable ordered tree of elements by key: a B+ tree that is changed by path-copying.
 *
 * <p>Any thread may read it, without a lock. A changed tree shares all untouched nodes with the one
 * it came from; an {@link SortedEdit} copies each touched node once, however many changes it makes.
 *
 * @param <V> what it holds
 */
public final class SortedTree<V extends Keyed> extends SortedView<V> implements Iterable<V> {
  private static final TreeNode EMPTY_LEAF = TreeNode.emptyLeaf(new TreeNode.Owner());

  private final TreeNode root;

  SortedTree(TreeNode root) {
    this.root = root;
  }

  /** A tree without elements. */
  public static <V extends Keyed> SortedTree<V> empty() {
    return new SortedTree<>(EMPTY_LEAF);
  }

  /** Begins a series of changes; this tree stays as it is. */
  public SortedEdit<V> edit() {
    return new SortedEdit<>(root);
  }

  /** All elements in order, live or not. */
  @Override
  public Iterator<V> iterator() {
    return new SortedIterator<>(root);
  }

  @Override
  TreeNode root() {
    return root;
  }
}
