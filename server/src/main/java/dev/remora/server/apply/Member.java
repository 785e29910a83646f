package dev.remora.server.apply;

import java.util.List;

/**
 * A member of the cluster, as all of them know it.
 *
 * @param id an unsigned number, not 0
 * @param name its human name; empty until it has started for the first time
 * @param peerUrls where the others reach it, at least one of them
 * @param clientUrls where clients reach it; none until it has started
 * @param isLearner whether it is meant to have no vote until somebody promotes it. Not whether it
 *     has one now, which {@link State#hasVote} knows: a member that is meant to vote joins without,
 *     and the leader promotes it once it has caught up
 */
public record Member(
    long id, String name, List<String> peerUrls, List<String> clientUrls, boolean isLearner) {
  public Member {
    if (id == 0) {
      throw new IllegalArgumentException("a member's id is not 0");
    }
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
  }

  /** Whether it has started at least once: then it has told its name. */
  public boolean isStarted() {
    return !name.isEmpty();
  }

  /** Reached elsewhere. */
  Member at(List<String> urls) {
    return new Member(id, name, urls, clientUrls, isLearner);
  }

  /** With what it has told of itself. */
  Member published(String itsName, List<String> itsClientUrls) {
    return new Member(id, itsName, peerUrls, itsClientUrls, isLearner);
  }

  /** Meant to vote. */
  Member promoted() {
    return new Member(id, name, peerUrls, clientUrls, false);
  }
}
