package dev.remora.server.mvcc;

/** One thing that happened to the keyspace at a revision. */
public sealed interface Change permits Version, DirectoryChange {
  /** The revision it belongs to; several changes of one transaction share it. */
  long modRevision();

  /** What made it. */
  Action action();
}
