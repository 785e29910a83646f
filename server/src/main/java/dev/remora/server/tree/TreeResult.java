package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;

/** What came of a v2 operation. */
public sealed interface TreeResult {
  /**
   * It was done.
   *
   * @param event what it did, as the reply and the watchers see it
   * @param isCreated whether the node was not there before
   */
  record Done(TreeEvent event, boolean isCreated) implements TreeResult {}

  /**
   * It was refused, and nothing has changed.
   *
   * @param cause etcd's cause: mostly a path; empty for none
   * @param index the revision it was refused at
   */
  record Refused(TreeError error, Bytes cause, long index) implements TreeResult {}
}
