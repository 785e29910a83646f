package dev.remora.server.mvcc;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Goes through a finished tree in order; for one thread, any. */
final class SortedIterator<V extends Keyed> implements Iterator<V> {
  /** From the leaf up to the root; those with nothing left are gone. */
  private final Deque<Step> path = new ArrayDeque<>();

  private static final class Step {
    private final TreeNode node;
    private int next;

    Step(TreeNode node) {
      this.node = node;
    }

    boolean isDone() {
      return next == node.size;
    }
  }

  SortedIterator(TreeNode root) {
    if (root.size > 0) {
      descend(root);
    }
  }

  @Override
  public boolean hasNext() {
    return !path.isEmpty();
  }

  @Override
  @SuppressWarnings("unchecked") // A tree only ever holds what its typed edit has put.
  public V next() {
    if (path.isEmpty()) {
      throw new NoSuchElementException();
    }
    Step leaf = path.element();
    V element = (V) leaf.node.element(leaf.next++);
    if (leaf.isDone()) {
      moveOn();
    }
    return element;
  }

  private void moveOn() {
    while (!path.isEmpty() && path.element().isDone()) {
      path.pop();
    }
    if (!path.isEmpty()) {
      Step inner = path.element();
      descend(inner.node.child(inner.next++));
    }
  }

  private void descend(TreeNode from) {
    TreeNode node = from;
    Step step = new Step(node);
    path.push(step);
    while (!node.isLeaf()) {
      node = node.child(step.next++);
      step = new Step(node);
      path.push(step);
    }
  }
}
