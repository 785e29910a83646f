package dev.remora.server.watch;

import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.History;
import dev.remora.server.mvcc.Keyspace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The watchers of one event loop. Not thread-safe: used on that loop only.
 *
 * <p>It is told of each published keyspace by {@link #advance}. After that, and after {@link
 * #watch} and {@link #resume}, its loop calls {@link #catchUp} in a later turn for as long as that
 * answers true.
 */
public final class WatchHub {
  private final WatchIndex synced = new WatchIndex();
  private final ArrayDeque<Watcher> behind = new ArrayDeque<>();
  private Keyspace keyspace;
  private int watchers;

  /** A hub without watchers. */
  public WatchHub(Keyspace start) {
    this.keyspace = start;
  }

  /** The newest revision the hub was told of; a synced watcher has been told of all up to it. */
  public long revision() {
    return keyspace.revision();
  }

  /** How many watchers there are. */
  public int size() {
    return watchers;
  }

  /**
   * Begins to watch.
   *
   * @param next the first revision wanted; 0 or less for the next one. If it is not in the future,
   *     the past is offered by {@link #catchUp}, not before this returns
   */
  public Watcher watch(Interest interest, long next, Sink sink) {
    long revision = keyspace.revision();
    Watcher watcher = new Watcher(interest, sink, revision, next <= 0 ? revision + 1 : next);
    watchers++;
    place(watcher);
    return watcher;
  }

  /** Ends a watcher; nothing is offered to it any more. */
  public void cancel(Watcher watcher) {
    if (watcher.place == Watcher.Place.GONE) {
      return;
    }
    if (watcher.place == Watcher.Place.SYNCED) {
      synced.remove(watcher);
    }
    watcher.place = Watcher.Place.GONE;
    watchers--;
  }

  /** A sink that answered false can take more again. */
  public void resume(Watcher watcher) {
    if (watcher.place == Watcher.Place.STALLED) {
      place(watcher);
    }
  }

  /** Tells the watchers of all that has been published since the last time. */
  public void advance(Keyspace published) {
    if (published.revision() < keyspace.revision()) {
      return; // Old news: who began to watch has brought newer ones.
    }
    long from = keyspace.revision() + 1;
    keyspace = published;
    History history = published.history();
    long sequence = history.firstAtOrAfter(from);
    while (sequence < history.end()) {
      List<Change> same = revisionAt(history, sequence);
      tell(same);
      sequence += same.size();
    }
  }

  /** Whether {@link #catchUp} has something to do. */
  public boolean hasBehind() {
    return !behind.isEmpty();
  }

  /**
   * Lets watchers that are behind read on, in turn, over about so many changes of the history.
   *
   * @return whether some are still behind
   */
  public boolean catchUp(int changesMax) {
    int left = changesMax;
    while (left > 0 && !behind.isEmpty()) {
      Watcher watcher = behind.remove();
      if (watcher.place == Watcher.Place.BEHIND) {
        left -= readOn(watcher, Math.min(left, CHANGES_A_TURN));
        if (watcher.place == Watcher.Place.BEHIND) {
          place(watcher);
        }
      }
    }
    return !behind.isEmpty();
  }

  /** How far one watcher reads before the next has its turn. */
  private static final int CHANGES_A_TURN = 1_024;

  private void tell(List<Change> same) {
    Map<Watcher, List<Change>> wanted = new LinkedHashMap<>();
    for (Change change : same) {
      synced.candidates(
          change,
          watcher -> {
            if (change.modRevision() >= watcher.next && watcher.wants(change, same)) {
              List<Change> changes = wanted.computeIfAbsent(watcher, _ -> new ArrayList<>(1));
              if (changes.isEmpty() || !changes.getLast().equals(change)) {
                changes.add(change);
              }
            }
          });
    }
    wanted.forEach((watcher, changes) -> {
      if (watcher.place == Watcher.Place.SYNCED && !offer(watcher, changes)) {
        synced.remove(watcher);
        watcher.place = Watcher.Place.STALLED;
      }
    });
  }

  /** Offers what a watcher wants of the next changes; answers how many it has looked at. */
  private int readOn(Watcher watcher, int changesMax) {
    if (watcher.next < keyspace.compactRevision()) {
      cancel(watcher);
      watcher.sink.compacted(keyspace.compactRevision());
      return 1;
    }
    History history = keyspace.history();
    long start = history.firstAtOrAfter(watcher.next);
    long sequence = start;
    while (sequence < history.end() && sequence - start < changesMax) {
      List<Change> same = revisionAt(history, sequence);
      sequence += same.size();
      List<Change> wanted = same.stream().filter(change -> watcher.wants(change, same)).toList();
      watcher.next = same.getFirst().modRevision() + 1;
      if (!wanted.isEmpty() && !offer(watcher, wanted) && watcher.place == Watcher.Place.BEHIND) {
        watcher.place = Watcher.Place.STALLED;
      }
      if (watcher.place != Watcher.Place.BEHIND) {
        break;
      }
    }
    if (sequence == history.end() && watcher.place == Watcher.Place.BEHIND) {
      watcher.next = Math.max(watcher.next, keyspace.revision() + 1);
    }
    return (int) (sequence - start) + 1;
  }

  private boolean offer(Watcher watcher, List<Change> changes) {
    long revision = changes.getFirst().modRevision();
    watcher.next = revision + 1;
    return watcher.sink.offer(revision, changes, keyspace);
  }

  private void place(Watcher watcher) {
    if (watcher.next > keyspace.revision()) {
      watcher.place = Watcher.Place.SYNCED;
      synced.add(watcher);
    } else {
      watcher.place = Watcher.Place.BEHIND;
      behind.add(watcher);
    }
  }

  private static List<Change> revisionAt(History history, long sequence) {
    Change first = history.at(sequence);
    long end = sequence + 1;
    while (end < history.end() && history.at(end).modRevision() == first.modRevision()) {
      end++;
    }
    if (end == sequence + 1) {
      return List.of(first);
    }
    List<Change> same = new ArrayList<>((int) (end - sequence));
    for (long i = sequence; i < end; i++) {
      same.add(history.at(i));
    }
    return same;
  }
}
