package dev.remora.server.raft.progress;

/**
 * One member as the leader sees it.
 *
 * <p>{@code match} is what the member's log is known to agree up to, {@code next} what is sent
 * next: {@code match < next} always. In {@link Phase#REPLICATE} {@code next} runs ahead of the
 * answers.
 */
public final class Progress {
  private final long id;
  private final Inflights inflights;

  private long match;
  private long next;

  /** The highest commit index that is on its way to the member. */
  private long sentCommit;

  private Phase phase = Phase.PROBE;
  private long pendingSnapshot;
  private boolean isLearner;
  private boolean isActive;

  /** Whether appends wait for an answer. */
  private boolean isFlowPaused;

  private long readPosition;
  private long ackedReadPosition;

  /** The read position at which the stream began. */
  private long streamBegan;

  /**
   * A member of whose log nothing is known.
   *
   * @param next the first index to try
   * @param inflights its window, empty
   */
  public Progress(long id, long next, Inflights inflights) {
    this.id = id;
    this.next = next;
    this.inflights = inflights;
  }

  /** The member's id. */
  public long id() {
    return id;
  }

  /** The highest index known to agree with the leader's log. */
  public long match() {
    return match;
  }

  /** The next index to send. */
  public long next() {
    return next;
  }

  /** How it is sent to. */
  public Phase phase() {
    return phase;
  }

  /** The index of the snapshot that is under way, 0 for none. */
  public long pendingSnapshot() {
    return pendingSnapshot;
  }

  /** Whether it has no vote. */
  public boolean isLearner() {
    return isLearner;
  }

  /** Whether it was heard of in this election timeout. */
  public boolean isActive() {
    return isActive;
  }

  /** How many appends are under way. */
  public int inflightCount() {
    return inflights.count();
  }

  /** Whether the window has no room. */
  public boolean isInflightFull() {
    return inflights.isFull();
  }

  /** Whether no append may be sent. */
  public boolean isPaused() {
    return phase == Phase.SNAPSHOT || isFlowPaused;
  }

  /** Whether an append may carry entries: the window only bounds the stream. */
  public boolean hasRoom() {
    return phase != Phase.REPLICATE || !inflights.isFull();
  }

  /** Whether news of this commit index would tell it something. */
  public boolean canLearnCommit(long commit) {
    return commit > sentCommit && sentCommit < next - 1;
  }

  /** The newest read position that was sent to it. */
  public long readPosition() {
    return readPosition;
  }

  /** The newest read position that it has answered. */
  public long ackedReadPosition() {
    return ackedReadPosition;
  }

  /** A message with this read position leaves. */
  public void sentReadPosition(long position) {
    readPosition = position;
  }

  /** A message with this read position was answered. */
  public void ackedReadPosition(long position) {
    ackedReadPosition = Math.max(ackedReadPosition, position);
  }

  /** Whether it has a vote is decided by the configuration. */
  public void setLearner(boolean learner) {
    isLearner = learner;
  }

  /** It was heard of, or a new election timeout begins. */
  public void setActive(boolean active) {
    isActive = active;
  }

  /** Lets one more append leave, though none was answered. */
  public void resume() {
    isFlowPaused = false;
  }

  /** Keeps appends back until there is an answer. */
  public void pause() {
    isFlowPaused = true;
  }

  /** Looks for where the logs agree; after a snapshot, from its place on. */
  public void becomeProbe() {
    long from = phase == Phase.SNAPSHOT ? Math.max(match, pendingSnapshot) : match;
    enter(Phase.PROBE);
    moveNext(from + 1);
  }

  /**
   * Streams from where the logs agree.
   *
   * @param position the read position that messages leave with now
   */
  public void becomeReplicate(long position) {
    enter(Phase.REPLICATE);
    moveNext(match + 1);
    streamBegan = position;
  }

  /**
   * Whether a rejection is of something sent before the stream began. It tells nothing about the
   * stream; were it heeded, messages that overtake each other would begin a new stream with nearly
   * every answer, and each of these more of them.
   *
   * @param position the read position of what is rejected
   */
  public boolean isBeforeStream(long position) {
    return phase == Phase.REPLICATE && position < streamBegan;
  }

  /** A snapshot of this index leaves. */
  public void becomeSnapshot(long index) {
    enter(Phase.SNAPSHOT);
    pendingSnapshot = index;
    next = index + 1;
    sentCommit = index;
  }

  private void enter(Phase newPhase) {
    phase = newPhase;
    isFlowPaused = false;
    pendingSnapshot = 0;
    inflights.clear();
  }

  private void moveNext(long index) {
    next = index;
    sentCommit = Math.min(sentCommit, next - 1);
  }

  /** The snapshot under way is lost. */
  public void snapshotLost() {
    pendingSnapshot = 0;
  }

  /**
   * An append from {@code next} on leaves.
   *
   * @param entries how many it carries
   * @param bytes of their payload
   * @param commit the commit index it tells
   */
  public void sent(int entries, long bytes, long commit) {
    if (phase == Phase.REPLICATE) {
      if (entries > 0) {
        next += entries;
        inflights.add(next - 1, bytes);
      }
      isFlowPaused = inflights.isFull();
    } else if (entries > 0) {
      isFlowPaused = true;
    }
    sentCommit = commit;
  }

  /**
   * The logs agree up to this index.
   *
   * @return whether this is news
   */
  public boolean accepted(long index) {
    if (index <= match) {
      return false;
    }
    match = index;
    next = Math.max(next, index + 1);
    isFlowPaused = false;
    return true;
  }

  /** All appends up to this index have arrived. */
  public void freeUpTo(long index) {
    inflights.freeUpTo(index);
  }

  /**
   * The logs do not agree at the place an append followed.
   *
   * @param rejected that place
   * @param hint where they may agree at most
   * @return whether this is news, not a late answer
   */
  public boolean rejected(long rejected, long hint) {
    if (phase == Phase.REPLICATE) {
      if (rejected <= match) {
        return false;
      }
      moveNext(match + 1);
      return true;
    }
    if (next - 1 != rejected) {
      return false;
    }
    moveNext(Math.max(Math.min(rejected, hint + 1), match + 1));
    isFlowPaused = false;
    return true;
  }
}
