package dev.remora.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The agent is killed before every single action, and started again. */
final class GroupCrashTest {
  private static final int ACTIONS_MAX = 40;

  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void theProgramAlwaysEndsWithTheFileThatIsOnDisk(int crashPoint) {
    Host host = new Host(true);
    runUntilKilled(host, crashPoint);

    host.restart();
    host.change(host.value);
    host.settle();

    assertInSync(host);
  }

  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void aReloadOwedAtTheCrashIsDoneAtStartWithoutTheRegistry(int crashPoint) {
    Host host = new Host(false);
    runUntilKilled(host, crashPoint);
    boolean isRenamed =
        host.savedLedger != null
            && host.file != null
            && host.file.equals(host.savedLedger.written());
    int reloadsBefore = host.reloads.size();

    host.restart();
    host.settle();

    if (isRenamed) {
      assertThat(host.loaded).isEqualTo(host.file);
    } else {
      assertThat(host.reloads).hasSize(reloadsBefore);
    }
  }

  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void aValueThatReturnsToTheOldOneAroundACrashIsReloadedToo(int crashPoint) {
    Host host = new Host(true);
    host.reloadHasEffectWhenItFails = true;
    runUntilKilled(host, crashPoint);

    host.restart();
    host.change("v1");
    host.settle();

    assertThat(host.file).isEqualTo("v1");
    assertInSync(host);
  }

  /** The reload of v2 took effect, but reported a failure; v1 is what was acknowledged last. */
  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void theReturnOfAnAcknowledgedContentIsReloadedAlthoughACrashCameBetween(int crashPoint) {
    Host host = new Host(true);
    host.change("v1");
    host.settle();
    host.failingReloads = 1;
    host.reloadHasEffectWhenItFails = true;
    host.change("v2");
    host.work();
    host.actionsUntilCrash = host.actions + crashPoint;
    try {
      host.change("v1");
      host.settle();
    } catch (Host.Killed e) {
      // As planned.
    }

    host.restart();
    host.change("v1");
    host.settle();

    assertInSync(host);
  }

  @ParameterizedTest(name = "before action {0}")
  @MethodSource("crashPoints")
  void twoCrashesAreNoWorseThanOne(int crashPoint) {
    for (int second = 0; second < ACTIONS_MAX; second++) {
      Host host = new Host(true);
      runUntilKilled(host, crashPoint);
      host.restart();
      host.actionsUntilCrash = host.actions + second;
      try {
        host.change(host.value);
        host.settle();
      } catch (Host.Killed e) {
        // As planned.
      }

      host.restart();
      host.change(host.value);
      host.settle();

      assertInSync(host);
    }
  }

  @Test
  void theCrashPointsReachBeyondTheLastAction() {
    Host host = new Host(true);

    assertThat(runUntilKilled(host, ACTIONS_MAX)).isFalse();
    assertThat(host.actions).isGreaterThan(15);
  }

  @Test
  void withoutACrashEachChangeIsOneReload() {
    Host host = new Host(true);
    host.restart();
    host.change("v1");
    host.settle();
    host.change("v2");
    host.settle();
    host.change("v2");
    host.settle();

    assertThat(host.reloads).containsExactly("v1", "v2");
  }

  static IntStream crashPoints() {
    return IntStream.range(0, ACTIONS_MAX);
  }

  /** Two changes, the second with a reload that fails once. */
  private static boolean runUntilKilled(Host host, int crashPoint) {
    host.actionsUntilCrash = crashPoint;
    try {
      host.change("v1");
      host.settle();
      host.failingReloads = 1;
      host.change("v2");
      host.settle();
      host.change("v1");
      host.settle();
      return false;
    } catch (Host.Killed e) {
      host.failingReloads = 0;
      return true;
    }
  }

  private static void assertInSync(Host host) {
    assertThat(host.file).isEqualTo(host.value);
    assertThat(host.loaded).isEqualTo(host.value);
    assertThat(host.state()).isEqualTo(new GroupState.InSync(host.value));
    assertThat(host.savedLedger).isEqualTo(new Ledger(host.value, host.value, host.value));
  }
}
