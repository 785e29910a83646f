package dev.remora.server.raft;

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
}
