package dev.remora.torture.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import dev.remora.torture.watch.WatchLog;
import dev.remora.torture.workload.Bank;
import dev.remora.torture.workload.Expiries;
import dev.remora.torture.workload.Locks;
import dev.remora.torture.workload.OrderedSets;
import dev.remora.torture.workload.Registers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each check is silent about a good run, and notices the one thing that is wrong in a bad one. */
final class ChecksTest {
  private static final String KEY = Registers.REGISTERS + "0-0";
  private static final Map<String, String> QUORUM = Map.of("quorum", "true");

  private final List<Call> calls = new ArrayList<>();
  private final List<WatchLog> keys = List.of(new WatchLog(0), new WatchLog(1));
  private final List<WatchLog> ranges = List.of(new WatchLog(0), new WatchLog(1));
  private final List<Path> logs = new ArrayList<>();
  private long time = System.nanoTime();

  private List<String> bad() {
    Map<String, List<String>> verdicts =
        Checks.run(new Checks.Evidence(calls, keys, ranges, logs, true));
    return verdicts.entrySet().stream()
        .filter(verdict -> !verdict.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** One call after the other; each takes a microsecond. */
  private void call(Request request, Outcome outcome) {
    calls.add(new Call(1, 0, time, time + 1000, request, outcome));
    time += 2000;
  }

  private void set(String key, String value, long index, String before) {
    call(
        new Request.Keys("PUT", key, Map.of("value", value)),
        new Outcome.Answered(new Reply(201, index, event("set", key, value, index, before))));
  }

  private static String event(String action, String key, String value, long index, String before) {
    return """
    {"action":"%s","node":{"key":"%s","value":"%s","modifiedIndex":%d,"createdIndex":%d}%s}\
    """
        .formatted(action, key, value, index, index, before);
  }

  private static String before(String key, String value, long index) {
    return """
    ,"prevNode":{"key":"%s","value":"%s","modifiedIndex":%d,"createdIndex":%d}\
    """
        .formatted(key, value, index, index);
  }

  private void read(String key, String value, long index, long now) {
    call(
        new Request.Keys("GET", key, QUORUM),
        new Outcome.Answered(new Reply(200, now, event("get", key, value, index, ""))));
  }

  private void tell(List<WatchLog> watchers, long index, String action, String key, String value) {
    Change change = new Change(new Change.Place(index, 0), action, key, value, index);
    watchers.forEach(log -> log.add(change));
  }

  private void twoWrites() {
    set(KEY, "a", 4, "");
    set(KEY, "b", 5, before(KEY, "a", 4));
    tell(keys, 4, "set", KEY, "a");
    tell(keys, 5, "set", KEY, "b");
  }

  @Test
  void aGoodRunIsGood() {
    twoWrites();
    read(KEY, "b", 5, 5);

    assertThat(bad()).isEmpty();
  }

  @Test
  void anOldReadIsFoundTwice() {
    twoWrites();
    read(KEY, "a", 4, 4);

    assertThat(bad())
        .containsExactly("registers are linearizable", "v2 answers fit the index order");
  }

  @Test
  void anAcknowledgedWriteThatNoWatchToldIsFound() {
    twoWrites();
    set(KEY, "c", 6, before(KEY, "b", 5));

    assertThat(bad()).containsExactly("v2 answers fit the index order");
  }

  @Test
  void aWriteOfUnknownOutcomeMayHaveHappened() {
    call(new Request.Keys("PUT", KEY, Map.of("value", "a")), new Outcome.Unknown("no answer"));
    tell(keys, 4, "set", KEY, "a");
    read(KEY, "a", 4, 4);

    assertThat(bad()).isEmpty();
  }

  @Test
  void aWriteThatWasRefusedMustNotHaveHappened() {
    call(new Request.Keys("PUT", KEY, Map.of("value", "a")), new Outcome.NotDone("refused"));
    tell(keys, 4, "set", KEY, "a");

    assertThat(bad()).containsExactly("v2 answers fit the index order");
  }

  @Test
  void aComparisonThatShouldHaveFailedIsFound() {
    twoWrites();
    call(
        new Request.Keys("PUT", KEY, Map.of("value", "c", "prevValue", "a")),
        new Outcome.Answered(
            new Reply(200, 6, event("compareAndSwap", KEY, "c", 6, before(KEY, "b", 5)))));
    tell(keys, 6, "compareAndSwap", KEY, "c");

    assertThat(bad())
        .containsExactly("registers are linearizable", "v2 answers fit the index order");
  }

  @Test
  void aChangeThatOneMemberDoesNotTellIsFound() {
    twoWrites();
    keys.getFirst().add(new Change(new Change.Place(6, 0), "expire", KEY, "", 5));

    assertThat(bad()).contains("v2 watches agree, without a gap");
  }

  @Test
  void aChangeThatIsToldTwiceIsFound() {
    twoWrites();
    keys.getFirst().add(new Change(new Change.Place(5, 0), "set", KEY, "b", 5));

    assertThat(bad()).containsExactly("v2 watches agree, without a gap");
  }

  @Test
  void membersThatTellDifferentThingsAreFound() {
    twoWrites();
    keys.getFirst().add(new Change(new Change.Place(6, 0), "set", KEY, "c", 6));
    keys.getLast().add(new Change(new Change.Place(6, 0), "set", KEY, "d", 6));

    assertThat(bad()).contains("v2 watches agree, without a gap");
  }

  @Test
  void aLostElementIsFound() {
    String set = OrderedSets.SETS + "0";
    String key = set + "/%020d".formatted(4);
    call(
        new Request.Keys("POST", set, Map.of("value", "s1")),
        new Outcome.Answered(new Reply(201, 4, event("create", key, "s1", 4, ""))));
    tell(keys, 4, "create", key, "s1");
    call(
        new Request.Keys("GET", set, QUORUM),
        new Outcome.Answered(new Reply(404, 4, "{\"errorCode\":100}")));

    assertThat(bad())
        .containsExactly("v2 answers fit the index order", "sets are whole and in order");
  }

  @Test
  void aKeyThatExpiresBeforeItsTimeIsFound() {
    String key = Expiries.EXPIRIES + "1";
    time = System.nanoTime();
    call(
        new Request.Keys("PUT", key, Map.of("value", "t1", "ttl", "3")),
        new Outcome.Answered(new Reply(201, 4, event("set", key, "t1", 4, ""))));
    tell(keys, 4, "set", key, "t1");
    tell(keys, 5, "expire", key, "");

    assertThat(bad()).containsExactly("keys expire once and in time");
  }

  @Test
  void moneyFromNowhereIsFound() {
    call(
        new Request.V3(
            "kv/range",
            """
            {"key":"%s","range_end":"%s"}\
            """
                .formatted(Base64Text.of(Bank.ACCOUNTS), Base64Text.endOf(Bank.ACCOUNTS))),
        new Outcome.Answered(
            new Reply(
                200,
                -1,
                """
                {"header":{"revision":"1"},"kvs":[{"key":"%s","value":"%s"}]}\
                """
                    .formatted(Base64Text.of(Bank.ACCOUNTS + "0"), Base64Text.of("999 #1")))));

    assertThat(bad()).contains("the bank's sum stays");
  }

  @Test
  void aLockTakenTwiceIsFound() {
    ranges.forEach(
        log -> log.add(new Change(new Change.Place(7, 0), "put", Locks.LOCK, "l2 1", 4)));

    assertThat(bad()).contains("lock and fence hold");
  }

  @Test
  void anOldTokenThatWritesIsFound() {
    tell(ranges, 7, "put", Locks.FENCE, "000000000006");
    tell(ranges, 8, "put", Locks.FENCE, "000000000004");

    assertThat(bad()).contains("lock and fence hold");
  }

  @Test
  void anExceptionInALogIsFound(@TempDir Path folder) throws IOException {
    Path log = Files.writeString(folder.resolve("m0.log"), "all well\njava.io.IOException: no\n");
    logs.add(log);

    assertThat(bad()).containsExactly("logs show no bug");
  }

  @Test
  void aDiskErrorThatWeMadeIsNoBug(@TempDir Path folder) throws IOException {
    logs.add(
        Files.writeString(
            folder.resolve("m0.log"),
            "java.io.IOException: Input/output error\n\tat java.base/x.Y.z(Y.java:1)\n"));

    assertThat(bad()).isEmpty();
  }
}
