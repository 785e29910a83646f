package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;

/** What stands at a path. */
public sealed interface Lookup {
  /** A file. */
  record File(Version version) implements Lookup {}

  /** A directory, without its children. */
  record Found(Node directory) implements Lookup {}

  /** Nothing; {@code cause} is the first component that is missing. */
  record Missing(Bytes cause) implements Lookup {}

  /** A file is in the way: {@code cause}. */
  record Blocked(Bytes cause) implements Lookup {}
}
