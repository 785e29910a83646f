package dev.remora.agent.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.agent.service.Txn;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FollowerTest {
  private static final KeyRange APP = new KeyRange.Prefix("/app/");

  private final Vertx vertx = Vertx.vertx();
  private final Scripted registry = new Scripted();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aWatchThatFellSilentIsFoundOutAndItsKeysAreReadAnew() {
    registry.revision = 5;
    registry.content = List.of(kv("/app/a", 4), kv("/app/b", 5));
    Follower follower = follow();
    await().until(() -> registry.watches.get() == 1);

    // The key that had changed last is deleted, and no one tells.
    registry.revision = 6;
    registry.content = List.of(kv("/app/a", 4));

    await()
        .untilAsserted(() -> assertThat(told).containsExactly("[Delete[key=/app/b, revision=6]]"));
    assertThat(registry.watches.get()).as("the silent one is replaced").isEqualTo(2);
    assertThat(follower.trouble()).isEmpty();
  }

  @Test
  void aRegistryThatCannotConfirmMakesTheViewAgeThoughItsWatchIsOpen() {
    registry.revision = 5;
    registry.content = List.of(kv("/app/a", 4));
    Follower follower = follow();
    await().until(() -> registry.watches.get() == 1);
    registry.isAway = true;

    await().until(() -> follower.trouble().equals("away"));
    await().until(() -> follower.ageSeconds() >= 1);
    registry.isAway = false;

    await().until(() -> follower.ageSeconds() == 0);
    assertThat(registry.watches.get()).as("it was never closed").isEqualTo(1);
    assertThat(told).isEmpty();
  }

  private Follower follow() {
    Follower follower =
        new Follower(
            vertx,
            registry,
            change -> told.add(change.events().toString()),
            () -> {},
            () -> {},
            new SplittableRandom(1),
            200);
    vertx.runOnContext(_ -> follower.want(List.of(APP), Renderer.ReadRanges.NOTHING));
    return follower;
  }

  private static KeyValue kv(String key, long revision) {
    return new KeyValue(key, "v", revision, revision, 0);
  }

  /** A registry that says what the test wants, and whose watches never tell anything. */
  private static final class Scripted implements Registry {
    private final AtomicInteger watches = new AtomicInteger();
    private volatile long revision;
    private volatile List<KeyValue> content = List.of();
    private volatile boolean isAway;

    @Override
    public Future<Ranges> read(List<KeyRange> ranges) {
      return Future.succeededFuture(new Ranges(revision, List.of(content)));
    }

    @Override
    public Future<List<Newest>> newest(List<KeyRange> ranges) {
      List<KeyValue> now = content;
      return isAway
          ? Future.failedFuture(new RegistryException("away"))
          : Future.succeededFuture(
              List.of(
                  new Newest(
                      now.size(), now.stream().mapToLong(KeyValue::modRevision).max().orElse(0))));
    }

    @Override
    public Watch watch(List<WatchFrom> ranges, WatchListener listener) {
      watches.incrementAndGet();
      listener.onOpen(revision);
      return () -> {};
    }

    @Override
    public Future<TxnResult> commit(Txn txn) {
      throw new IllegalStateException("a follower writes nothing");
    }

    @Override
    public Future<Lease> grant(Duration ttl) {
      throw new IllegalStateException("a follower has no lease");
    }

    @Override
    public Future<LeaseState> keepAlive(long lease) {
      throw new IllegalStateException("a follower has no lease");
    }

    @Override
    public Future<Void> revoke(long lease) {
      throw new IllegalStateException("a follower has no lease");
    }

    @Override
    public Future<LeaseState> timeToLive(long lease) {
      throw new IllegalStateException("a follower has no lease");
    }

    @Override
    public long requests() {
      return 0;
    }

    @Override
    public Future<Void> refresh() {
      return Future.succeededFuture();
    }
  }
}
