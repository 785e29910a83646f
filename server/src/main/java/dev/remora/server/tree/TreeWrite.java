package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;

/**
 * A change that v2 asks for. Paths are {@code /} or satisfy {@link Paths#isPath}; expirations are
 * as in {@link Version#expiration}, {@link Version#PERMANENT} if no TTL was given.
 */
public sealed interface TreeWrite {
  /** Where. */
  Bytes path();

  /** Makes or replaces a file, or makes a directory; a refresh keeps the value and tells nobody. */
  record Set(Bytes path, Bytes value, boolean isDirectory, long expiration, boolean isRefresh)
      implements TreeWrite {}

  /** Makes a file or directory where nothing is. */
  record Create(Bytes path, Bytes value, boolean isDirectory, long expiration)
      implements TreeWrite {}

  /** Makes a file or directory inside {@code path}, under a name that is the next revision. */
  record CreateInOrder(Bytes path, Bytes value, boolean isDirectory, long expiration)
      implements TreeWrite {}

  /** Changes a file, or the TTL of a directory. */
  record Update(Bytes path, Bytes value, long expiration, boolean isRefresh) implements TreeWrite {}

  /**
   * Changes a file if it is as expected.
   *
   * @param previousValue the value it must have; empty for any
   * @param previousIndex the modifiedIndex it must have, an unsigned number; 0 for any
   */
  record CompareAndSwap(
      Bytes path,
      Bytes value,
      Bytes previousValue,
      long previousIndex,
      long expiration,
      boolean isRefresh)
      implements TreeWrite {}

  /** Removes a file, or a directory if one of the two flags allows it. */
  record Delete(Bytes path, boolean isDirectory, boolean isRecursive) implements TreeWrite {}

  /** Removes a file if it is as expected; the expectations are those of a swap. */
  record CompareAndDelete(Bytes path, Bytes previousValue, long previousIndex)
      implements TreeWrite {}
}
