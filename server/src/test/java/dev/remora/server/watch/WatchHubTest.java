package dev.remora.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WatchHubTest {
  private final Applier applier = new Applier(State.EMPTY);
  private final WatchHub hub = new WatchHub(Keyspace.EMPTY);
  private long index;

  /** Notes what it is told; takes so many revisions before it wants a pause. */
  private static final class Notes implements Sink {
    private final List<String> told = new ArrayList<>();
    private int appetite = Integer.MAX_VALUE;
    private long compactedAt = -1;

    @Override
    public boolean offer(long revision, List<Change> changes, Keyspace keyspace) {
      for (Change change : changes) {
        assertThat(change.modRevision()).isEqualTo(revision);
        told.add(
            switch (change) {
              case Version version ->
                  revision + (version.isTombstone() ? "-" : "+") + version.key().text();
              case DirectoryChange directory ->
                  revision + directory.action().word() + directory.path().text() + "/";
            });
      }
      return --appetite > 0;
    }

    @Override
    public void compacted(long compactRevision) {
      compactedAt = compactRevision;
    }
  }

  @Test
  void aWatcherIsToldFromItsRevisionOnAndNothingTwice() {
    put("/a");
    put("/a");
    Notes past = watch(keys("/a", ""), 3);
    Notes now = watch(keys("/a", ""), 0);
    Notes future = watch(keys("/a", ""), 6);

    catchUp();
    put("/a");
    put("/b");
    put("/a");
    publish();
    publish();

    assertThat(past.told).containsExactly("3+/a", "4+/a", "6+/a");
    assertThat(now.told).containsExactly("4+/a", "6+/a");
    assertThat(future.told).containsExactly("6+/a");
  }

  @Test
  void whatAStalledWatcherMissesItReadsFromTheHistory() {
    Notes notes = new Notes();
    notes.appetite = 2;
    Watcher watcher = hub.watch(keys("/", "0"), 0, notes);

    for (int i = 0; i < 5_000; i++) {
      put("/k" + i % 7);
      publish();
    }
    assertThat(notes.told).hasSize(2);
    assertThat(watcher.isSynced()).isFalse();
    notes.appetite = Integer.MAX_VALUE;
    hub.resume(watcher);
    catchUp();

    assertThat(watcher.isSynced()).isTrue();
    assertThat(notes.told).hasSize(5_000).doesNotHaveDuplicates();
    assertThat(notes.told.getLast()).startsWith("5001+");
  }

  @Test
  void allChangesOfATransactionComeTogetherInTheirOrder() {
    Notes notes = watch(keys("/", "0"), 0);

    apply(
        new Command.Txn(
            List.of(), List.of(putOf("/b"), putOf("/a"), putOf("x"), putOf("/c")), List.of()));
    publish();

    assertThat(notes.told).containsExactly("2+/b", "2+/a", "2+/c");
  }

  @Test
  void aWatcherThatCompactionOvertakesIsToldSo() {
    for (int i = 0; i < 10; i++) {
      put("/a");
    }
    apply(new Command.Compact(8));
    publish();
    Notes lost = watch(keys("/a", ""), 7);
    Notes justInTime = watch(keys("/a", ""), 8);

    catchUp();

    assertThat(lost.compactedAt).isEqualTo(8);
    assertThat(lost.told).isEmpty();
    assertThat(justInTime.told).containsExactly("8+/a", "9+/a", "10+/a", "11+/a");
    assertThat(hub.size()).isEqualTo(1);
  }

  @Test
  void aCancelledWatcherIsToldNothingMore() {
    Notes synced = new Notes();
    Notes behind = new Notes();
    put("/a");
    publish();
    Watcher first = hub.watch(keys("/a", ""), 0, synced);
    Watcher second = hub.watch(keys("/a", ""), 2, behind);

    hub.cancel(first);
    hub.cancel(second);
    put("/a");
    publish();
    catchUp();

    assertThat(synced.told).isEmpty();
    assertThat(behind.told).isEmpty();
    assertThat(hub.size()).isZero();
  }

  @Test
  void aPathWatcherHearsOfTheDirectoryThatTookItsNodeAway() {
    set("/d/x/y");
    publish();
    Notes node = watch(new Interest.Path(Bytes.utf8("/d/x/y"), false), 0);
    Notes inBetween = watch(new Interest.Path(Bytes.utf8("/d/x"), false), 0);
    Notes never = watch(new Interest.Path(Bytes.utf8("/d/z"), true), 0);
    Notes above = watch(new Interest.Path(Bytes.utf8("/"), true), 0);
    Notes keys = watch(keys("/d/", "/d0"), 0);

    apply(new Command.Tree(new TreeWrite.Delete(Bytes.utf8("/d"), true, true)));
    publish();

    assertThat(node.told).containsExactly("3delete/d/");
    assertThat(inBetween.told).containsExactly("3delete/d/");
    assertThat(never.told).isEmpty();
    assertThat(above.told).containsExactly("3delete/d/");
    assertThat(keys.told).containsExactly("3-/d/x/y");
  }

  @Test
  void whatIsHiddenIsToldOnlyToWhoWatchesItByName() {
    Notes above = watch(new Interest.Path(Bytes.utf8("/a"), true), 0);
    Notes inside = watch(new Interest.Path(Bytes.utf8("/a/_h"), true), 0);

    set("/a/_h/k");
    publish();
    Notes afterwards = watch(new Interest.Path(Bytes.utf8("/a"), true), 2);
    catchUp();

    assertThat(above.told).isEmpty();
    assertThat(inside.told).containsExactly("2+/a/_h/k");
    assertThat(afterwards.told).as("history does not hide").containsExactly("2+/a/_h/k");
  }

  /** However ranges are indexed, each watcher is told exactly what lies in its range. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyKindOfRangeIsFound(long seed) {
    Random random = new Random(seed);
    List<String> names = List.of("a", "ab", "abc", "b", "b\u007f", "c", "/", "/a", "/a/b", "0");
    List<String> ends = List.of("", "\0", "b", "ac", "abd", "0", "/b", "/a0", "d");
    List<KeyRange> ranges = new ArrayList<>();
    List<Notes> watchers = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Bytes from = Bytes.utf8(names.get(random.nextInt(names.size())));
      KeyRange range = KeyRange.of(from, Bytes.utf8(ends.get(random.nextInt(ends.size()))));
      if (!range.isEmpty()) {
        Notes notes = new Notes();
        notes.appetite = 1 + random.nextInt(4);
        ranges.add(range);
        watchers.add(notes);
        Watcher[] watcher = new Watcher[1];
        watcher[0] = hub.watch(new Interest.Keys(range), 0, notes);
        stalled.add(() -> {
          notes.appetite = Integer.MAX_VALUE;
          hub.resume(watcher[0]);
        });
      }
    }
    List<String> written = new ArrayList<>();

    for (int i = 0; i < 200; i++) {
      String key = names.get(random.nextInt(names.size()));
      put(key);
      written.add(key);
      if (random.nextInt(3) == 0) {
        publish();
      }
      if (random.nextInt(20) == 0) {
        stalled.get(random.nextInt(stalled.size())).run();
        hub.catchUp(1 + random.nextInt(30));
      }
    }
    publish();
    stalled.forEach(Runnable::run);
    catchUp();

    for (int i = 0; i < ranges.size(); i++) {
      List<String> expected = new ArrayList<>();
      for (int j = 0; j < written.size(); j++) {
        if (ranges.get(i).contains(Bytes.utf8(written.get(j)))) {
          expected.add((j + 2) + "+" + written.get(j));
        }
      }
      assertThat(watchers.get(i).told).as("seed %d, %s", seed, ranges.get(i)).isEqualTo(expected);
    }
  }

  private final List<Runnable> stalled = new ArrayList<>();

  private Notes watch(Interest interest, long next) {
    publish();
    Notes notes = new Notes();
    hub.watch(interest, next, notes);
    return notes;
  }

  private static Interest keys(String from, String end) {
    return new Interest.Keys(KeyRange.of(Bytes.utf8(from), Bytes.utf8(end)));
  }

  private void put(String key) {
    apply(putOf(key));
  }

  private static Command.Put putOf(String key) {
    return new Command.Put(Bytes.utf8(key), Bytes.utf8("v"), 0, false, false, false);
  }

  private void set(String path) {
    apply(
        new Command.Tree(
            new TreeWrite.Set(Bytes.utf8(path), Bytes.utf8("v"), false, Version.PERMANENT, false)));
  }

  private void apply(Command command) {
    applier.apply(++index, 1, command);
  }

  private void publish() {
    hub.advance(applier.freeze().keyspace());
  }

  private void catchUp() {
    while (hub.catchUp(100)) {
      // Until all have read on.
    }
  }
}
