package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Compare;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class QuotaTest {
  private static final int QUOTA_BYTES = 100_000;
  private static final int VALUE_BYTES = 1_000;

  private final TestMember member = TestMember.start();

  @BeforeEach
  void bound() {
    member.onReplica(replica -> replica.keepWithin(new Quota(QUOTA_BYTES)));
  }

  @AfterEach
  void close() {
    member.close();
  }

  @Test
  void whoIsRefusedFirstFindsTheAlarmRaised() {
    int done = fill();

    assertThat(done).isBetween(50, QUOTA_BYTES / VALUE_BYTES);
    assertThat(state().sizeBytes()).isLessThanOrEqualTo(QUOTA_BYTES);
    assertThat(state().alarms().raised()).containsExactly(noSpace());
  }

  @Test
  void aCommandThatAloneIsTooLargeRaisesTheAlarm() {
    assertThat(propose(put("big", QUOTA_BYTES))).isEqualTo(refused());
    assertThat(state().alarms().raised()).containsExactly(noSpace());
  }

  @ParameterizedTest
  @MethodSource("growing")
  void whatGrowsIsRefusedWhileTheAlarmStands(Command command) {
    fill();
    long revision = state().revision();

    assertThat(propose(command)).isEqualTo(refused());
    assertThat(state().revision()).isEqualTo(revision);
  }

  static List<Command> growing() {
    Bytes path = Bytes.utf8("/p");
    Command.Txn nested = new Command.Txn(List.of(), List.of(), List.of(put("x", 1)));
    return List.of(
        put("x", 1),
        nested,
        new Command.Txn(List.of(), List.of(nested), List.of()),
        new Command.LeaseGrant(9, 10),
        new Command.Tree(new TreeWrite.Set(path, Bytes.EMPTY, true, Version.PERMANENT, false)),
        new Command.Tree(new TreeWrite.Create(path, Bytes.EMPTY, false, Version.PERMANENT)),
        new Command.Tree(new TreeWrite.CreateInOrder(path, Bytes.EMPTY, false, Version.PERMANENT)),
        new Command.Tree(new TreeWrite.Update(path, Bytes.EMPTY, Version.PERMANENT, false)),
        new Command.Tree(
            new TreeWrite.CompareAndSwap(
                path, Bytes.EMPTY, Bytes.utf8("v"), 0, Version.PERMANENT, false)));
  }

  @Test
  void whatDoesNotGrowGoesOnWhileTheAlarmStands() {
    propose(new Command.LeaseGrant(5, 10));
    fill();
    Bytes key = Bytes.utf8("0");
    Compare exists =
        new Compare(
            Compare.Relation.GREATER, Compare.Target.VERSION, key, Bytes.EMPTY, 0, Bytes.EMPTY);
    Command.DeleteRange delete = new Command.DeleteRange(key, Bytes.EMPTY, false);

    assertThat(outcome(new Command.Txn(List.of(exists), List.of(delete), List.of())))
        .isInstanceOf(Outcome.Txn.class);
    assertThat(outcome(new Command.DeleteRange(Bytes.utf8("1"), Bytes.EMPTY, false)))
        .isInstanceOf(Outcome.DeletedRange.class);
    assertThat(outcome(new Command.Tree(new TreeWrite.Delete(Bytes.utf8("/no"), false, false))))
        .isInstanceOf(Outcome.Tree.class);
    assertThat(outcome(new Command.LeaseRevoke(5, false))).isInstanceOf(Outcome.LeaseRevoked.class);
    assertThat(outcome(new Command.Compact(state().revision())))
        .isInstanceOf(Outcome.Compacted.class);
  }

  /** Overwriting fills the history, so that a compaction makes room. */
  @Test
  void afterACompactionMadeRoomWritesPassOnceTheAlarmIsDisarmed() {
    while (propose(put("one", VALUE_BYTES)) instanceof Answer.Applied) {
      // Until it is full.
    }
    outcome(new Command.Compact(state().revision()));
    await().until(() -> state().sizeBytes() < QUOTA_BYTES / 10);

    assertThat(propose(put("one", VALUE_BYTES))).isEqualTo(refused());
    assertThat(outcome(new Command.SetAlarm(noSpace(), false)))
        .isEqualTo(new Outcome.AlarmSet(true));
    assertThat(outcome(put("one", VALUE_BYTES))).isInstanceOf(Outcome.Put.class);
  }

  @Test
  void withoutRoomADisarmedAlarmIsRaisedAgain() {
    fill();
    outcome(new Command.SetAlarm(noSpace(), false));

    assertThat(propose(put("another", VALUE_BYTES))).isEqualTo(refused());
    assertThat(state().alarms().raised()).containsExactly(noSpace());
  }

  /** Commands on their way are let through, so the quota is passed; by them alone. */
  @Test
  void aBurstPassesTheQuotaByWhatWasOnItsWayOnly() {
    int burst = 1_000;
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    member.onLoop((_, door) -> {
      for (int i = 0; i < burst; i++) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        answers.add(answer);
        door.propose(put(String.valueOf(i), VALUE_BYTES), answer::complete);
      }
    });
    answers.forEach(QuotaTest::await5);
    await().untilAsserted(() -> assertThat(state().alarms().raised()).contains(noSpace()));

    assertThat(propose(put("late", 1))).isEqualTo(refused());
  }

  /** As when the quota was larger before a restart. */
  @Test
  void aStateThatIsTooLargeAlreadyRaisesTheAlarmUnasked() {
    member.onReplica(replica -> replica.keepWithin(Quota.UNBOUNDED));
    outcome(put("big", QUOTA_BYTES));
    member.onReplica(replica -> replica.keepWithin(new Quota(QUOTA_BYTES)));
    outcome(new Command.DeleteRange(Bytes.utf8("none"), Bytes.EMPTY, false));

    await().untilAsserted(() -> assertThat(state().alarms().raised()).contains(noSpace()));
  }

  /** The quota is each member's own; the alarm of one binds all. */
  @Test
  void theAlarmOfAnotherMemberBindsThisOneToo() {
    outcome(new Command.SetAlarm(new Alarm(77, Alarm.Kind.NOSPACE), true));

    assertThat(propose(put("x", 1))).isEqualTo(refused());
  }

  private Alarm noSpace() {
    return new Alarm(member.replica().identity().member(), Alarm.Kind.NOSPACE);
  }

  private static Answer refused() {
    return new Answer.Failed(Answer.Reason.NO_SPACE);
  }

  private int fill() {
    int done = 0;
    while (propose(put(String.valueOf(done), VALUE_BYTES)) instanceof Answer.Applied) {
      done++;
    }
    return done;
  }

  private static Command.Put put(String key, int bytes) {
    return new Command.Put(Bytes.utf8(key), Bytes.wrap(new byte[bytes]), 0, false, false, false);
  }

  private State state() {
    return member.replica().state();
  }

  private Outcome outcome(Command command) {
    return switch (propose(command)) {
      case Answer.Applied(Outcome outcome, _) -> outcome;
      case Answer.Failed(Answer.Reason reason) -> throw new AssertionError("failed: " + reason);
    };
  }

  private Answer propose(Command command) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    member.onLoop((_, door) -> door.propose(command, answer::complete));
    return await5(answer);
  }

  private static Answer await5(CompletableFuture<Answer> answer) {
    return answer.orTimeout(5, TimeUnit.SECONDS).join();
  }
}
