package dev.remora.server.raft;

/**
 * What a member must remember over a restart besides its log (Raft §5.2).
 *
 * @param term the latest term it has seen; 0 before the first election
 * @param vote the member it voted for in that term; 0 for none
 * @param commit the highest index it knows to be committed: only a hint, safe to be older than the
 *     truth
 */
public record HardState(long term, long vote, long commit) {
  /** Of a member that has never run. */
  public static final HardState INITIAL = new HardState(0, 0, 0);

  public HardState {
    if (term < 0 || commit < 0) {
      throw new IllegalArgumentException("hard state with term " + term + ", commit " + commit);
    }
  }
}
