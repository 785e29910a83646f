package dev.remora.server.mvcc;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts a keyspace together again from all its versions and changes. Each is given once, and where
 * both the newest keys and the history have it, both get the same object. Not thread-safe.
 *
 * <p>First come the versions older than the history, then the history in its order.
 *
 * <p>All methods throw {@link IllegalArgumentException} for what no keyspace could have held.
 */
public final class KeyspaceLoader {
  private final long revision;
  private final long compactRevision;
  private final long firstSequence;
  private final SortedEdit<Version> newest = SortedTree.<Version>empty().edit();
  private final SortedEdit<Version> base = SortedTree.<Version>empty().edit();
  private final HistoryBuilder history;
  private long lastRevision;
  private long liveBytes;
  private long totalBytes;

  /**
   * Begins with nothing but the numbers.
   *
   * @param firstSequence the sequence number of the oldest change of the history
   */
  public KeyspaceLoader(long revision, long compactRevision, long firstSequence) {
    check(
        compactRevision >= 0 && compactRevision <= revision && revision >= 1 && firstSequence >= 0,
        () ->
            "revision %d, compacted %d, history from %d"
                .formatted(revision, compactRevision, firstSequence));
    this.revision = revision;
    this.compactRevision = compactRevision;
    this.firstSequence = firstSequence;
    this.history = new HistoryBuilder(firstSequence);
  }

  /** Adds a key's newest version, which is older than the history. */
  public void addOld(Version version) {
    checkOlder(version);
    newest.put(version);
    liveBytes += version.sizeBytes();
    totalBytes += version.sizeBytes();
  }

  /** Adds the newest version older than the history of a key that the history changes. */
  public void addBase(Version version) {
    checkOlder(version);
    base.put(version);
    totalBytes += version.sizeBytes();
  }

  /** Adds the next change of the history. */
  public void add(Change change) {
    check(
        change.modRevision() >= lastRevision && change.modRevision() <= revision,
        () ->
            "change at revision %d after %d, of %d"
                .formatted(change.modRevision(), lastRevision, revision));
    lastRevision = change.modRevision();
    switch (change) {
      case Version version -> add(version);
      case DirectoryChange directory -> history.add(directory);
    }
  }

  private void add(Version version) {
    check(
        version.sequence() == history.end(),
        () -> "change %d at the place of %d".formatted(version.sequence(), history.end()));
    newest.merge(version.key(), before -> add(before, version));
  }

  private Version add(Optional<Version> before, Version version) {
    Version shared = before.map(older -> withKeyOf(older, version)).orElse(version);
    history.add(shared);
    totalBytes += shared.sizeBytes();
    liveBytes += shared.isLive() ? shared.sizeBytes() : 0;
    liveBytes -= before.filter(Version::isLive).map(Version::sizeBytes).orElse(0L);
    return shared;
  }

  /** A version of a key by its sequence number, if it has been added; it may be in any part. */
  public Optional<Version> find(Bytes key, long sequence) {
    if (sequence >= firstSequence) {
      return sequence < history.end() && history.at(sequence) instanceof Version version
          ? Optional.of(version)
          : Optional.empty();
    }
    return base.find(key).filter(version -> version.sequence() == sequence);
  }

  /** The keyspace that was put together. */
  public Keyspace finish() {
    return new Keyspace(
        newest.freeze(),
        base.freeze(),
        history.build(),
        revision,
        compactRevision,
        liveBytes,
        totalBytes);
  }

  private void checkOlder(Version version) {
    check(
        version.isLive()
            && version.sequence() >= 0
            && version.sequence() < firstSequence
            && history.end() == firstSequence
            && version.modRevision() <= revision,
        () ->
            "version %d of revision %d before a history from %d"
                .formatted(version.sequence(), version.modRevision(), firstSequence));
  }

  /** All versions of a key share its bytes. */
  private static Version withKeyOf(Version older, Version version) {
    return new Version(
        older.key(),
        version.value(),
        version.createRevision(),
        version.modRevision(),
        version.sub(),
        version.version(),
        version.lease(),
        version.createdIndex(),
        version.expiration(),
        version.action(),
        version.isShown(),
        version.sequence(),
        version.previous());
  }

  private static void check(boolean isTrue, Supplier<String> otherwise) {
    if (!isTrue) {
      throw new IllegalArgumentException(otherwise.get());
    }
  }
}
