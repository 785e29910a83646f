package dev.remora.server.api.v2;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.tree.TreeError;
import dev.remora.server.tree.TreeResult;
import dev.remora.server.tree.TreeWrite;
import java.util.concurrent.atomic.LongAdder;

/**
 * What {@code /v2/stats/store} counts: the v2 operations of all members, as they are applied here,
 * and what is read here. Since the start. Any thread may use it.
 */
public final class StoreCounters {
  final LongAdder getsSuccess = new LongAdder();
  final LongAdder getsFail = new LongAdder();
  final LongAdder setsSuccess = new LongAdder();
  final LongAdder setsFail = new LongAdder();
  final LongAdder deleteSuccess = new LongAdder();
  final LongAdder deleteFail = new LongAdder();
  final LongAdder updateSuccess = new LongAdder();
  final LongAdder updateFail = new LongAdder();
  final LongAdder createSuccess = new LongAdder();
  final LongAdder createFail = new LongAdder();
  final LongAdder compareAndSwapSuccess = new LongAdder();
  final LongAdder compareAndSwapFail = new LongAdder();
  final LongAdder compareAndDeleteSuccess = new LongAdder();
  final LongAdder compareAndDeleteFail = new LongAdder();
  final LongAdder expireCount = new LongAdder();

  /** How many watch now. */
  final LongAdder watchers = new LongAdder();

  /** Nothing was counted yet. */
  public StoreCounters() {}

  /** Counts what was applied, if it is v2's. */
  public void applied(Command command, Outcome outcome) {
    switch (outcome) {
      case Outcome.Expired(int count) -> expireCount.add(count);
      case Outcome.Tree(TreeResult result) when command.bare() instanceof Command.Tree tree ->
          count(tree.write(), result);
      default -> {}
    }
  }

  private void count(TreeWrite write, TreeResult result) {
    switch (result) {
      case TreeResult.Done _ -> success(write).increment();
      case TreeResult.Refused(TreeError error, _, _) ->
          (countsAsSuccess(write, error) ? success(write) : fail(write, error)).increment();
    }
  }

  private LongAdder success(TreeWrite write) {
    return switch (write) {
      case TreeWrite.Set _ -> setsSuccess;
      case TreeWrite.Create _, TreeWrite.CreateInOrder _ -> createSuccess;
      case TreeWrite.Update _ -> updateSuccess;
      case TreeWrite.CompareAndSwap _ -> compareAndSwapSuccess;
      case TreeWrite.Delete _ -> deleteSuccess;
      case TreeWrite.CompareAndDelete _ -> compareAndDeleteSuccess;
    };
  }

  private LongAdder fail(TreeWrite write, TreeError error) {
    return switch (write) {
      case TreeWrite.Set _ -> setsFail;
      case TreeWrite.Create _, TreeWrite.CreateInOrder _ -> {
        if (error == TreeError.NOT_A_DIRECTORY) {
          setsFail.increment(); // etcd counts a file in the way twice.
        }
        yield createFail;
      }
      case TreeWrite.Update _ -> updateFail;
      case TreeWrite.CompareAndSwap _ -> compareAndSwapFail;
      case TreeWrite.Delete _ -> deleteFail;
      case TreeWrite.CompareAndDelete _ -> compareAndDeleteFail;
    };
  }

  /** What etcd refuses and counts as done. */
  private static boolean countsAsSuccess(TreeWrite write, TreeError error) {
    return switch (write) {
      case TreeWrite.Delete _, TreeWrite.CompareAndSwap _ -> error == TreeError.ROOT_READ_ONLY;
      case TreeWrite.Update _ -> error == TreeError.ROOT_READ_ONLY || error == TreeError.NOT_A_FILE;
      case TreeWrite.CompareAndDelete _ ->
          error == TreeError.COMPARE_FAILED || error == TreeError.NOT_A_FILE;
      case TreeWrite.Set _, TreeWrite.Create _, TreeWrite.CreateInOrder _ -> false;
    };
  }
}
