package dev.remora.agent.view;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One range: its keys, and up to which revision they are known. */
final class RangeView {
  private final KeyRange range;
  private TreeMap<String, KeyValue> keys = new TreeMap<>();

  /** All changes up to here are in; 0 before the first read. */
  private long revision;

  private boolean needsRead = true;
  private boolean wasRead;
  private @Nullable List<KeyValue> published;

  RangeView(KeyRange range) {
    this.range = range;
  }

  boolean needsRead() {
    return needsRead;
  }

  boolean wasRead() {
    return wasRead;
  }

  long revision() {
    return revision;
  }

  /** The keys in order; the list is never changed after. */
  List<KeyValue> values() {
    List<KeyValue> values = published;
    if (values == null) {
      values = List.copyOf(keys.values());
      published = values;
    }
    return values;
  }

  void markUnread() {
    needsRead = true;
  }

  /**
   * The known revision means nothing any more; the content stays, to tell what became different.
   */
  void forgetRevision() {
    needsRead = true;
    revision = 0;
  }

  /** Takes a whole read and returns the difference; an older read than what is known is ignored. */
  Change load(long readRevision, List<KeyValue> read) {
    if (readRevision < revision) {
      return new Change(range, revision, List.of());
    }
    TreeMap<String, KeyValue> fresh = new TreeMap<>();
    List<Event> events = new ArrayList<>();
    for (KeyValue kv : read) {
      fresh.put(kv.key(), kv);
      KeyValue old = keys.get(kv.key());
      if (!kv.equals(old)) {
        events.add(new Event.Put(kv));
      }
    }
    for (String key : keys.keySet()) {
      if (!fresh.containsKey(key)) {
        events.add(new Event.Delete(key, readRevision));
      }
    }
    keys = fresh;
    published = null;
    revision = readRevision;
    needsRead = false;
    boolean isFirst = !wasRead;
    wasRead = true;
    return new Change(range, readRevision, isFirst ? List.of() : events);
  }

  /** Takes a watch message; what is already known of it is left out of the answer. */
  Change apply(List<Event> message) {
    List<Event> news = new ArrayList<>();
    for (Event event : message) {
      // Before a read there is nothing to apply it to, and the read will hold it.
      if (!needsRead && event.revision() > revision) {
        news.add(event);
      }
    }
    for (Event event : news) {
      switch (event) {
        case Event.Put(KeyValue kv) -> keys.put(kv.key(), kv);
        case Event.Delete(String key, _) -> keys.remove(key);
      }
      revision = Math.max(revision, event.revision());
      published = null;
    }
    return new Change(range, revision, Collections.unmodifiableList(news));
  }
}
