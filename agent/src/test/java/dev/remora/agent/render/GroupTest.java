package dev.remora.agent.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GroupTest {
  private static final Ledger IN_SYNC = new Ledger("a", "a", "a");

  private static Group group(long settleMin, long settleMax) {
    GroupSettings settings =
        new GroupSettings(true, true, false, settleMin, settleMax, 0, 0, 100, 400);
    return new Group(settings, IN_SYNC, "a", new Random(7));
  }

  @Test
  void newContentIsStagedCheckedRecordedRenamedReloadedAndAcknowledged() {
    Group group = group(0, 0);

    assertThat(group.start()).isEmpty();
    assertThat(group.step(1, new Input.Dirty(5))).containsExactly(new Effect.Render(5));
    assertThat(group.step(2, new Input.Rendered("b", "a"))).containsExactly(new Effect.Stage("b"));
    assertThat(group.step(3, new Input.StageDone(null))).containsExactly(new Effect.Check("b"));
    assertThat(group.step(4, new Input.CheckDone(null)))
        .containsExactly(new Effect.SaveLedger(new Ledger("b", "b", "a")));
    assertThat(group.step(5, new Input.LedgerDone(null)))
        .containsExactly(new Effect.Replace("b", true));
    assertThat(group.step(6, new Input.WriteDone(null))).containsExactly(new Effect.Reload("b", 1));
    assertThat(group.step(7, new Input.ReloadDone(null)))
        .containsExactly(new Effect.SaveLedger(new Ledger("b", "b", "b")));
    assertThat(group.step(8, new Input.LedgerDone(null))).isEmpty();
    assertThat(group.state()).isEqualTo(new GroupState.InSync("b"));
  }

  @Test
  void unchangedContentCausesNothing() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));

    assertThat(group.step(2, new Input.Rendered("a", "a"))).isEmpty();
    assertThat(group.state()).isEqualTo(new GroupState.InSync("a"));
    assertThat(group.nextDeadline()).isEmpty();
  }

  @Test
  void aFileThatSomeoneEditedIsWrittenAndReloadedAgain() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));

    group.step(2, new Input.Rendered("a", "edited"));
    group.step(3, new Input.StageDone(null));

    assertThat(group.step(4, new Input.CheckDone(null)))
        .containsExactly(new Effect.SaveLedger(new Ledger("a", "a", null)));
  }

  @Test
  void anExistingFileOfAnUnknownLedgerIsReloadedOnce() {
    Group group =
        new Group(GroupSettings.of(false, true, 0, 0), Ledger.UNKNOWN, "a", new Random(1));
    group.start();
    group.step(1, new Input.Dirty(1));

    assertThat(group.step(2, new Input.Rendered("a", "a")))
        .containsExactly(new Effect.SaveLedger(new Ledger("a", "a", null)));
    assertThat(group.step(3, new Input.LedgerDone(null)))
        .containsExactly(new Effect.Reload("a", 1));
  }

  @Test
  void aReloadThatFailsThreeTimesIsTriedFourTimesWithGrowingWaits() {
    Group group = group(0, 0);
    write(group, "b");
    long now = 10;
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(group.step(now, new Input.ReloadDone("exit code 1"))).isEmpty();
      long wait = group.nextDeadline().getAsLong() - now;
      assertThat(wait).isBetween(1L, 100L << (attempt - 1));
      assertThat(group.step(now + wait - 1, new Input.Tick())).isEmpty();
      now += wait;
      assertThat(group.step(now, new Input.Tick()))
          .containsExactly(new Effect.Reload("b", attempt + 1));
    }

    assertThat(group.step(now, new Input.ReloadDone(null))).hasSize(1);
    group.step(now, new Input.LedgerDone(null));

    assertThat(group.state()).isEqualTo(new GroupState.InSync("b"));
    assertThat(group.nextDeadline()).isEmpty();
  }

  @Test
  void anUnchangedRenderDoesNotHurryAReloadThatIsBackingOff() {
    Group group = group(0, 0);
    write(group, "b");
    group.step(10, new Input.ReloadDone("no"));

    group.step(10, new Input.Dirty(9));

    assertThat(group.step(10, new Input.Rendered("b", "b"))).isEmpty();
    assertThat(group.state()).isInstanceOf(GroupState.Retrying.class);
    assertThat(group.nextDeadline()).isPresent();
  }

  @Test
  void aFailingCheckLeavesTheFileAndIsNotTriedAgainUntilSomethingChanges() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));
    group.step(2, new Input.Rendered("bad", "a"));
    group.step(3, new Input.StageDone(null));

    assertThat(group.step(4, new Input.CheckDone("exit code 1")))
        .containsExactly(new Effect.Discard());
    assertThat(group.state()).isEqualTo(new GroupState.Failed("exit code 1"));
    assertThat(group.nextDeadline()).isEmpty();
    assertThat(group.ledger()).contains(IN_SYNC);
    assertThat(group.step(9, new Input.Dirty(6))).containsExactly(new Effect.Render(6));
  }

  @Test
  void aLedgerThatCannotBeSavedStopsTheRename() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));
    group.step(2, new Input.Rendered("b", "a"));
    group.step(3, new Input.StageDone(null));
    group.step(4, new Input.CheckDone(null));

    assertThat(group.step(5, new Input.LedgerDone("disk full")))
        .containsExactly(new Effect.Discard());
    assertThat(group.state()).isInstanceOf(GroupState.Retrying.class);
    long at = group.nextDeadline().getAsLong();
    assertThat(group.step(at, new Input.Tick())).containsExactly(new Effect.Render(5));
  }

  @Test
  void aWriteThatFailsIsTriedAgainWithoutAChange() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));
    group.step(2, new Input.Rendered("b", "a"));

    group.step(3, new Input.StageDone("disk full"));

    long at = group.nextDeadline().getAsLong();
    assertThat(group.step(at, new Input.Tick())).containsExactly(new Effect.Render(5));
  }

  @Test
  void aMissingKeyWaitsForAChangeAndAnAbsentRegistryForTime() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));
    group.step(2, new Input.NotRendered("key /x is missing", true, false));

    assertThat(group.state()).isEqualTo(new GroupState.Waiting("key /x is missing"));
    assertThat(group.nextDeadline()).isEmpty();

    group.step(3, new Input.Dirty(6));
    group.step(4, new Input.NotRendered("registry away", false, true));

    assertThat(group.state()).isInstanceOf(GroupState.Retrying.class);
    assertThat(group.nextDeadline()).isPresent();
  }

  @Test
  void aChangeReArmsTheSettleTimeButNeverBeyondItsMaximum() {
    Group group = group(100, 250);
    inSync(group);

    group.step(1000, new Input.Dirty(2));
    assertThat(group.state()).isEqualTo(new GroupState.Held(1100));
    group.step(1090, new Input.Dirty(3));
    assertThat(group.nextDeadline()).hasValue(1190);
    group.step(1180, new Input.Dirty(4));
    assertThat(group.nextDeadline()).hasValue(1250);

    assertThat(group.step(1249, new Input.Tick())).isEmpty();
    assertThat(group.step(1250, new Input.Tick())).containsExactly(new Effect.Render(4));
  }

  @Test
  void aThousandChangesASecondAreOneRenderPerSettleMaximumAndTheLastOneCounts() {
    Group group = group(50, 1000);
    inSync(group);
    int renders = 0;
    for (long now = 1000; now < 31_000; now++) {
      List<Effect> effects = group.step(now, new Input.Dirty(now));
      for (Effect effect : effects) {
        renders++;
        assertThat(effect).isEqualTo(new Effect.Render(now));
        group.step(now, new Input.Rendered("a", "a"));
      }
    }
    long at = group.nextDeadline().getAsLong();
    long last = ((Effect.Render) group.step(at, new Input.Tick()).getFirst()).revision();

    assertThat(renders).isBetween(25, 30);
    assertThat(last).isEqualTo(30_999);
  }

  @Test
  void aChangeDuringARenderIsRenderedAfterwards() {
    Group group = group(0, 0);
    group.step(1, new Input.Dirty(5));

    assertThat(group.step(2, new Input.Dirty(6))).isEmpty();
    assertThat(group.step(3, new Input.Rendered("a", "a"))).containsExactly(new Effect.Render(6));
  }

  @Test
  void withoutAReloadWrittenContentCountsAsAcknowledged() {
    Group group = new Group(GroupSettings.of(false, false, 0, 0), null, null, new Random(1));
    group.step(1, new Input.Dirty(1));
    group.step(2, new Input.Rendered("b", null));
    group.step(3, new Input.StageDone(null));
    group.step(4, new Input.LedgerDone(null));

    assertThat(group.step(5, new Input.WriteDone(null)))
        .containsExactly(new Effect.SaveLedger(new Ledger("b", "b", "b")));
  }

  @Test
  void anAnswerToNothingIsABug() {
    assertThatThrownBy(() -> group(0, 0).step(1, new Input.ReloadDone(null)))
        .isInstanceOf(IllegalStateException.class);
  }

  private static void inSync(Group group) {
    group.step(0, new Input.Dirty(1));
    group.step(0, new Input.Rendered("a", "a"));
  }

  private static void write(Group group, String hash) {
    group.step(1, new Input.Dirty(5));
    group.step(2, new Input.Rendered(hash, "a"));
    group.step(3, new Input.StageDone(null));
    group.step(4, new Input.CheckDone(null));
    group.step(5, new Input.LedgerDone(null));
    group.step(6, new Input.WriteDone(null));
  }
}
