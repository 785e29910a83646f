package dev.remora.server.mvcc;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link SortedTree}: a leaf of elements or an inner node of nodes.
 *
 * <p>A node may be changed only by the edit that made it, its {@code owner}; for everyone else it
 * is immutable. All leaves are at the same depth. {@code live} counts the live elements below, so
 * that counting a range and skipping over tombstones take logarithmic time.
 */
final class TreeNode {
  /** Most elements or children. One more slot is allocated, for the moment before a split. */
  static final int SIZE_MAX = 32;

  /** Below this a node is merged with a neighbour, if both fit into one. */
  static final int SIZE_MIN = 10;

  /** Who may change a node: one edit, up to its next freeze. Compared by identity. */
  static final class Owner {}

  final Owner owner;

  /** Elements in a leaf, nodes in an inner node; the first {@code size} are in use. */
  final Object[] slots;

  /** The least key of each child; null in a leaf. */
  final Bytes @Nullable [] leasts;

  int size;
  int live;

  private TreeNode(Owner owner, Object[] slots, Bytes @Nullable [] leasts, int size, int live) {
    this.owner = owner;
    this.slots = slots;
    this.leasts = leasts;
    this.size = size;
    this.live = live;
  }

  static TreeNode emptyLeaf(Owner owner) {
    return new TreeNode(owner, new Object[SIZE_MAX + 1], null, 0, 0);
  }

  static TreeNode parentOf(Owner owner, TreeNode left, TreeNode right) {
    TreeNode parent = new TreeNode(owner, new Object[SIZE_MAX + 1], new Bytes[SIZE_MAX + 1], 0, 0);
    parent.insertChild(0, left);
    parent.insertChild(1, right);
    return parent;
  }

  boolean isLeaf() {
    return leasts == null;
  }

  Keyed element(int index) {
    return (Keyed) slots[index];
  }

  TreeNode child(int index) {
    return (TreeNode) slots[index];
  }

  Bytes least() {
    return leasts == null ? element(0).key() : leasts[0];
  }

  /** This node, or a copy that {@code editor} may change. */
  TreeNode ownedBy(Owner editor) {
    return owner == editor
        ? this
        : new TreeNode(editor, slots.clone(), leasts == null ? null : leasts.clone(), size, live);
  }

  /** In a leaf: the place of a key, or -(place where it belongs) - 1. */
  int search(Bytes key) {
    int low = 0;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = element(middle).key().compareTo(key);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -low - 1;
  }

  /** In an inner node: the child whose range the key falls into. */
  int childFor(Bytes key) {
    Bytes[] bounds = leasts();
    int low = 1;
    int high = size - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (bounds[middle].compareTo(key) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return low - 1;
  }

  void insertElement(int index, Keyed element) {
    System.arraycopy(slots, index, slots, index + 1, size - index);
    slots[index] = element;
    size++;
    live += weight(element);
  }

  void replaceElement(int index, Keyed element) {
    live += weight(element) - weight(element(index));
    slots[index] = element;
  }

  void removeElement(int index) {
    live -= weight(element(index));
    removeSlot(index);
  }

  void insertChild(int index, TreeNode child) {
    Bytes[] bounds = leasts();
    System.arraycopy(slots, index, slots, index + 1, size - index);
    System.arraycopy(bounds, index, bounds, index + 1, size - index);
    slots[index] = child;
    bounds[index] = child.least();
    size++;
    live += child.live;
  }

  /** Puts a changed child back into its place; {@code liveBefore} is what it counted before. */
  void replaceChild(int index, TreeNode child, int liveBefore) {
    // A reference that is stored costs the collector something, even if it is the same again.
    if (slots[index] != child) {
      slots[index] = child;
    }
    Bytes[] bounds = leasts();
    Bytes least = child.least();
    if (!isSame(bounds[index], least)) {
      bounds[index] = least;
    }
    live += child.live - liveBefore;
  }

  void removeChild(int index, int liveBefore) {
    Bytes[] bounds = leasts();
    live -= liveBefore;
    System.arraycopy(bounds, index + 1, bounds, index, size - index - 1);
    Arrays.fill(bounds, size - 1, size, null);
    removeSlot(index);
  }

  /** Moves the upper half into a new node at the right. */
  TreeNode split() {
    int keep = size / 2;
    TreeNode right =
        new TreeNode(
            owner, new Object[SIZE_MAX + 1], leasts == null ? null : new Bytes[SIZE_MAX + 1], 0, 0);
    right.takeFrom(this, keep);
    Arrays.fill(slots, keep, size, null);
    if (leasts != null) {
      Arrays.fill(leasts, keep, size, null);
    }
    size = keep;
    live -= right.live;
    return right;
  }

  /** Appends the slots of {@code other} from {@code start} on, which must fit. */
  void takeFrom(TreeNode other, int start) {
    int count = other.size - start;
    System.arraycopy(other.slots, start, slots, size, count);
    if (leasts != null) {
      System.arraycopy(other.leasts(), start, leasts, size, count);
    }
    for (int i = start; i < other.size; i++) {
      live += isLeaf() ? weight(other.element(i)) : other.child(i).live;
    }
    size += count;
  }

  private void removeSlot(int index) {
    System.arraycopy(slots, index + 1, slots, index, size - index - 1);
    Arrays.fill(slots, size - 1, size, null);
    size--;
  }

  private Bytes[] leasts() {
    if (leasts == null) {
      throw new IllegalStateException("a leaf has no children");
    }
    return leasts;
  }

  @SuppressWarnings("ReferenceEquality") // It is about the object.
  private static boolean isSame(Bytes one, Bytes other) {
    return one == other;
  }

  private static int weight(Keyed element) {
    return element.isLive() ? 1 : 0;
  }
}
