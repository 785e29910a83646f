package dev.remora.server.api.v2;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.tree.TreeWrite;

/** What a valid request to {@code /v2/keys} asks for. */
sealed interface KeysRequest {
  /** A read of the newest state: the member's own, or with {@code isQuorum} the cluster's. */
  record Read(Bytes path, boolean isRecursive, boolean isQuorum) implements KeysRequest {}

  /**
   * A watch, of one event or with {@code isStream} of all.
   *
   * @param index the first index wanted, an unsigned number; 0 for what comes next
   */
  record Watch(Bytes path, boolean isRecursive, boolean isStream, long index)
      implements KeysRequest {}

  /** A change; with {@code isQuiet} the reply does not show the nodes. */
  record Write(TreeWrite write, boolean isQuiet) implements KeysRequest {}

  /** No valid request. */
  record Invalid(KeysError error) implements KeysRequest {}
}
