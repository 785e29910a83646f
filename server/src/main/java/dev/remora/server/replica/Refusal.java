package dev.remora.server.replica;

/**
 * Why a member does not talk to another.
 *
 * @param reason what is wrong and what the operator is to do about it; one line
 * @param weight what it means for the one that is refused
 */
public record Refusal(String reason, Weight weight) {
  /** What a refusal means for the one that is refused. */
  public enum Weight {
    /** It may pass: it is to go on trying, but not for ever. */
    PASSING,
    /** It must stop: it can only do harm. */
    FINAL,
    /** It has left the cluster, as somebody wanted, and has nothing to do any more. */
    REMOVED
  }
}
