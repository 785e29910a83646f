package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.SortedEdit;
import dev.remora.server.mvcc.SortedTree;
import dev.remora.server.mvcc.Version;
import java.util.Optional;

/** The nodes with a TTL, in the order in which they run out. Not thread-safe; single writer. */
final class Deadlines {
  private final SortedEdit<Deadline> edit;

  Deadlines(SortedTree<Deadline> start) {
    this.edit = start.edit();
  }

  void add(Version file) {
    if (file.isExpiring()) {
      edit.put(Deadline.ofFile(file.expiration(), file.key()));
    }
  }

  void remove(Version file) {
    if (file.isExpiring()) {
      edit.remove(Deadline.ofFile(file.expiration(), file.key()).key());
    }
  }

  void add(Directory directory) {
    if (directory.isExpiring()) {
      edit.put(Deadline.ofDirectory(directory.expiration(), directory.key()));
    }
  }

  void remove(Directory directory) {
    if (directory.isExpiring()) {
      edit.remove(Deadline.ofDirectory(directory.expiration(), directory.key()).key());
    }
  }

  /** The first node that has run out at a time. */
  Optional<Deadline> firstUpTo(long cutoff) {
    return edit.firstLive(Bytes.EMPTY, Bytes.EMPTY)
        .filter(deadline -> deadline.expiration() <= cutoff);
  }

  SortedTree<Deadline> freeze() {
    return edit.freeze();
  }
}
