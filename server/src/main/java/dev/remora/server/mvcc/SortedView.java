package dev.remora.server.mvcc;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What can be read of an ordered tree, finished or being edited.
 *
 * <p>Ranges run from a key, included, to a bound, excluded; an empty bound means without end.
 *
 * @param <V> what the tree holds
 */
public abstract class SortedView<V extends Keyed> {
  SortedView() {}

  abstract TreeNode root();

  /** The element of exactly this key, live or not. */
  public Optional<V> find(Bytes key) {
    TreeNode node = root();
    while (!node.isLeaf()) {
      node = node.child(node.childFor(key));
    }
    int index = node.search(key);
    return index < 0 ? Optional.empty() : Optional.of(element(node, index));
  }

  /** The first live element in a range. */
  public Optional<V> firstLive(Bytes from, Bytes to) {
    First<V> first = new First<>();
    scanLive(from, to, first);
    return Optional.ofNullable(first.found);
  }

  /** Visits the live elements of a range in order, until the visitor answers false. */
  public void scanLive(Bytes from, Bytes to, Predicate<? super V> visitor) {
    scan(root(), from, to, true, visitor);
  }

  /** Visits all elements of a range in order, live or not, until the visitor answers false. */
  public void scan(Bytes from, Bytes to, Predicate<? super V> visitor) {
    scan(root(), from, to, false, visitor);
  }

  /** How many live elements a range has, in logarithmic time. */
  public int countLive(Bytes from, Bytes to) {
    int below = countBelow(from);
    return Math.max(0, (to.isEmpty() ? root().live : countBelow(to)) - below);
  }

  /** How many live elements there are. */
  public int sizeLive() {
    return root().live;
  }

  private int countBelow(Bytes bound) {
    int count = 0;
    TreeNode node = root();
    while (!node.isLeaf()) {
      int index = node.childFor(bound);
      for (int i = 0; i < index; i++) {
        count += node.child(i).live;
      }
      node = node.child(index);
    }
    for (int i = 0; i < node.size && node.element(i).key().compareTo(bound) < 0; i++) {
      count += node.element(i).isLive() ? 1 : 0;
    }
    return count;
  }

  private boolean scan(
      TreeNode node, Bytes from, Bytes to, boolean onlyLive, Predicate<? super V> visitor) {
    if (onlyLive && node.live == 0) {
      return true;
    }
    if (node.isLeaf()) {
      return scanLeaf(node, from, to, onlyLive, visitor);
    }
    for (int i = node.childFor(from); i < node.size; i++) {
      TreeNode child = node.child(i);
      if (!to.isEmpty() && child.least().compareTo(to) >= 0) {
        return false;
      }
      if (!scan(child, from, to, onlyLive, visitor)) {
        return false;
      }
    }
    return true;
  }

  private boolean scanLeaf(
      TreeNode leaf, Bytes from, Bytes to, boolean onlyLive, Predicate<? super V> visitor) {
    int start = leaf.search(from);
    for (int i = start < 0 ? -start - 1 : start; i < leaf.size; i++) {
      V element = element(leaf, i);
      if (!to.isEmpty() && element.key().compareTo(to) >= 0) {
        return false;
      }
      if ((!onlyLive || element.isLive()) && !visitor.test(element)) {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("unchecked") // A tree only ever holds what its typed edit has put.
  final V element(TreeNode leaf, int index) {
    return (V) leaf.element(index);
  }

  private static final class First<V> implements Predicate<V> {
    private @Nullable V found;

    @Override
    public boolean test(V element) {
      found = element;
      return false;
    }
  }
}
