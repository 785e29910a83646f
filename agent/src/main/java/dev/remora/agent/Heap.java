package dev.remora.agent;

import dev.remora.agent.template.Limits;
import dev.remora.agent.template.Machine;

/**
 * The memory of this process, as far as templates may use it.
 *
 * <p>One that would use it up is stopped, since running out of memory ends the whole agent. What is
 * in use is only known after a collection; one is asked for when most of the heap is taken, and
 * then not again before half of what it freed is taken too.
 *
 * <p>Not thread-safe.
 */
final class Heap implements Machine {
  /** Of the heap; beyond it the collector finds no room to work in. */
  private static final double SHARE_MAX = 0.75;

  private final Runtime runtime = Runtime.getRuntime();
  private long usedAtNextLook;

  /** The limits of a template in a heap of this size. */
  Limits limits() {
    return Limits.ofHeap(runtime.maxMemory());
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public boolean isShortOfMemory() {
    long max = runtime.maxMemory();
    long used = used();
    if (used < max * SHARE_MAX || used < usedAtNextLook) {
      return false;
    }
    System.gc();
    long live = used();
    usedAtNextLook = live + (max - live) / 2;
    return live > max * SHARE_MAX;
  }

  private long used() {
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
