package dev.remora.server.raft;

/** What a member is at the moment (Raft §5.1; pre-candidate: dissertation §9.6). */
public enum Role {
  FOLLOWER,
  PRE_CANDIDATE,
  CANDIDATE,
  LEADER
}
