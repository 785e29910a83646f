package dev.remora.server.raft.log;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.Ready.StorageAck;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.SnapshotMeta;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member's log (Raft §5.3), all of it that is not compacted in memory, and its marks:
 *
 * <pre>{@code
 * compacted ≤ applied ≤ applying ≤ committed ≤ last
 *                                  durable ≤ handed out ≤ last
 * }</pre>
 *
 * <p>Entries are handed out to be stored and become durable later. An entry may be replaced in the
 * meantime, even by one of the same index: what was told to be durable then is not (etcd calls it
 * the ABA race). Hence an acknowledgement names the last entry's term too, and counts only in the
 * term it was asked for.
 *
 * <p>An installed snapshot takes the place of the log at once; nothing is applied until it is
 * stored.
 */
public class RaftLog {
  /** What an entry counts besides its payload when messages and applied batches are bounded. */
  private static final long ENTRY_BYTES = 8;

  /** The term of a place that is not, or no longer, in the log. */
  public static final long UNKNOWN = -1;

  private final long applyBytesMax;
  private final EntryRing entries;

  /** The term at the place before the first entry. */
  private long baseTerm;

  private SnapshotMeta snapshot;
  private @Nullable SnapshotMeta install;
  private boolean isInstallHandedOut;

  private long durable;
  private long handedOut;
  private long committed;
  private long applying;
  private long applied;

  private long applyingBytes;
  private boolean isApplyPaused;

  /**
   * The log as it was before a restart.
   *
   * @param applyBytesMax most bytes handed out to be applied and not yet applied; one entry always
   *     may be
   * @throws IllegalStateException if it does not fit together
   */
  public RaftLog(Restart restart, long applyBytesMax) {
    this.applyBytesMax = applyBytesMax;
    snapshot = restart.snapshot();
    entries = new EntryRing(snapshot.index() + 1);
    baseTerm = snapshot.term();
    restart.entries().forEach(entries::add);
    durable = entries.last();
    handedOut = durable;
    applied = snapshot.index();
    applying = applied;
    committed = Math.max(applied, restart.hard().commit());
    if (committed > entries.last()) {
      throw new IllegalStateException(
          "committed up to " + committed + ", but the log ends at " + entries.last());
    }
  }

  /** The first index in memory. */
  public long firstIndex() {
    return entries.first();
  }

  /** The last index; that of the snapshot if there are no entries. */
  public long lastIndex() {
    return entries.last();
  }

  /** The term at {@link #lastIndex}. */
  public long lastTerm() {
    return term(entries.last());
  }

  /** The highest index known to be committed. */
  public long committed() {
    return committed;
  }

  /** The highest index told to be applied. */
  public long applied() {
    return applied;
  }

  /** The newest snapshot that can be sent. */
  public SnapshotMeta snapshot() {
    return snapshot;
  }

  /** The term at this place, or {@link #UNKNOWN}. */
  public long term(long index) {
    if (index == entries.first() - 1) {
      return baseTerm;
    }
    return entries.contains(index) ? entries.get(index).term() : UNKNOWN;
  }

  /** Whether the log has an entry of this term at this place. */
  public boolean matches(long index, long term) {
    return term(index) == term;
  }

  /** Whether a log that ends so has all that this one may have committed (Raft §5.4.1). */
  public boolean isUpToDate(long index, long term) {
    long ourTerm = lastTerm();
    return term > ourTerm || (term == ourTerm && index >= lastIndex());
  }

  /**
   * The highest place up to this one whose term is at most this one: where two logs may agree at
   * most, if the other has this term at that place.
   *
   * @return the place; its term, as far as known, is {@link #term}
   */
  public long lastOfTermAtMost(long index, long term) {
    long at = index;
    while (at > 0) {
      long ourTerm = term(at);
      if (ourTerm == UNKNOWN || ourTerm <= term) {
        break;
      }
      at--;
    }
    return at;
  }

  /** The entries from one index to the last, up to so many bytes, but at least one. */
  public List<Entry> read(long low, long bytesMax) {
    return bounded(low, entries.last(), bytesMax);
  }

  private List<Entry> bounded(long low, long high, long bytesMax) {
    long bytes = 0;
    long end = low - 1;
    while (end < high) {
      bytes += size(entries.get(end + 1));
      if (bytes > bytesMax && end >= low) {
        break;
      }
      end++;
    }
    return entries.copy(low, end);
  }

  private static long size(Entry entry) {
    return ENTRY_BYTES + entry.payload().size();
  }

  /** Puts a leader's own entry at the end. */
  public void append(Entry entry) {
    entries.add(entry);
  }

  /**
   * Takes a leader's entries, which follow a place where the logs agree. What is there already
   * stays; from the first that differs on, the log's own are replaced.
   *
   * @throws IllegalStateException if a committed entry differs
   */
  public void merge(List<Entry> news) {
    for (int i = 0; i < news.size(); i++) {
      if (!matches(news.get(i).index(), news.get(i).term())) {
        replaceFrom(news, i);
        return;
      }
    }
  }

  /** Puts these entries, from one of them on, in the place of the log's own. */
  protected final void replaceFrom(List<Entry> news, int from) {
    long index = news.get(from).index();
    if (index <= committed) {
      throw new IllegalStateException(
          "entry " + index + " conflicts with a committed one; committed up to " + committed);
    }
    truncate(index);
    for (int i = from; i < news.size(); i++) {
      entries.add(news.get(i));
    }
  }

  private void truncate(long index) {
    entries.removeFrom(index);
    durable = Math.min(durable, index - 1);
    handedOut = Math.min(handedOut, index - 1);
  }

  /**
   * Everything up to this index is committed; never takes back.
   *
   * @throws IllegalStateException if the log does not reach so far
   */
  public void commitTo(long index) {
    if (index <= committed) {
      return;
    }
    if (index > entries.last()) {
      throw new IllegalStateException(
          "commit of " + index + ", but the log ends at " + entries.last() + ": was it damaged?");
    }
    committed = index;
  }

  /** Whether a configuration change is committed and not yet applied. */
  public boolean hasUnappliedConfChange() {
    for (long index = Math.max(applied + 1, entries.first()); index <= committed; index++) {
      if (entries.contains(index) && entries.get(index).kind() == EntryKind.CONF_CHANGE) {
        return true;
      }
    }
    return false;
  }

  /** Whether there is anything new to store. */
  public boolean hasToStore() {
    return handedOut < entries.last() || (install != null && !isInstallHandedOut);
  }

  /** Hands out the entries that are to be stored. */
  public List<Entry> takeToStore() {
    List<Entry> news = entries.copy(handedOut + 1, entries.last());
    handedOut = entries.last();
    return news;
  }

  /** Hands out the snapshot that is to be installed; null if there is none. */
  public @Nullable SnapshotMeta takeInstall() {
    if (isInstallHandedOut) {
      return null;
    }
    isInstallHandedOut = install != null;
    return install;
  }

  /** Whether a snapshot is to be stored, or is being stored. */
  public boolean isInstalling() {
    return install != null;
  }

  /**
   * What to tell when all that is handed out by now is durable, or null if that is nothing new. It
   * covers what was handed out before, too: the acknowledgement of that may not count any more.
   */
  public @Nullable StorageAck pendingAck(long term) {
    boolean hasEntries = durable < entries.last();
    if (!hasEntries && install == null) {
      return null;
    }
    return new StorageAck(
        term,
        hasEntries ? lastIndex() : 0,
        hasEntries ? lastTerm() : 0,
        install == null ? 0 : install.index());
  }

  /**
   * Something handed out is durable.
   *
   * @param term the term now
   */
  public void stored(StorageAck ack, long term) {
    if (ack.lastIndex() > durable && isCurrent(ack, term)) {
      durable = ack.lastIndex();
      handedOut = Math.max(handedOut, durable);
    }
    if (ack.snapshotIndex() != 0) {
      installed(ack.snapshotIndex());
    }
  }

  /** Whether what became durable is what the log still has. */
  protected boolean isCurrent(StorageAck ack, long term) {
    return ack.term() == term && matches(ack.lastIndex(), ack.lastTerm());
  }

  private void installed(long index) {
    if (install != null && install.index() == index) {
      install = null;
      isInstallHandedOut = false;
    }
    applied(index);
  }

  /** How far entries may be applied: no further than they are durable here. */
  protected long appliable() {
    return Math.min(committed, durable);
  }

  /** The highest index told to be durable. */
  protected final long durable() {
    return durable;
  }

  /** Whether there is anything new to apply. */
  public boolean hasToApply() {
    return !isApplyPaused && install == null && applying < appliable();
  }

  /** Hands out committed entries that are to be applied. */
  public List<Entry> takeToApply() {
    if (!hasToApply()) {
      return List.of();
    }
    List<Entry> next = bounded(applying + 1, appliable(), applyBytesMax - applyingBytes);
    for (int i = 0; i < next.size(); i++) {
      applyingBytes += size(next.get(i));
    }
    applying += next.size();
    isApplyPaused = applyingBytes >= applyBytesMax || applying < appliable();
    return next;
  }

  /**
   * Everything up to this index is applied; never takes back.
   *
   * @return the bytes of payload that were applied
   * @throws IllegalStateException if it was not committed
   */
  public long applied(long index) {
    if (index > committed) {
      throw new IllegalStateException("applied " + index + ", committed only " + committed);
    }
    long bytes = 0;
    for (long i = Math.max(applied + 1, entries.first()); i <= index; i++) {
      bytes += entries.get(i).payload().size();
      applyingBytes -= size(entries.get(i));
    }
    applied = Math.max(applied, index);
    applying = Math.max(applying, applied);
    applyingBytes = applying == applied ? 0 : Math.max(0, applyingBytes);
    isApplyPaused = applyingBytes >= applyBytesMax;
    return bytes;
  }

  /** A leader's snapshot takes the place of the whole log (Raft §7). */
  public void install(SnapshotMeta meta) {
    install = meta;
    isInstallHandedOut = false;
    snapshot = meta;
    entries.clear(meta.index() + 1);
    baseTerm = meta.term();
    durable = meta.index();
    handedOut = meta.index();
    committed = meta.index();
  }

  /** A newer snapshot of what is applied can be sent from now on. */
  public void snapshotTaken(SnapshotMeta meta) {
    if (meta.index() > committed) {
      throw new IllegalStateException("snapshot of " + meta.index() + ", committed " + committed);
    }
    if (meta.index() > snapshot.index()) {
      snapshot = meta;
    }
  }

  /** Forgets entries up to this index, as far as they are applied and in a snapshot. */
  public void compact(long upTo) {
    long index = Math.min(Math.min(upTo, durable), Math.min(applied, snapshot.index()));
    if (index >= entries.first()) {
      baseTerm = entries.get(index).term();
      entries.removeBelow(index + 1);
    }
  }

  /** See {@code RaftCore#compactBehindSnapshot}. */
  public long compactBehindSnapshot(int entriesKept, long bytesKept) {
    long index = Math.min(snapshot.index(), applied);
    long floor = Math.max(entries.first() - 1, index - entriesKept);
    long bytes = 0;
    while (index > floor) {
      bytes += entries.get(index).payload().size();
      if (bytes > bytesKept) {
        break;
      }
      index--;
    }
    compact(index);
    return entries.first() - 1;
  }
}
