package dev.remora.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Content that the program does not work with, also when the agent is killed meanwhile. */
final class GroupQuarantineTest {
  private static final int ACTIONS_MAX = 40;

  @Test
  void theEarlierContentComesBackAndTheBadOneIsNotTriedAgain() {
    Host host = host();
    host.change("v1");
    host.settle();

    host.change("bad");
    host.settle();
    host.change("bad");
    host.settle();

    assertThat(host.reloads).containsExactly("v1", "bad", "v1");
    assertThat(host.file).isEqualTo("v1");
    assertThat(host.state()).isEqualTo(new GroupState.Quarantined("bad", "does not work"));
    assertThat(host.savedLedger).isEqualTo(new Ledger("bad", "v1", "v1", "bad"));
  }

  @Test
  void whatComesAfterItIsWrittenAndWhenItReturnsItIsTriedAgain() {
    Host host = host();
    host.change("v1");
    host.settle();
    host.change("bad");
    host.settle();

    host.change("v1");
    host.settle();
    assertThat(host.state()).isEqualTo(new GroupState.InSync("v1"));
    host.change("bad");
    host.settle();
    host.change("v2");
    host.settle();

    assertThat(host.reloads).containsExactly("v1", "bad", "v1", "bad", "v1", "v2");
    assertThat(host.state()).isEqualTo(new GroupState.InSync("v2"));
  }

  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void aCrashAtAnyPointChangesNothingOfThat(int crashPoint) {
    Host host = host();
    host.actionsUntilCrash = crashPoint;
    try {
      host.change("v1");
      host.settle();
      host.change("bad");
      host.settle();
    } catch (Host.Killed e) {
      // As planned.
    }

    host.restart();
    host.change("v1");
    host.settle();
    host.change("bad");
    host.settle();

    assertThat(host.file).isEqualTo("v1");
    assertThat(host.loaded).isEqualTo("v1");
    assertThat(host.savedLedger).isEqualTo(new Ledger("bad", "v1", "v1", "bad"));
  }

  /** The registry is away after the restart: the bad content goes all the same. */
  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void aReturnThatWasBegunIsFinishedWithoutTheRegistry(int crashPoint) {
    Host host = host();
    host.actionsUntilCrash = crashPoint;
    try {
      host.change("v1");
      host.settle();
      host.change("bad");
      host.settle();
    } catch (Host.Killed e) {
      // As planned.
    }
    boolean isTaken = host.savedLedger != null && "bad".equals(host.savedLedger.quarantined());

    host.restart();
    host.settle();

    if (isTaken) {
      assertThat(host.file).isEqualTo("v1");
      assertThat(host.loaded).isEqualTo("v1");
    }
  }

  @Test
  void withoutAnEarlierVersionItStaysAndIsNotToldAgain() {
    Host host = host();
    host.change("bad");
    host.settle();
    host.restart();
    host.change("bad");
    host.settle();

    assertThat(host.file).isEqualTo("bad");
    assertThat(host.reloads).containsExactly("bad");
    assertThat(host.state())
        .isInstanceOfSatisfying(
            GroupState.Quarantined.class,
            state -> assertThat(state.reason()).contains("no earlier version"));
  }

  @Test
  void whatIsTakenBackByRequestStaysAwayUntilSomethingElseIsRendered() {
    Host host = host();
    host.change("v1");
    host.settle();
    host.change("v2");
    host.settle();

    host.rollBack();
    host.settle();
    host.change("v2");
    host.settle();

    assertThat(host.file).isEqualTo("v1");
    assertThat(host.reloads).containsExactly("v1", "v2", "v1");
    host.change("v3");
    host.settle();
    assertThat(host.reloads).endsWith("v3");
  }

  @Test
  void theEarlierContentIsBelievedWithoutALook() {
    Host host = host();
    host.change("v1");
    host.settle();
    host.bad.add("v1");

    host.change("bad");
    host.settle();

    assertThat(host.reloads).containsExactly("v1", "bad", "v1");
    assertThat(host.savedLedger).isEqualTo(new Ledger("bad", "v1", "v1", "bad"));
  }

  @Test
  void whatWasNeverAcknowledgedIsNotKeptAsAnEarlierVersion() {
    Group group =
        new Group(
            GroupSettings.of(false, true, 0, 0), new Ledger("b", "b", "a"), "b", new Random(1));
    group.start();
    group.step(1, new Input.ReloadDone("no"));
    group.step(2, new Input.Dirty(2));
    group.step(3, new Input.Rendered("c", "b"));
    group.step(4, new Input.StageDone(null));

    assertThat(group.step(5, new Input.LedgerDone(null)))
        .containsExactly(new Effect.Replace("c", false));
  }

  @Test
  void aReturnThatFailsIsTriedAgain() {
    Group group = verifying();
    List<Effect> restoring = failVerify(group);
    assertThat(restoring).containsExactly(new Effect.Restore("b"));

    assertThat(group.step(20, new Input.Restored(null, "disk full"))).isEmpty();
    long at = group.nextDeadline().getAsLong();

    assertThat(group.step(at, new Input.Tick())).containsExactly(new Effect.Restore("b"));
  }

  @Test
  void tooManyChangesWaitAndTheNewestGoesOutWhenThereIsRoom() {
    GroupSettings settings = new GroupSettings(false, true, false, 0, 0, 2, 1_000, 100, 400);
    Group group = new Group(settings, new Ledger("a", "a", "a"), "a", new Random(1));
    assertThat(write(group, 10, "b", "a")).isTrue();
    assertThat(write(group, 20, "c", "b")).isTrue();

    assertThat(write(group, 30, "d", "c")).isFalse();
    assertThat(group.state()).isEqualTo(new GroupState.Throttled(1_010));
    assertThat(group.reloadsLeft(30)).isZero();
    assertThat(write(group, 40, "e", "c")).isFalse();

    assertThat(group.nextDeadline()).hasValue(1_010);
    assertThat(group.step(1_010, new Input.Tick())).containsExactly(new Effect.Render(40));
    assertThat(group.step(1_011, new Input.Rendered("e", "c")))
        .containsExactly(new Effect.Stage("e"));
  }

  @Test
  void whileFrozenNothingIsWrittenAndAfterwardsTheNewest() {
    Group group =
        new Group(
            GroupSettings.of(false, true, 0, 0), new Ledger("a", "a", "a"), "a", new Random(1));
    group.step(1, new Input.Dirty(1));

    assertThat(group.step(2, new Input.Rendered("b", "a", true))).isEmpty();
    assertThat(group.state()).isEqualTo(new GroupState.Frozen());
    assertThat(group.nextDeadline()).isEmpty();

    group.step(3, new Input.Dirty(2));
    assertThat(group.step(4, new Input.Rendered("c", "a", false)))
        .containsExactly(new Effect.Stage("c"));
  }

  static IntStream crashPoints() {
    return IntStream.range(0, ACTIONS_MAX);
  }

  private static Host host() {
    Host host = new Host(true);
    host.hasVerify = true;
    host.bad.add("bad");
    host.restart();
    return host;
  }

  private static Group verifying() {
    GroupSettings settings = new GroupSettings(false, true, true, 0, 0, 0, 0, 100, 400);
    return new Group(settings, new Ledger("a", "a", "a"), "a", new Random(1));
  }

  private static List<Effect> failVerify(Group group) {
    group.step(1, new Input.Dirty(1));
    group.step(2, new Input.Rendered("b", "a"));
    group.step(3, new Input.StageDone(null));
    group.step(4, new Input.LedgerDone(null));
    group.step(5, new Input.WriteDone(null));
    group.step(6, new Input.ReloadDone(null));
    group.step(7, new Input.VerifyDone("does not work"));
    return group.step(8, new Input.LedgerDone(null));
  }

  /** Whether it went out. */
  private static boolean write(Group group, long now, String hash, String onDisk) {
    group.step(now, new Input.Dirty(now));
    if (group.step(now, new Input.Rendered(hash, onDisk)).isEmpty()) {
      return false;
    }
    group.step(now, new Input.StageDone(null));
    group.step(now, new Input.LedgerDone(null));
    group.step(now, new Input.WriteDone(null));
    group.step(now, new Input.ReloadDone(null));
    group.step(now, new Input.LedgerDone(null));
    return true;
  }
}
