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
 * @param incarnation of its data directory, drawn at random: another one has another memory of what
 *     was promised. 0 until it has started; never changes after that; no client sees it
 */
public record Member(
    long id,
    String name,
    List<String> peerUrls,
    List<String> clientUrls,
    boolean isLearner,
    long incarnation) {
  public Member {
    if (id == 0) {
      throw new IllegalArgumentException("a member's id is not 0");
    }
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
  }

  /** One that has not started yet. */
  public static Member unstarted(long id, String name, List<String> peerUrls, boolean isLearner) {
    return new Member(id, name, peerUrls, List.of(), isLearner, 0);
  }

  /** Whether it has started at least once: then it has told its name. */
  public boolean isStarted() {
    return !name.isEmpty();
  }

  /** Reached elsewhere. */
  Member at(List<String> urls) {
    return new Member(id, name, urls, clientUrls, isLearner, incarnation);
  }

  /** With what it has told of itself. */
  Member published(String itsName, List<String> itsClientUrls, long itsIncarnation) {
    return new Member(id, itsName, peerUrls, itsClientUrls, isLearner, itsIncarnation);
  }

  /** Meant to vote. */
  Member promoted() {
    return new Member(id, name, peerUrls, clientUrls, false, incarnation);
  }
}
