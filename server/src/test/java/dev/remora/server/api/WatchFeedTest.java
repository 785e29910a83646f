package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.TestMember;
import dev.remora.server.watch.Interest;
import dev.remora.server.watch.Sink;
import dev.remora.server.watch.Watcher;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the replica wakes a loop to tell its watchers. */
final class WatchFeedTest {
  private static final Bytes KEY = Bytes.utf8("/a");

  private final TestMember member = TestMember.start();
  private final AtomicInteger wakeUps = new AtomicInteger();
  private final AtomicReference<Context> loop = new AtomicReference<>();
  private final AtomicReference<WatchFeed> feed = new AtomicReference<>();
  private final List<Long> told = new CopyOnWriteArrayList<>();

  private final Sink sink =
      new Sink() {
        @Override
        public boolean offer(long revision, List<Change> changes, Keyspace keyspace) {
          told.add(revision);
          return true;
        }

        @Override
        public void compacted(long compactRevision) {}
      };

  @BeforeEach
  void open() {
    member.onLoop((context, _) -> {
      loop.set(context);
      Door counted =
          member
              .replica()
              .open(task -> {
                wakeUps.incrementAndGet();
                context.runOnContext(_ -> task.run());
              });
      feed.set(new WatchFeed(context, counted));
    });
  }

  @AfterEach
  void close() {
    member.close();
  }

  @Test
  void aLoopWithoutWatchersIsNotWokenByWrites() {
    write();
    write();

    assertThat(wakeUps).hasValue(0);
    assertThat(feed.get().revision()).isEqualTo(3);
  }

  @Test
  void watchersAreToldOfWhatIsWrittenWhileTheyWatch() {
    write();
    Watcher first = watch();
    write();
    await().until(() -> told.equals(List.of(3L)));
    cancel(first);
    write();
    Watcher second = watch();
    write();
    await().until(() -> told.equals(List.of(3L, 5L)));
    cancel(second);
  }

  @Test
  void aLoopWhoseWatchersAreGoneIsWokenOnceMore() {
    Watcher gone = watch();
    write();
    await().until(() -> told.size() == 1);
    cancel(gone);
    write();
    await().until(() -> !isFollowed());
    int before = wakeUps.get();

    write();
    write();

    assertThat(wakeUps).hasValue(before);
  }

  /** Once it is not, the newest revision is read where it is written. */
  private boolean isFollowed() {
    long before = wakeUps.get();
    write();
    return wakeUps.get() > before;
  }

  private Watcher watch() {
    CompletableFuture<Watcher> begun = new CompletableFuture<>();
    Interest interest = new Interest.Keys(KeyRange.of(KEY, Bytes.EMPTY));
    loop.get().runOnContext(_ -> begun.complete(feed.get().watch(interest, 0, sink)));
    return begun.orTimeout(10, TimeUnit.SECONDS).join();
  }

  private void cancel(Watcher watcher) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    loop.get()
        .runOnContext(_ -> {
          feed.get().cancel(watcher);
          ended.complete(null);
        });
    ended.orTimeout(10, TimeUnit.SECONDS).join();
  }

  /** Returns once it is answered. */
  private void write() {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    member.onLoop((_, door) ->
        door.propose(
            new Command.Put(KEY, KEY, 0, false, false, false), _ -> answered.complete(null)));
    answered.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
