package dev.remora.server.mvcc;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A tree that is being changed, by one writer. Reads see the changes made so far.
 *
 * @param <V> what it holds
 */
public final class SortedEdit<V extends Keyed> extends SortedView<V> {
  private TreeNode.Owner token = new TreeNode.Owner();
  private TreeNode root;

  /** What the last insertion split off, at the right of the node it went into. */
  private @Nullable TreeNode splitOff;

  SortedEdit(TreeNode root) {
    this.root = root;
  }

  @Override
  TreeNode root() {
    return root;
  }

  /** Puts an element, in place of an earlier one of the same key. */
  public void put(V element) {
    merge(element.key(), _ -> element);
  }

  /**
   * Puts what is made of the element of a key, or of nothing if there is none: a look-up and a
   * {@link #put} for the price of one.
   *
   * @param made the element to put; it must have this key, and nothing else may be changed or read
   *     of this tree while it is made
   */
  public void merge(Bytes key, Function<Optional<V>, V> made) {
    splitOff = null;
    TreeNode changed = merge(root, key, made);
    TreeNode right = splitOff;
    if (right != null) {
      root = TreeNode.parentOf(token, changed, right);
    } else if (changed != root) {
      root = changed;
    }
  }

  /** Removes the element of a key, if there is one. */
  public void remove(Bytes key) {
    if (find(key).isEmpty()) {
      return;
    }
    root = remove(root, key);
    while (!root.isLeaf() && root.size == 1) {
      root = root.child(0);
    }
    if (root.size == 0) {
      root = TreeNode.emptyLeaf(token);
    }
  }

  /** The tree as it now is, in constant time. The edit may go on, on copies. */
  public SortedTree<V> freeze() {
    token = new TreeNode.Owner();
    return new SortedTree<>(root);
  }

  private TreeNode merge(TreeNode shared, Bytes key, Function<Optional<V>, V> made) {
    TreeNode node = shared.ownedBy(token);
    if (node.isLeaf()) {
      int index = node.search(key);
      if (index >= 0) {
        node.replaceElement(index, made.apply(Optional.of(element(node, index))));
      } else {
        node.insertElement(-index - 1, made.apply(Optional.empty()));
      }
    } else {
      int index = node.childFor(key);
      int liveBefore = node.child(index).live;
      TreeNode child = merge(node.child(index), key, made);
      TreeNode right = splitOff;
      node.replaceChild(index, child, liveBefore);
      if (right != null) {
        splitOff = null;
        node.insertChild(index + 1, right);
      }
    }
    if (node.size > TreeNode.SIZE_MAX) {
      splitOff = node.split();
    }
    return node;
  }

  private TreeNode remove(TreeNode shared, Bytes key) {
    TreeNode node = shared.ownedBy(token);
    if (node.isLeaf()) {
      node.removeElement(node.search(key));
      return node;
    }
    int index = node.childFor(key);
    int liveBefore = node.child(index).live;
    TreeNode child = remove(node.child(index), key);
    if (child.size == 0) {
      node.removeChild(index, liveBefore);
      return node;
    }
    node.replaceChild(index, child, liveBefore);
    if (child.size < TreeNode.SIZE_MIN) {
      mergeWithNeighbour(node, index);
    }
    return node;
  }

  private void mergeWithNeighbour(TreeNode parent, int index) {
    int left = index > 0 ? index - 1 : index;
    int right = left + 1;
    if (right >= parent.size
        || parent.child(left).size + parent.child(right).size > TreeNode.SIZE_MAX) {
      return;
    }
    TreeNode kept = parent.child(left).ownedBy(token);
    TreeNode gone = parent.child(right);
    int liveBefore = kept.live;
    kept.takeFrom(gone, 0);
    parent.removeChild(right, gone.live);
    parent.replaceChild(left, kept, liveBefore);
  }
}
