package dev.remora.agent.runner;

import dev.remora.agent.view.Change;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import dev.remora.agent.view.View;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the view current: reads what is unread, watches what is read, and begins again after any
 * break where it was.
 */
final class Follower {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final long BACK_OFF_MIN_MILLIS = 100;
  private static final long BACK_OFF_MAX_MILLIS = 3_000;

  /** How often it is verified that no watch has fallen silent. */
  static final long VERIFY_MILLIS = 15_000;

  /** More streams than this are joined into one. */
  private static final int STREAMS_MAX = 8;

  private final Vertx vertx;
  private final Registry registry;
  private final Consumer<Change> changes;
  private final Runnable read;
  private final Runnable rewound;
  private final RandomGenerator random;
  private final View view = new View();
  private final List<Stream> streams = new ArrayList<>();
  private final BackOff backOff;

  private boolean isReading;
  private boolean isWaiting;
  private boolean isClosed;

  private final long verifyMillis;
  private boolean wasRead;
  private long verifier = -1;

  /** When the registry last confirmed the view, by the monotonic clock. */
  private long confirmedNanos = System.nanoTime();

  private String trouble = "";

  /** When the first stream broke, by the monotonic clock; negative while all are open. */
  private long brokenSinceNanos = -1;

  /**
   * Makes a follower of nothing.
   *
   * @param changes told of every change, after it is in the view
   * @param read told whenever everything wanted has been read, and when it is current again
   * @param rewound told that the registry has another history, before its content is read
   */
  Follower(
      Vertx vertx,
      Registry registry,
      Consumer<Change> changes,
      Runnable read,
      Runnable rewound,
      RandomGenerator random) {
    this(vertx, registry, changes, read, rewound, random, VERIFY_MILLIS);
  }

  Follower(
      Vertx vertx,
      Registry registry,
      Consumer<Change> changes,
      Runnable read,
      Runnable rewound,
      RandomGenerator random,
      long verifyMillis) {
    this.vertx = vertx;
    this.registry = registry;
    this.changes = changes;
    this.read = read;
    this.rewound = rewound;
    this.random = random;
    this.verifyMillis = verifyMillis;
    this.backOff = new BackOff(BACK_OFF_MIN_MILLIS, BACK_OFF_MAX_MILLIS, random);
  }

  /**
   * Follows exactly these ranges from now on.
   *
   * @param read a fresh answer; a range that it holds and that was not read yet need not be
   */
  void want(Collection<KeyRange> ranges, Renderer.ReadRanges read) {
    view.want(ranges);
    streams.forEach(stream -> stream.ranges.retainAll(view.ranges()));
    closeUnused();
    for (int i = 0; i < read.asked().size(); i++) {
      KeyRange range = read.asked().get(i);
      // What was saved on disk has no revision, and is not what the registry holds.
      if (view.unread().contains(range) && read.answer().revision() > 0) {
        publish(view.load(range, read.answer().revision(), read.answer().values().get(i)));
      }
    }
    pump();
  }

  /** What is known of a range, while a watch keeps it current. */
  Optional<View.Content> current(KeyRange range) {
    boolean isFollowed =
        streams.stream().anyMatch(stream -> stream.isOpen && stream.ranges.contains(range));
    return isFollowed ? view.content(range) : Optional.empty();
  }

  /** What is known of a range, be it current or not. */
  Optional<View.Content> content(KeyRange range) {
    return view.content(range);
  }

  /** The content of every range, while all of it is known and followed. */
  Optional<Map<KeyRange, List<KeyValue>>> whole() {
    if (!wasRead || !isRead() || brokenSinceNanos >= 0) {
      return Optional.empty();
    }
    TreeMap<KeyRange, List<KeyValue>> content = new TreeMap<>();
    view.ranges()
        .forEach(
            range -> view.content(range).ifPresent(known -> content.put(range, known.values())));
    return Optional.of(content);
  }

  /** Whether the registry has ever been read. */
  boolean wasRead() {
    return wasRead;
  }

  /** The newest revision that is known. */
  long revision() {
    return view.revision();
  }

  /** Why the registry is away, or empty while it is not. */
  String trouble() {
    return brokenSinceNanos < 0 ? "" : trouble;
  }

  /** Reads ranges at one revision, now. */
  Future<Registry.Ranges> read(List<KeyRange> ranges) {
    long known = view.revision();
    return registry
        .read(ranges)
        .onSuccess(answer -> {
          wasRead = true;
          if (answer.revision() < known) {
            rewind(answer.revision(), known);
          }
        });
  }

  /** Whether everything wanted was read, so that every change from now on is seen as one. */
  boolean isRead() {
    return view.unread().isEmpty();
  }

  /** Seconds since the registry last confirmed the view to be current; 0 while it does. */
  long ageSeconds() {
    return brokenSinceNanos < 0 ? 0 : (System.nanoTime() - brokenSinceNanos) / 1_000_000_000;
  }

  /** Ends all streams and reports nothing more. */
  void close() {
    isClosed = true;
    vertx.cancelTimer(verifier);
    closeStreams();
  }

  /** Verifies after a while, with some jitter, and again and again. */
  private void scheduleVerification() {
    if (verifier < 0 && !isClosed) {
      long wait = verifyMillis - random.nextLong(Math.max(1, verifyMillis / 4));
      verifier =
          vertx.setTimer(
              wait,
              _ -> {
                verifier = -1;
                verify();
                scheduleVerification();
              });
    }
  }

  /**
   * A connection can die without a sign, and its watch with it. So the registry is asked now and
   * then for two numbers that would be others if a range had changed.
   */
  private void verify() {
    List<KeyRange> ranges = List.copyOf(view.ranges());
    if (ranges.isEmpty() || !isRead() || !isOpen()) {
      return;
    }
    List<View.Content> known =
        ranges.stream().map(range -> view.content(range).orElseThrow()).toList();
    registry
        .newest(ranges)
        .onSuccess(found -> {
          List<KeyRange> different = new ArrayList<>();
          for (int i = 0; i < found.size(); i++) {
            if (!isAs(known.get(i), found.get(i)) && isStill(ranges.get(i), known.get(i))) {
              different.add(ranges.get(i));
            }
          }
          if (different.isEmpty()) {
            onConfirmed();
          } else {
            // The watch may be about to tell it.
            TreeMap<KeyRange, View.Content> then = new TreeMap<>();
            different.forEach(range -> view.content(range).ifPresent(now -> then.put(range, now)));
            vertx.setTimer(Math.max(1, verifyMillis / 8), _ -> onSilent(then));
          }
        })
        .onFailure(failure -> onUnconfirmed(String.valueOf(failure.getMessage())));
  }

  private static boolean isAs(View.Content known, Registry.Newest newest) {
    long modRevision = known.values().stream().mapToLong(KeyValue::modRevision).max().orElse(0);
    return modRevision == newest.modRevision() && known.values().size() == newest.count();
  }

  /** Whether nothing of a range was told meanwhile. */
  private boolean isStill(KeyRange range, View.Content then) {
    return view.content(range).map(now -> now.revision() == then.revision()).orElse(false);
  }

  private void onSilent(Map<KeyRange, View.Content> then) {
    List<KeyRange> silent =
        then.entrySet().stream()
            .filter(entry -> isStill(entry.getKey(), entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (isClosed || !isOpen() || silent.isEmpty()) {
      return;
    }
    LOG.warn("a watch is silent though its keys have changed, reading anew: {}", silent);
    closeStreams();
    silent.forEach(view::compacted);
    pump();
  }

  private void onConfirmed() {
    confirmedNanos = System.nanoTime();
    onMended();
  }

  private void onUnconfirmed(String reason) {
    if (!isClosed && brokenSinceNanos < 0) {
      trouble = reason;
      brokenSinceNanos = confirmedNanos;
      LOG.warn("registry lost, the last good files stand: {}", reason);
    }
  }

  private boolean isOpen() {
    return !streams.isEmpty() && streams.stream().allMatch(stream -> stream.isOpen);
  }

  /** Does what is to be done next, unless something is under way or must be waited for. */
  private void pump() {
    if (isClosed || isReading || isWaiting) {
      return;
    }
    List<KeyRange> unread = view.unread();
    if (unread.isEmpty()) {
      watch();
      onMended();
      read.run();
      return;
    }
    isReading = true;
    read(unread)
        .onComplete(result -> {
          isReading = false;
          if (result.failed()) {
            onBroken(String.valueOf(result.cause().getMessage()));
            return;
          }
          Registry.Ranges answer = result.result();
          for (int i = 0; i < unread.size(); i++) {
            publish(view.load(unread.get(i), answer.revision(), answer.values().get(i)));
          }
          pump();
        });
  }

  private void watch() {
    List<KeyRange> unwatched = unwatched();
    if (unwatched.isEmpty()) {
      return;
    }
    if (streams.size() >= STREAMS_MAX) {
      closeStreams();
      unwatched = unwatched();
    }
    List<Registry.WatchFrom> from =
        unwatched.stream()
            .map(range -> new Registry.WatchFrom(range, view.resumeFrom(range)))
            .toList();
    Stream stream = new Stream(unwatched);
    streams.add(stream);
    stream.watch = registry.watch(from, stream);
  }

  private List<KeyRange> unwatched() {
    TreeSet<KeyRange> ranges = new TreeSet<>(view.ranges());
    streams.forEach(stream -> ranges.removeAll(stream.ranges));
    ranges.removeAll(view.unread());
    return List.copyOf(ranges);
  }

  private void publish(Change change) {
    if (!change.events().isEmpty()) {
      changes.accept(change);
    }
  }

  private void onBroken(String reason) {
    if (isClosed) {
      return;
    }
    trouble = reason;
    if (brokenSinceNanos < 0) {
      brokenSinceNanos = wasRead ? confirmedNanos : System.nanoTime();
      LOG.warn("registry lost, the last good files stand: {}", reason);
    }
    if (!isWaiting) {
      isWaiting = true;
      vertx.setTimer(
          backOff.next(),
          _ -> {
            isWaiting = false;
            pump();
          });
    }
  }

  private void onOpen(long revision) {
    backOff.reset();
    confirmedNanos = System.nanoTime();
    scheduleVerification();
    onMended();
    // A member may lag behind; whether the history is another one, only a linearizable read tells.
    if (revision < view.revision()) {
      var _ =
          read(List.of(view.ranges().first()))
              .onFailure(failure -> LOG.debug("not verified: {}", failure.getMessage()));
    }
  }

  private void onMended() {
    boolean isWhole = unwatched().isEmpty() && streams.stream().allMatch(stream -> stream.isOpen);
    if (brokenSinceNanos >= 0 && isWhole) {
      LOG.info("registry found again revision={} after_seconds={}", view.revision(), ageSeconds());
      brokenSinceNanos = -1;
      read.run();
    }
  }

  private void rewind(long revision, long known) {
    LOG.warn(
        "the registry went back from revision={} to revision={}: reading anew", known, revision);
    closeStreams();
    view.forgetRevisions();
    rewound.run();
    pump();
  }

  private void closeUnused() {
    for (Stream stream : List.copyOf(streams)) {
      if (stream.ranges.isEmpty()) {
        streams.remove(stream);
        stream.close();
      }
    }
  }

  private void closeStreams() {
    List<Stream> closing = List.copyOf(streams);
    streams.clear();
    closing.forEach(Stream::close);
  }

  /** One watch stream and the ranges it still serves. */
  private final class Stream implements Registry.WatchListener {
    private final TreeSet<KeyRange> ranges;
    private Registry.@Nullable Watch watch;
    private boolean isOpen;

    Stream(Collection<KeyRange> ranges) {
      this.ranges = new TreeSet<>(ranges);
    }

    void close() {
      if (watch != null) {
        watch.close();
      }
    }

    @Override
    public void onOpen(long revision) {
      isOpen = true;
      Follower.this.onOpen(revision);
    }

    @Override
    public void onEvents(KeyRange range, List<Event> events) {
      confirmedNanos = System.nanoTime();
      if (ranges.contains(range)) {
        publish(view.apply(range, events));
      }
    }

    @Override
    public void onCompacted(KeyRange range) {
      LOG.info("watch was compacted away, reading anew: {}", range.start());
      ranges.remove(range);
      view.compacted(range);
      closeUnused();
      pump();
    }

    @Override
    public void onEnd(RegistryException reason) {
      if (streams.remove(this)) {
        onBroken(String.valueOf(reason.getMessage()));
      }
    }
  }
}
