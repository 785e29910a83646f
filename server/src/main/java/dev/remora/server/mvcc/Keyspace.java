package dev.remora.server.mvcc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The keyspace at a revision, with its history back to the last compaction. Immutable; any thread
 * may read it.
 *
 * @param newest the newest version of each key, tombstones included until they are trimmed
 * @param base for a key whose newest version is still in the history: its newest version that is
 *     not, unless that is a tombstone
 * @param history every change that has not been trimmed
 * @param revision the newest revision; 1 in an empty store
 * @param compactRevision the revision of the last compaction; 0 for none. It is itself readable
 * @param liveBytes what the newest live versions take, about
 * @param totalBytes what all kept versions take, about
 */
public record Keyspace(
    SortedTree<Version> newest,
    SortedTree<Version> base,
    History history,
    long revision,
    long compactRevision,
    long liveBytes,
    long totalBytes) {
  /** A store that has seen no write. */
  public static final Keyspace EMPTY =
      new Keyspace(SortedTree.empty(), SortedTree.empty(), History.EMPTY, 1, 0, 0, 0);

  /** The newest version of a key, if the key is live. */
  public Optional<Version> find(Bytes key) {
    return newest.find(key).filter(Version::isLive);
  }

  /** The version before another of the same key, a tombstone included, unless compacted away. */
  public Optional<Version> before(Version version) {
    if (version.previous() < 0) {
      return Optional.empty();
    }
    return version.previous() >= history.first()
        ? Optional.of((Version) history.at(version.previous()))
        : base.find(version.key());
  }

  /**
   * The live version before another of the same key: what etcd calls prev_kv. It is gone once the
   * revision before the change is compacted, whether or not it has been trimmed yet.
   */
  public Optional<Version> liveBefore(Version version) {
    return version.modRevision() - 1 < compactRevision
        ? Optional.empty()
        : before(version).filter(Version::isLive);
  }

  /** Reads a range. */
  public RangeResult range(RangeRequest request) {
    long at = request.revision() <= 0 ? revision : request.revision();
    if (at > revision) {
      return new RangeResult.FutureRevision(revision);
    }
    if (at < compactRevision) {
      return new RangeResult.Compacted(compactRevision);
    }
    KeyRange range = KeyRange.of(request.key(), request.rangeEnd());
    if (range.isEmpty()) {
      return new RangeResult.Found(List.of(), 0, false);
    }
    return at == revision ? rangeNow(request, range) : rangeAt(request, range, at);
  }

  private RangeResult.Found rangeNow(RangeRequest request, KeyRange range) {
    int count = newest.countLive(range.from(), range.to());
    if (request.isCountOnly()) {
      return new RangeResult.Found(List.of(), count, false);
    }
    boolean isPlain = !request.isSorted() && !request.isFiltered();
    long wanted = isPlain && request.limit() > 0 ? request.limit() : request.readMax();
    List<Version> found = new ArrayList<>((int) Math.min(count, wanted));
    if (count > 0) {
      newest.scanLive(
          range.from(),
          range.to(),
          version -> {
            found.add(version);
            return found.size() < wanted;
          });
    }
    return isPlain
        ? new RangeResult.Found(found, count, found.size() < count)
        : finish(request, found, count);
  }

  private RangeResult.Found rangeAt(RangeRequest request, KeyRange range, long at) {
    List<Version> found = new ArrayList<>();
    newest.scan(
        range.from(),
        range.to(),
        version -> {
          atRevision(version, at).ifPresent(found::add);
          return true;
        });
    if (request.isCountOnly()) {
      return new RangeResult.Found(List.of(), found.size(), false);
    }
    int read = (int) Math.min(found.size(), request.readMax());
    return finish(request, found.subList(0, read), found.size());
  }

  private Optional<Version> atRevision(Version newestVersion, long at) {
    Version version = newestVersion;
    while (version.modRevision() > at) {
      Optional<Version> before = before(version);
      if (before.isEmpty()) {
        return before;
      }
      version = before.get();
    }
    return version.isLive() ? Optional.of(version) : Optional.empty();
  }

  /** Filters, sorts and cuts, as etcd does when the stored order is not enough. */
  private static RangeResult.Found finish(RangeRequest request, List<Version> found, long count) {
    List<Version> kept =
        request.isFiltered() ? found.stream().filter(request::admits).toList() : found;
    if (request.isSorted()) {
      kept = new ArrayList<>(kept);
      Comparator<Version> order = order(request.sortTarget());
      boolean isDescending = request.sortOrder() == RangeRequest.SortOrder.DESCEND;
      kept.sort(isDescending ? Collections.reverseOrder(order) : order);
    }
    boolean isCut = request.limit() > 0 && kept.size() > request.limit();
    return new RangeResult.Found(
        isCut ? kept.subList(0, (int) request.limit()) : kept, count, isCut);
  }

  private static Comparator<Version> order(RangeRequest.SortTarget target) {
    return switch (target) {
      case KEY -> Comparator.comparing(Version::key);
      case VERSION -> Comparator.comparingLong(Version::version);
      case CREATE -> Comparator.comparingLong(Version::createRevision);
      case MOD -> Comparator.comparingLong(Version::modRevision);
      case VALUE -> Comparator.comparing(Version::value);
    };
  }
}
