package dev.remora.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Kind;
import dev.remora.torture.nemesis.FaultKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The short form of the tester. A long one is
 *
 * <pre>{@code
 * mvn -pl server test -Dtest=TortureTest -Dtorture.minutes=60 -Dtorture.nodes=5
 * }</pre>
 *
 * <p>with, if wanted, {@code -Dtorture.kind=etcd}, {@code -Dtorture.seed=N}, {@code
 * -Dtorture.faults=kill,pause}, {@code -Dtorture.liars=1} for a member whose fsync does nothing,
 * and {@code -Dtorture.jar=FILE} for another server than the one under test. Nothing else runs
 * then.
 */
final class TortureTest {
  private static final int MINUTES = Integer.getInteger("torture.minutes", 0);
  private static final long SEED = Long.getLong("torture.seed", 1);

  private static final int MEMBERS = Integer.getInteger("torture.nodes", 3);

  private static final List<FaultKind> PROCESSES_AND_NETWORK =
      FaultKind.parse("kill,pause,partition,oneway");
  private static final List<FaultKind> OURS =
      FaultKind.parse("kill,pause,partition,oneway,term,flip");

  /** Shows that the tester asks nothing impossible. */
  @Test
  void etcdSurvives() throws InterruptedException {
    assumeShort();
    assumePresent(Kind.ETCD);

    Report report = Torture.run(plan(Kind.ETCD, 3, 20, PROCESSES_AND_NETWORK, true, false, 0));

    assertThat(report.problems()).as(report.text()).isEmpty();
  }

  /** Shows that it has teeth: what a cut-off member tells without asking the others is old. */
  @Test
  void etcdIsFoundOutWhenItsReadsAreLocal() throws InterruptedException {
    assumeShort();
    assumePresent(Kind.ETCD);

    Report report =
        Torture.run(plan(Kind.ETCD, 3, 10, FaultKind.parse("partition"), false, false, 0));

    assertThat(report.verdicts().get("registers are linearizable")).as(report.text()).isNotEmpty();
    assertThat(report.verdicts().get("v2 answers fit the index order"))
        .as(report.text())
        .isNotEmpty();
  }

  @Test
  void remoraSurvives() throws InterruptedException {
    assumeShort();

    Report report = Torture.run(plan(Kind.REMORA, MEMBERS, 40, OURS, true, false, 0));

    assertThat(report.problems()).as(report.text()).isEmpty();
  }

  @Test
  void whatWasAcknowledgedIsThereWhenThePowerWasGone() throws InterruptedException {
    assumeShort();
    assumeTrue(Cluster.canLosePower(), "power loss needs root, loop devices and mkfs.ext4");

    Report report =
        Torture.run(plan(Kind.REMORA, MEMBERS, 12, FaultKind.parse("power"), true, true, 0));

    assertThat(report.problems()).as(report.text()).isEmpty();
  }

  /** Shows that the power really goes: what was only said to be synced is missing. */
  @Test
  void aDiskThatLiesIsFoundOutWhenThePowerGoes() throws InterruptedException {
    assumeShort();
    assumeTrue(
        Cluster.canLosePower() && Cluster.canLie(),
        "power loss needs root, loop devices, mkfs.ext4 and strace");

    Report report = Torture.run(plan(Kind.REMORA, 1, 1, FaultKind.parse("power"), true, true, 1));

    assertThat(report.verdicts().get("sets are whole and in order")).isNotEmpty();
  }

  /** Only with {@code -Dtorture.minutes}. */
  @Test
  void longRun() throws InterruptedException {
    assumeTrue(MINUTES > 0, "-Dtorture.minutes is not set");
    Kind kind =
        Kind.valueOf(
            System.getProperty("torture.kind", "remora").toUpperCase(java.util.Locale.ROOT));
    assumePresent(kind);
    String names = System.getProperty("torture.faults");
    List<FaultKind> faults = names == null ? List.of(FaultKind.values()) : FaultKind.parse(names);

    Report report =
        Torture.run(
            plan(
                kind,
                Integer.getInteger("torture.nodes", 3),
                60 * MINUTES,
                faults,
                true,
                Cluster.canLosePower(),
                Integer.getInteger("torture.liars", 0)));

    assertThat(report.problems()).as(report.text()).isEmpty();
  }

  private static Plan plan(
      Kind kind,
      int members,
      int seconds,
      List<FaultKind> faults,
      boolean isQuorum,
      boolean onLoopDisks,
      int liars) {
    return new Plan(
        kind, members, Duration.ofSeconds(seconds), SEED, faults, isQuorum, onLoopDisks, liars);
  }

  private static void assumeShort() {
    assumeTrue(MINUTES == 0, "-Dtorture.minutes is set: only the long run");
  }

  private static void assumePresent(Kind kind) {
    assumeTrue(kind.isPresent(), kind + " is not installed (apt-get install etcd-server)");
  }
}
