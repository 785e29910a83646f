package dev.remora.server.replica;

import java.util.List;

/** What a member that was added, and is about to start for the first time, is told. */
public sealed interface Introduction {
  /**
   * Who it is.
   *
   * @param cluster the cluster's id
   * @param member the id that it was given
   * @param members all of them, this one included
   */
  record Known(long cluster, long member, List<Named> members) implements Introduction {
    public Known {
      members = List.copyOf(members);
    }
  }

  /**
   * A member of the cluster.
   *
   * @param name empty if it has not started
   */
  record Named(String name, List<String> peerUrls) {
    public Named {
      peerUrls = List.copyOf(peerUrls);
    }
  }

  /** Why it cannot join, and what the operator is to do about it; one line. */
  record Unknown(String reason) implements Introduction {}

  /** The one that was asked cannot say now. */
  record Unsure(String reason) implements Introduction {}
}
