package dev.remora.server.apply;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.tree.TreeWrite;
import java.util.List;

/** How much a command may add to the state: what the quota is asked for before it is done. */
public final class Growth {
  /** What a key, a directory or a lease takes beside its bytes, about. */
  private static final int OVERHEAD_BYTES = 160;

  private Growth() {}

  /**
   * Most bytes that a command may add, about.
   *
   * @return 0 for what must go on when there is no room: reads, and what makes room again. That a
   *     removal leaves a tombstone until it is compacted does not count.
   */
  public static long bytes(Command command) {
    return switch (command) {
      case Command.Tree(TreeWrite write) -> bytes(write);
      case Command.Operation operation -> bytes(operation);
      case Command.LeaseGrant _ -> OVERHEAD_BYTES;
      case Command.Expire _,
          Command.Compact _,
          Command.LeaseRevoke _,
          Command.SetAlarm _,
          Command.ChangeAuth _, // It has bounds of its own.
          Command.MemberChange _ ->
          0;
      case Command.Stamped(_, Command inner) -> bytes(inner);
    };
  }

  private static long bytes(TreeWrite write) {
    return switch (write) {
      case TreeWrite.Set set -> bytes(set.path(), set.value());
      case TreeWrite.Create create -> bytes(create.path(), create.value());
      case TreeWrite.CreateInOrder create -> bytes(create.path(), create.value());
      case TreeWrite.Update update -> bytes(update.path(), update.value());
      case TreeWrite.CompareAndSwap swap -> bytes(swap.path(), swap.value());
      case TreeWrite.Delete _, TreeWrite.CompareAndDelete _ -> 0;
    };
  }

  private static long bytes(Command.Operation operation) {
    return switch (operation) {
      case Command.Put put -> bytes(put.key(), put.value());
      case Command.Txn txn -> Math.max(bytes(txn.success()), bytes(txn.failure()));
      case Command.DeleteRange _, Command.Range _ -> 0;
    };
  }

  private static long bytes(List<Command.Operation> operations) {
    return operations.stream().mapToLong(operation -> bytes(operation)).sum();
  }

  private static long bytes(Bytes key, Bytes value) {
    return (long) OVERHEAD_BYTES + key.length() + value.length();
  }
}
