package dev.remora.server.replica;

import java.util.concurrent.Executor;
import java.util.function.IntPredicate;

/** Frees compacted history in portions, so that no turn of the loop takes long over it. */
final class Trimming {
  /** Most compacted changes freed in one turn of the loop. */
  private static final int CHANGES_MAX = 2_000;

  private final Executor loop;
  private final IntPredicate trimmer;
  private final Runnable done;
  private boolean isUnderWay;

  /**
   * On a replica's loop.
   *
   * @param trimmer frees at most so many changes; whether some are left
   * @param done is run when none are
   */
  Trimming(Executor loop, IntPredicate trimmer, Runnable done) {
    this.loop = loop;
    this.trimmer = trimmer;
    this.done = done;
  }

  boolean isUnderWay() {
    return isUnderWay;
  }

  /** Begins in a later turn, unless it is under way. */
  void begin() {
    if (!isUnderWay) {
      isUnderWay = true;
      loop.execute(this::trim);
    }
  }

  private void trim() {
    isUnderWay = trimmer.test(CHANGES_MAX);
    if (isUnderWay) {
      loop.execute(this::trim);
    } else {
      done.run();
    }
  }
}
