package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;

/**
 * What somebody wants to do, as it will be done: each needs a right of its own. A request is as
 * many of them as it has parts, and all must be allowed.
 */
public sealed interface Operation {
  /** v3: reads keys, or watches or compares them, or is shown what they were. */
  record Read(KeyRange range) implements Operation {}

  /** v3: changes or removes keys, or what keeps them alive. */
  record Write(KeyRange range) implements Operation {}

  /**
   * v2: reads or watches a path.
   *
   * @param path as it was requested, decoded; a slash at the end counts
   * @param isRecursive whether all below it is meant too
   */
  record ReadPath(Bytes path, boolean isRecursive) implements Operation {}

  /** v2: changes a path; the parameters as in {@link ReadPath}. */
  record WritePath(Bytes path, boolean isRecursive) implements Operation {}

  /** What every user may do, but nobody who does not say who they are. */
  record Use() implements Operation {}

  /** Looks at a user: at oneself, or as root. */
  record LookAtUser(String name) implements Operation {}

  /** Looks at a role: at one's own, or as root. */
  record LookAtRole(String name) implements Operation {}

  /** What only root may do. */
  record Administer() implements Operation {}
}
