package dev.remora.server.storage;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.SnapshotMark;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a log must hold, said in the simplest way: every state that a crash may go back to. */
final class LogModel {
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private final List<Recovered> states = new ArrayList<>();
  private HardState hard = HardState.INITIAL;
  private SnapshotMark mark = SnapshotMark.NONE;

  LogModel() {
    remember();
  }

  /** The states so far, oldest first. */
  List<Recovered> states() {
    return states;
  }

  void append(@Nullable HardState next, List<Entry> appended) {
    if (next != null && (next.term() != hard.term() || next.vote() != hard.vote())) {
      hard =
          new HardState(
              next.term(), next.vote(), appended.isEmpty() ? next.commit() : hard.commit());
      remember();
    }
    for (Entry entry : appended) {
      entries.tailMap(entry.index(), true).clear();
      entries.put(entry.index(), entry);
      remember();
    }
    if (next != null) {
      hard = next;
      remember();
    }
  }

  void snapshotMark(long index, long term) {
    Entry there = entries.get(index);
    if (there != null && there.term() == term) {
      entries.headMap(index, true).clear();
    } else {
      entries.clear();
    }
    mark = new SnapshotMark(index, term);
    remember();
  }

  private void remember() {
    long commit = Math.max(hard.commit(), mark.index());
    HardState known =
        hard.term() < mark.term()
            ? new HardState(mark.term(), 0, commit)
            : new HardState(hard.term(), hard.vote(), commit);
    states.add(new Recovered(known, mark, List.copyOf(entries.values())));
  }
}
