package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.api.HttpCaller;
import dev.remora.server.api.TestServer;
import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.replica.Quota;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules by which v2 and v3 meet on one keyspace, seen through the v2 door. */
final class TwoDoorsTest {
  private final TestServer server = TestServer.start(new V2Settings(1_000, 1_000_000, 100, 0));
  private final HttpCaller caller = new HttpCaller(server);

  @AfterEach
  void close() {
    server.close();
  }

  /** etcd's quota is v3's alone; on one keyspace it cannot be. */
  @Test
  void aFullStoreRefusesV2WritesButDeletes() {
    caller.put("/v2/keys/a", "value=1");
    server.member().onReplica(replica -> replica.keepWithin(new Quota(1_000)));

    HttpResponse<String> refused = caller.put("/v2/keys/a", "value=" + "x".repeat(1_000));

    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(refused.body())
        .startsWith(
            "{\"errorCode\":300,\"message\":\"Raft Internal Error\","
                + "\"cause\":\"etcdserver: mvcc: database space exceeded\"");
    assertThat(caller.put("/v2/keys/b", "value=1").statusCode()).isEqualTo(500);
    assertThat(caller.get("/health").statusCode()).isEqualTo(503);
    assertThat(caller.get("/health?exclude=NOSPACE").statusCode()).isEqualTo(200);
    assertThat(caller.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(caller.get("/v2/keys/a").statusCode()).isEqualTo(200);
    assertThat(caller.delete("/v2/keys/a").statusCode()).isEqualTo(200);
  }

  /** The refusal that the log itself makes, of a write that came before the alarm was known. */
  @Test
  void aCorruptStoreRefusesEveryV2Write() {
    caller.put("/v2/keys/a", "value=1");
    server.propose(new Command.SetAlarm(new Alarm(1, Alarm.Kind.CORRUPT), true));

    assertThat(caller.put("/v2/keys/a", "value=1").body()).contains("etcdserver: corrupt cluster");
    assertThat(caller.delete("/v2/keys/a").statusCode()).isEqualTo(500);
    assertThat(caller.get("/readyz").statusCode()).isEqualTo(503);
  }

  /** Rule (a). */
  @Test
  void v2SeesOnlyKeysThatArePaths() {
    for (String key : List.of("a", "/a//b", "/a/./b", "/a/..", "/a/", "//", "/", "/ok/k")) {
      put(key, "v");
    }

    assertThat(caller.get("/v2/keys/?recursive=true").body())
        .isEqualTo(
            "{\"action\":\"get\",\"node\":{\"dir\":true,\"nodes\":[{\"key\":\"/ok\",\"dir\":true,"
                + "\"nodes\":[{\"key\":\"/ok/k\",\"value\":\"v\",\"modifiedIndex\":9,"
                + "\"createdIndex\":9}],\"modifiedIndex\":9,\"createdIndex\":9}]}}\n");
    assertThat(caller.get("/v2/keys/a").statusCode()).isEqualTo(404);
  }

  /** Rule (b). */
  @Test
  void aV2WriteKeepsItsParentsUntilTheyAreDeleted() {
    caller.put("/v2/keys/a/b/c", "value=1");

    server.propose(new Command.DeleteRange(Bytes.utf8("/a/b/c"), Bytes.EMPTY, false));

    assertThat(caller.get("/v2/keys/a?recursive=true").body())
        .isEqualTo(
            "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"dir\":true,\"nodes\":[{\"key\":"
                + "\"/a/b\",\"dir\":true,\"modifiedIndex\":2,\"createdIndex\":2}],"
                + "\"modifiedIndex\":2,\"createdIndex\":2}}\n");
  }

  /** Rule (c). */
  @Test
  void aDirectoryThatV3ImpliesGoesWithItsLastKey() {
    put("/d/b", "1");
    put("/d/a", "2");
    put("/d/b", "3");

    String listed = caller.get("/v2/keys/d?sorted=true").body();
    server.propose(new Command.DeleteRange(Bytes.utf8("/d/"), Bytes.utf8("/d0"), false));
    HttpResponse<String> gone = caller.get("/v2/keys/d");

    assertThat(listed).endsWith("}],\"modifiedIndex\":3,\"createdIndex\":3}}\n");
    assertThat(gone.statusCode()).isEqualTo(404);
  }

  /** Rule (d). */
  @Test
  void aDirectoryHidesAKeyOfItsNameAndWhatBecomesOfIt() throws Exception {
    put("/d", "hidden");
    put("/d/k", "1");
    CompletableFuture<HttpResponse<String>> poll = caller.begin("/v2/keys/d?wait=true");
    await().until(() -> server.watchers() == 1);

    put("/d", "still hidden");
    String shown = caller.get("/v2/keys/d").body();
    server.propose(new Command.DeleteRange(Bytes.utf8("/d/k"), Bytes.EMPTY, false));
    String uncovered = caller.get("/v2/keys/d").body();
    put("/d", "seen");

    assertThat(shown).contains("\"dir\":true").doesNotContain("hidden");
    assertThat(uncovered).contains("\"value\":\"still hidden\"");
    assertThat(poll.get(10, TimeUnit.SECONDS).body()).contains("\"value\":\"seen\"");
  }

  /** Rule (e). */
  @Test
  void removingADirectoryRemovesAllBelowItSeenOrNotInOneRevision() {
    for (String key : List.of("/d", "/d/a", "/d//odd", "/d/", "/d0", "/dz")) {
      put(key, "v");
    }

    HttpResponse<String> removed = caller.delete("/v2/keys/d?recursive=true");

    assertThat(removed.body())
        .isEqualTo(
            "{\"action\":\"delete\",\"node\":{\"key\":\"/d\",\"dir\":true,\"modifiedIndex\":8,"
                + "\"createdIndex\":3},\"prevNode\":{\"key\":\"/d\",\"dir\":true,"
                + "\"modifiedIndex\":3,\"createdIndex\":3}}\n");
    assertThat(state().revision()).isEqualTo(8);
    for (String key : List.of("/d", "/d/a", "/d//odd", "/d/")) {
      assertThat(find(key)).as(key).isEmpty();
    }
    assertThat(find("/d0")).isPresent();
    assertThat(find("/dz")).isPresent();
  }

  /** Rule (f). */
  @Test
  void v3ChangesHaveV2sNames() {
    server.propose(new Command.LeaseGrant(7, 60));
    server.propose(new Command.LeaseGrant(8, 60));
    put("/k", "1");
    server.propose(new Command.DeleteRange(Bytes.utf8("/k"), Bytes.EMPTY, false));
    server.propose(new Command.Put(Bytes.utf8("/k"), Bytes.utf8("2"), 7, false, false, false));
    server.propose(new Command.LeaseRevoke(7, false));
    server.propose(new Command.Put(Bytes.utf8("/k"), Bytes.utf8("3"), 8, false, false, false));
    server.propose(new Command.LeaseRevoke(8, true));

    assertThat(event(2)).startsWith("{\"action\":\"set\"").contains("\"value\":\"1\"");
    assertThat(event(3)).startsWith("{\"action\":\"delete\"");
    assertThat(event(4)).startsWith("{\"action\":\"set\"").doesNotContain("prevNode");
    assertThat(event(5)).startsWith("{\"action\":\"delete\"").contains("\"value\":\"2\"");
    assertThat(event(7)).startsWith("{\"action\":\"expire\"").contains("\"value\":\"3\"");
  }

  /** Rule (g). */
  @Test
  void aLeaseShowsNoTtlAndOnlyARefreshKeepsIt() {
    server.propose(new Command.LeaseGrant(7, 60));
    server.propose(new Command.Put(Bytes.utf8("/k"), Bytes.utf8("1"), 7, false, false, false));

    String leased = caller.get("/v2/keys/k").body();
    caller.put("/v2/keys/k", "refresh=true&ttl=100&prevExist=true");
    long leaseAfterRefresh = find("/k").orElseThrow().lease();
    String refreshed = caller.get("/v2/keys/k").body();
    caller.put("/v2/keys/k", "value=2&ttl=100");
    long leaseAfterSet = find("/k").orElseThrow().lease();
    String set = caller.get("/v2/keys/k").body();
    put("/k", "3");
    String putByV3 = caller.get("/v2/keys/k").body();

    assertThat(leased).doesNotContain("ttl");
    assertThat(leaseAfterRefresh).isEqualTo(7);
    assertThat(refreshed).contains("\"value\":\"1\"").doesNotContain("ttl");
    assertThat(leaseAfterSet).isZero();
    assertThat(set).contains("\"ttl\":100");
    assertThat(putByV3).contains("\"value\":\"3\"").doesNotContain("ttl");
  }

  @Test
  void aTtlRunsOutByTheMembersClock() {
    caller.put("/v2/keys/d", "dir=true&ttl=30");
    caller.put("/v2/keys/d/k", "value=1");
    caller.put("/v2/keys/later", "value=1&ttl=90");

    server.member().passSeconds(31);

    await().until(() -> caller.get("/v2/keys/d/k").statusCode() == 404);
    assertThat(event(5))
        .startsWith("{\"action\":\"expire\",\"node\":{\"key\":\"/d\",\"dir\":true,");
    assertThat(caller.get("/v2/keys/later").body()).contains("\"ttl\":59");
  }

  @Test
  void aWriteThatIsNotDurableInTimeIsToldSoAndMayHappenLater() {
    server.member().log().hold();

    HttpResponse<String> reply = caller.put("/v2/keys/a", "value=1");
    HttpResponse<String> read = caller.get("/v2/keys/a");
    server.member().log().release();

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.headers().firstValue("X-Etcd-Index")).hasValue("0");
    assertThat(reply.body())
        .isEqualTo(
            "{\"errorCode\":300,\"message\":\"Raft Internal Error\","
                + "\"cause\":\"etcdserver: request timed out\",\"index\":0}\n");
    assertThat(read.statusCode()).isEqualTo(404);
    await().until(() -> caller.get("/v2/keys/a").statusCode() == 200);
  }

  @Test
  void aWriteWithoutRoomIsToldSoAndReadsGoOn() {
    caller.put("/v2/keys/a", "value=1");
    server.member().replica().setFull(true);

    HttpResponse<String> reply = caller.put("/v2/keys/a", "value=2");

    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.body()).contains("\"etcdserver: mvcc: database space exceeded\"");
    assertThat(caller.get("/v2/keys/a?quorum=true").body()).contains("\"value\":\"1\"");
  }

  private void put(String key, String value) {
    server.propose(new Command.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false));
  }

  /** The event of an index, out of the history. */
  private String event(long index) {
    return caller.get("/v2/keys/?wait=true&recursive=true&waitIndex=" + index).body();
  }

  private State state() {
    return server.member().replica().state();
  }

  private Optional<Version> find(String key) {
    return state().keyspace().find(Bytes.utf8(key));
  }
}
