package dev.remora.server.simulation;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.Message;
import dev.remora.server.storage.StorageException;

/** What runs in a member's process from one start to its end. */
interface Server {
  /** Starts servers of one kind. */
  @FunctionalInterface
  interface Starter {
    /** Goes on from what is on the member's disk. */
    Server start(SimMember member) throws StorageException;

    /** Checks, at the end of a run, what can only be seen then. */
    default void check() {}
  }

  void tick();

  /**
   * Takes a message.
   *
   * @param content what travels with a snapshot, else 0
   */
  void receive(Message message, long content);

  /** Takes a client's write; the clients hear when it is applied here. */
  void propose(long operation, int bytes);

  /** Takes a client's read; the clients hear when it may be served here. */
  void read(long operation);

  void proposeConf(ConfChange change);

  void transferLeader(long target);

  void forgetLeader();

  void campaign();

  /** A message to this member was lost, as far as is known. */
  void unreachable(long peer);

  boolean isLeader();

  /** The one it follows or is; 0 for none. */
  long leader();

  long term();

  /** What is on its way to the disk. */
  SimLogThreads threads();
}
