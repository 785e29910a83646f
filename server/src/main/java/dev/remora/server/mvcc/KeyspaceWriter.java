package dev.remora.server.mvcc;

import java.util.Optional;

/**
 * Changes the keyspace, one revision after the other. Not thread-safe; single writer.
 *
 * <p>Changes belong to the open revision, the next one, until {@link #finish} closes it. A revision
 * without a change is not taken.
 */
public final class KeyspaceWriter {
  /** Hears of each change of a key, so that what is derived from versions stays true to them. */
  public interface Follower {
    /**
     * A key has changed.
     *
     * @param before the live version before; empty if there was none
     */
    void changed(Optional<Version> before, Version now);
  }

  private final SortedEdit<Version> newest;
  private final SortedEdit<Version> base;
  private final Follower follower;
  private History history;
  private long revision;
  private long compactRevision;
  private long liveBytes;
  private long totalBytes;

  /** How many changes the open revision has. */
  private int open;

  /** Goes on from a keyspace. */
  public KeyspaceWriter(Keyspace start, Follower follower) {
    this.newest = start.newest().edit();
    this.base = start.base().edit();
    this.history = start.history();
    this.revision = start.revision();
    this.compactRevision = start.compactRevision();
    this.liveBytes = start.liveBytes();
    this.totalBytes = start.totalBytes();
    this.follower = follower;
  }

  /** The keyspace as it now is, changes of the open revision included, in constant time. */
  public Keyspace freeze() {
    return new Keyspace(
        newest.freeze(),
        base.freeze(),
        history,
        openRevision(),
        compactRevision,
        liveBytes,
        totalBytes);
  }

  /** The newest version of each key, changes of the open revision included. */
  public SortedView<Version> newest() {
    return newest;
  }

  /** The live version of a key, changes of the open revision included. */
  public Optional<Version> find(Bytes key) {
    return newest.find(key).filter(Version::isLive);
  }

  /** The newest revision that is finished. */
  public long revision() {
    return revision;
  }

  /** The revision of what is read now: the open one, if it has a change. */
  public long openRevision() {
    return open == 0 ? revision : revision + 1;
  }

  /** The revision of the last compaction; 0 for none. */
  public long compactRevision() {
    return compactRevision;
  }

  /** What all kept versions take, about. */
  public long totalBytes() {
    return totalBytes;
  }

  /** How many changes are kept in the history. */
  public long historySize() {
    return history.size();
  }

  /** Puts a key in the open revision. */
  public Version put(Write write) {
    Optional<Version> last = newest.find(write.key());
    Optional<Version> live = last.filter(Version::isLive);
    long now = revision + 1;
    boolean isNewIndex = write.renewsCreatedIndex() || live.isEmpty();
    Version version =
        new Version(
            write.key(),
            write.value(),
            live.map(Version::createRevision).orElse(now),
            now,
            open,
            live.map(Version::version).orElse(0L) + 1,
            write.lease(),
            isNewIndex ? now : live.get().createdIndex(),
            write.expiration(),
            write.action(),
            write.isShown(),
            history.end(),
            last.map(Version::sequence).orElse(-1L));
    add(last, live, version);
    return version;
  }

  /**
   * Removes a live key in the open revision.
   *
   * @return the version removed, or nothing if the key is not live
   */
  public Optional<Version> remove(Bytes key, Action action, boolean isShown) {
    Optional<Version> live = find(key);
    live.ifPresent(version ->
        add(
            live,
            live,
            new Version(
                key,
                Bytes.EMPTY,
                0,
                revision + 1,
                open,
                0,
                0,
                version.createdIndex(),
                Version.PERMANENT,
                action,
                isShown,
                history.end(),
                version.sequence())));
    return live;
  }

  /** Records a change of a directory in the open revision. */
  public void record(DirectoryChange change) {
    if (change.modRevision() != revision + 1) {
      throw new IllegalStateException("not of the open revision " + (revision + 1) + ": " + change);
    }
    history = history.append(change);
    open++;
  }

  /**
   * Closes the open revision.
   *
   * @return the newest revision: the one just closed, or the one before if nothing had changed
   */
  public long finish() {
    if (open > 0) {
      revision++;
      open = 0;
    }
    return revision;
  }

  /** Takes a revision without a change in it, as some changes outside of the keyspace do. */
  public long takeEmpty() {
    if (open > 0) {
      throw new IllegalStateException("revision " + (revision + 1) + " is open");
    }
    return ++revision;
  }

  /**
   * Declares all revisions below one unreadable. What they hold is freed by {@link #trim}.
   *
   * @throws IllegalStateException if the revision is compacted already or in the future
   */
  public void compact(long upTo) {
    if (upTo <= compactRevision || upTo > revision) {
      throw new IllegalStateException(
          "compact to " + upTo + " of " + compactRevision + " to " + revision);
    }
    compactRevision = upTo;
  }

  /**
   * Frees compacted changes, a bounded number at a time. Those of the compact revision itself stay:
   * it can still be read and watched from.
   *
   * @return whether some are left
   */
  public boolean trim(int changesMax) {
    long from = history.first();
    long sequence = from;
    while (sequence < history.end()
        && sequence < from + changesMax
        && history.at(sequence).modRevision() < compactRevision) {
      if (history.at(sequence) instanceof Version version) {
        trim(version);
      }
      sequence++;
    }
    history = history.dropBefore(sequence);
    return history.size() > 0 && history.at(history.first()).modRevision() < compactRevision;
  }

  private void trim(Version version) {
    base.find(version.key())
        .ifPresent(older -> {
          base.remove(version.key());
          totalBytes -= older.sizeBytes();
        });
    boolean isNewest =
        newest
            .find(version.key())
            .filter(last -> last.sequence() == version.sequence())
            .isPresent();
    if (version.isTombstone()) {
      totalBytes -= version.sizeBytes();
      if (isNewest) {
        newest.remove(version.key());
      }
    } else if (!isNewest) {
      base.put(version);
    }
  }

  private void add(Optional<Version> last, Optional<Version> live, Version version) {
    last.filter(before -> before.sequence() < history.first()).ifPresent(base::put);
    newest.put(version);
    history = history.append(version);
    open++;
    totalBytes += version.sizeBytes();
    liveBytes += version.isLive() ? version.sizeBytes() : 0;
    liveBytes -= live.map(Version::sizeBytes).orElse(0L);
    follower.changed(live, version);
  }
}
