package dev.remora.server.mvcc;

/** What made a change, in the words of etcd's v2 API, which shows them in events. */
public enum Action {
  /** An unconditional v2 write, and every v3 put. */
  SET("set"),
  /** A v2 write of a key that was absent, POST included. */
  CREATE("create"),
  /** A v2 write of a key that was present. */
  UPDATE("update"),
  /** A v2 write conditional on value or index. */
  COMPARE_AND_SWAP("compareAndSwap"),
  /** A removal by request: v2 or v3 delete, or the revocation of a lease. */
  DELETE("delete"),
  /** A v2 removal conditional on value or index. */
  COMPARE_AND_DELETE("compareAndDelete"),
  /** A removal because time ran out: a v2 TTL, or a lease. */
  EXPIRE("expire");

  private final String word;

  Action(String word) {
    this.word = word;
  }

  /** The word on the wire. */
  public String word() {
    return word;
  }

  /** Whether this takes a key away. */
  public boolean isRemoval() {
    return switch (this) {
      case SET, CREATE, UPDATE, COMPARE_AND_SWAP -> false;
      case DELETE, COMPARE_AND_DELETE, EXPIRE -> true;
    };
  }
}
