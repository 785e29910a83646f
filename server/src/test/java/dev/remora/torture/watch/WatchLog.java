package dev.remora.torture.watch;

import java.util.ArrayList;
import java.util.List;

/** What one member has told one watcher, in the order in which it came. Thread-safe. */
public final class WatchLog {
  private final int member;
  private final List<Seen> seen = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();

  /** A change, and when it arrived by {@link System#nanoTime}. */
  public record Seen(Change change, long nanos) {}

  /** Indexes, both included, of which the member said that it no longer knows them. */
  public record Gap(long first, long last) {
    /** Whether an index is in it. */
    public boolean has(long index) {
      return first <= index && index <= last;
    }
  }

  /** The log of a member that has told nothing yet. */
  public WatchLog(int member) {
    this.member = member;
  }

  /** Whose it is. */
  public int member() {
    return member;
  }

  /** Adds a change that arrived just now. */
  public synchronized void add(Change change) {
    seen.add(new Seen(change, System.nanoTime()));
  }

  synchronized void addGap(Gap gap) {
    gaps.add(gap);
  }

  /** All changes so far. */
  public synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** All gaps so far. */
  public synchronized List<Gap> gaps() {
    return List.copyOf(gaps);
  }

  /** The index of the last change; 0 if there was none. */
  public synchronized long lastIndex() {
    return seen.isEmpty() ? 0 : seen.getLast().change().place().index();
  }
}
