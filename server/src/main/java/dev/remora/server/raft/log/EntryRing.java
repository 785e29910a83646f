package dev.remora.server.raft.log;

import dev.remora.server.raft.Entry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries of consecutive indexes, in a ring that grows by doubling: an entry's slot is its index
 * modulo the capacity.
 */
final class EntryRing {
  private static final int FIRST_CAPACITY = 64;

  private @Nullable Entry[] slots = new @Nullable Entry[FIRST_CAPACITY];
  private long first;
  private long last;

  /** An empty ring whose first entry will have this index. */
  EntryRing(long first) {
    clear(first);
  }

  long first() {
    return first;
  }

  /** One less than {@link #first} when empty. */
  long last() {
    return last;
  }

  boolean contains(long index) {
    return first <= index && index <= last;
  }

  Entry get(long index) {
    Entry entry = contains(index) ? slots[slot(index)] : null;
    if (entry == null) {
      throw new IllegalStateException("no entry " + index + " in " + first + ".." + last);
    }
    return entry;
  }

  void add(Entry entry) {
    if (entry.index() != last + 1) {
      throw new IllegalStateException("entry " + entry.index() + " after " + last);
    }
    if (last - first + 1 == slots.length) {
      grow();
    }
    last++;
    slots[slot(last)] = entry;
  }

  /** Forgets what lies below this index. */
  void removeBelow(long index) {
    while (first < index && first <= last) {
      slots[slot(first)] = null;
      first++;
    }
  }

  /** Forgets what lies at this index and above. */
  void removeFrom(long index) {
    while (last >= index && last >= first) {
      slots[slot(last)] = null;
      last--;
    }
  }

  /** Forgets all; the next entry will have this index. */
  void clear(long next) {
    Arrays.fill(slots, null);
    first = next;
    last = next - 1;
  }

  /** A copy of the entries of these indexes, both included. */
  List<Entry> copy(long low, long high) {
    if (low > high) {
      return List.of();
    }
    if (low == high) {
      return List.of(get(low));
    }
    Entry[] entries = new Entry[(int) (high - low + 1)];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = get(low + i);
    }
    return Collections.unmodifiableList(Arrays.asList(entries));
  }

  private int slot(long index) {
    return (int) index & (slots.length - 1);
  }

  private void grow() {
    @Nullable Entry[] old = slots;
    slots = new @Nullable Entry[2 * old.length];
    for (long index = first; index <= last; index++) {
      slots[slot(index)] = old[(int) index & (old.length - 1)];
    }
  }
}
