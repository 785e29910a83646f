package dev.remora.server.raft;

/** What an entry's payload is for. */
public enum EntryKind {
  /** The state machine; an empty one only opens its leader's term (Raft §8). */
  COMMAND,

  /** The group's own membership: an encoded {@link ConfChange}. */
  CONF_CHANGE
}
