package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.apply.Command;
import dev.remora.server.mvcc.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class AutoCompactionTest {
  /** Any: a clock that only goes forward may begin below 0. */
  private static final long START_NANOS = -5_000_000_000_000L;

  private long minutes;

  /** At minute m the newest revision is 1000 + m. */
  private List<String> run(AutoCompaction rule, long untilMinutes) {
    List<String> compactions = new ArrayList<>();
    for (; minutes <= untilMinutes; minutes++) {
      long now = START_NANOS + Duration.ofMinutes(minutes).toNanos();
      rule.due(now, 1_000 + minutes)
          .ifPresent(revision -> compactions.add(minutes + ":" + (revision - 1_000)));
    }
    return compactions;
  }

  @Test
  void ofTenHoursAllIsKeptAndEachHourTheRestIsLetGo() {
    assertThat(run(AutoCompaction.ofAge(Duration.ofHours(10)), 13 * 60))
        .containsExactly("600:0", "660:60", "720:120", "780:180");
  }

  @Test
  void anAgeBelowAnHourIsAlsoTheInterval() {
    assertThat(run(AutoCompaction.ofAge(Duration.ofMinutes(30)), 100))
        .containsExactly("30:0", "60:30", "90:60");
  }

  @Test
  void whatIsYoungerIsNeverLetGoHoweverLongTheAge() {
    AutoCompaction rule = AutoCompaction.ofAge(Duration.ofDays(60));

    List<String> compactions = run(rule, 61 * 24 * 60);

    assertThat(compactions).hasSizeBetween(20, 25);
    assertThat(compactions)
        .allSatisfy(at -> {
          String[] parts = at.split(":", -1);
          assertThat(Long.parseLong(parts[0]) - Long.parseLong(parts[1]))
              .isBetween(60L * 24 * 60, 60L * 24 * 60 + 180);
        });
  }

  @Test
  void byRevisionsItLooksEveryFiveMinutes() {
    assertThat(run(AutoCompaction.ofRevisions(2), 12)).containsExactly("5:3", "10:8");
  }

  @Test
  void fewerRevisionsThanAreKeptAreLeftAlone() {
    AutoCompaction rule = AutoCompaction.ofRevisions(1_007);

    // At minute 10 there are 1010, of which the first three go.
    assertThat(run(rule, 12)).containsExactly("10:" + (3 - 1_000));
  }

  @Test
  void noneNeverCompacts() {
    assertThat(AutoCompaction.none().due(START_NANOS, 5)).isEqualTo(Optional.empty());
  }

  @Test
  void aMemberCompactsByItsClock() {
    try (TestMember member = TestMember.start()) {
      put(member);
      put(member);
      put(member);
      member.onReplica(replica -> replica.compactBy(AutoCompaction.ofRevisions(1)));

      // It begins to count when it is first asked, which is some time after this.
      await()
          .until(() -> {
            member.passSeconds(60);
            return member.replica().state().keyspace().compactRevision() == 3;
          });

      assertThat(member.replica().state().revision()).isEqualTo(4);
    }
  }

  private static void put(TestMember member) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Bytes key = Bytes.utf8("k");
    member.onLoop((_, door) ->
        door.propose(new Command.Put(key, key, 0, false, false, false), answer::complete));
    assertThat(answer.orTimeout(5, TimeUnit.SECONDS).join()).isInstanceOf(Answer.Applied.class);
  }
}
