package dev.remora.server.raft;

import java.util.HashSet;
import java.util.Set;

/** What only a leader knows, besides its members' progress and its reads. */
final class Leadership {
  /** Whom the leadership is being handed over to, 0 for nobody. */
  long transferee;

  /** Whether somebody was told to campaign at once; that message may arrive at any time. */
  boolean isHandedOver;

  /** The index up to which there may be a configuration change that is not yet applied. */
  long pendingConfIndex;

  /** Bytes of payload in the log that were proposed in this term and are not yet applied. */
  long uncommittedBytes;

  /** The turn in which it lost its vote and began to leave; 0 if it does not. */
  long leavingSinceTurn;

  /** The commit index then. */
  long leavingAtIndex;

  /** Who is known to know of that. */
  final Set<Long> informed = new HashSet<>();
}
