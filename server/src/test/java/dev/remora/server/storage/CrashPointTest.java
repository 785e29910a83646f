package dev.remora.server.storage;

import static dev.remora.server.storage.SimulatedLog.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.replica.Recovered;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A crash after every single operation on the disk. */
final class CrashPointTest {
  private static final int SEEDS = Integer.getInteger("storage.seeds", 12);

  /** More than the longest recovery makes. */
  private static final long RECOVERY_OPERATIONS_MAX = 41;

  @Test
  void afterAPowerLossAnywhereAllThatWasAcknowledgedIsThereAndNothingElse() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SimDisk disk = new SimDisk(new Random(point * 1000 + seed));
        List<Recovered> allowed = crash(disk, point);

        disk.losePower();
        Recovered recovered = SimulatedLog.recover(disk);

        assertThat(allowed).as("point %d, seed %d", point, seed).contains(recovered);
        disk.losePower();
        assertThat(SimulatedLog.recover(disk))
            .as("recovered again, point %d, seed %d", point, seed)
            .isEqualTo(recovered);
      }
    }
  }

  @Test
  void whatAKilledProcessLeftAndARecoveryReportedSurvivesAPowerLoss() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      SimDisk disk = new SimDisk(new Random(point));
      List<Recovered> allowed = crash(disk, point);

      disk.restartProcess();
      Recovered afterKill = SimulatedLog.recover(disk);
      disk.losePower();
      Recovered afterPowerLoss = SimulatedLog.recover(disk);

      assertThat(allowed).as("point %d", point).contains(afterKill);
      assertThat(afterPowerLoss).as("point %d", point).isEqualTo(afterKill);
    }
  }

  /** Also the name of a segment that the killed process had not made durable. */
  @Test
  void whatIsAcknowledgedAfterAKillSurvivesAPowerLoss() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SimDisk disk = new SimDisk(new Random(point * 1000 + seed));
        crash(disk, point);
        disk.restartProcess();
        ManualLogThreads threads = new ManualLogThreads();
        WriteAheadLog.Opened opened = SimulatedLog.open(disk, threads, new RecordedEvents());
        HardState hard = new HardState(9, 1, opened.recovered().hardState().commit());

        opened.log().append(hard, List.of(), () -> {});
        threads.runWrites();
        disk.losePower();

        assertThat(SimulatedLog.recover(disk))
            .as("point %d, seed %d", point, seed)
            .isEqualTo(
                new Recovered(hard, opened.recovered().mark(), opened.recovered().entries()));
      }
    }
  }

  @Test
  void aPowerLossDuringRecoveryLosesNothing() throws Exception {
    long operations = operationsOfALife();
    long longestRecovery = 0;

    for (long point = 0; point <= operations; point++) {
      for (long seed = 0; seed < 4; seed++) {
        long recoveryPoint = (point * 5 + seed * 7) % RECOVERY_OPERATIONS_MAX;
        SimDisk disk = new SimDisk(new Random(point * 100 + recoveryPoint));
        List<Recovered> allowed = crash(disk, point);
        disk.losePower();

        disk.cutPowerAfter(recoveryPoint);
        Recovered first = recoverOrCrash(disk);
        disk.losePower();
        Recovered second = SimulatedLog.recover(disk);

        assertThat(allowed).as("points %d, %d", point, recoveryPoint).contains(second);
        longestRecovery = Math.max(longestRecovery, first == null ? recoveryPoint : 0);
        if (first != null) {
          assertThat(second).as("points %d, %d", point, recoveryPoint).isEqualTo(first);
        }
      }
    }
    assertThat(longestRecovery)
        .as("the bound covers every recovery")
        .isBetween(10L, RECOVERY_OPERATIONS_MAX - 2);
  }

  /** What tells that a segment is missing is itself durable, wherever the crash was. */
  @Test
  void aMissingLastSegmentIsNoticedWhereverTheCrashWas() throws Exception {
    long operations = operationsOfALife();
    int noticed = 0;

    for (long point = 0; point <= operations; point++) {
      SimDisk disk = new SimDisk(new Random(point));
      crash(disk, point);
      disk.losePower();
      SimulatedLog.recover(disk);
      disk.losePower();
      List<Path> segments = SimulatedLog.segments(disk);
      if (segments.size() > 1) {
        disk.lose(segments.getLast());

        assertThatThrownBy(() -> SimulatedLog.recover(disk))
            .as("point %d", point)
            .isInstanceOf(CorruptLogException.class)
            .hasMessageContaining("the segment after it is missing");
        noticed++;
      }
    }
    assertThat(noticed).as("crashes with several segments").isGreaterThan(50);
  }

  /** Whatever lay behind a cut must not come back when new records are written up to it. */
  @Test
  void afterACrashTheLogGoesOnAndIsFoundAgain() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      SimDisk disk = new SimDisk(new Random(point));
      crash(disk, point);
      disk.losePower();
      ManualLogThreads threads = new ManualLogThreads();
      WriteAheadLog.Opened opened = SimulatedLog.open(disk, threads, new RecordedEvents());
      Recovered before = opened.recovered();

      List<Entry> added = new ArrayList<>();
      for (int size = 0; size < 600; size += 40) {
        long index = before.lastIndex() + added.size() + 1;
        List<Entry> one = entries(9, index, size);
        HardState hard = new HardState(9, 1, before.hardState().commit());
        opened.log().append(added.isEmpty() ? hard : null, one, () -> added.addAll(one));
        threads.run();
        disk.losePower();
        threads = new ManualLogThreads();
        opened = SimulatedLog.open(disk, threads, new RecordedEvents());

        List<Entry> all = new ArrayList<>(before.entries());
        all.addAll(added);
        assertThat(opened.recovered())
            .as("point %d", point)
            .isEqualTo(new Recovered(hard, before.mark(), all));
      }
      assertThat(added).hasSize(15);
    }
  }

  /** The system may show bytes that a failed flush has not written, and think they are clean. */
  @Test
  void afterAFailedFlushNothingIsAcknowledgedAndARestartTellsTheTruth() throws Exception {
    int failing = 1;
    for (boolean hasFailed = true; hasFailed; failing++) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SimDisk disk = new SimDisk(new Random(failing * 1000L + seed));
        SimulatedLog log = new SimulatedLog(disk);
        failForce(disk, failing);
        log.live();
        disk.inject((_, _) -> null);

        disk.restartProcess();
        Recovered afterKill = SimulatedLog.recover(disk);
        disk.losePower();
        Recovered afterPowerLoss = SimulatedLog.recover(disk);

        hasFailed = !log.events().all().isEmpty();
        assertThat(log.allowed()).as("flush %d, seed %d", failing, seed).contains(afterKill);
        assertThat(afterPowerLoss).as("flush %d, seed %d", failing, seed).isEqualTo(afterKill);
      }
    }
    assertThat(failing).as("flushes that failed").isGreaterThan(15);
  }

  /** Lets one flush of a segment fail, with half of it done. */
  private static void failForce(SimDisk disk, int failing) {
    int[] forces = {0};
    disk.inject((operation, path) ->
        operation == SimDisk.Operation.FORCE
                && !path.toString().endsWith(".tmp")
                && ++forces[0] == failing
            ? new IOException("Input/output error")
            : null);
  }

  private static long operationsOfALife() throws Exception {
    SimDisk disk = new SimDisk(new Random(0));
    SimulatedLog log = new SimulatedLog(disk);
    log.live();
    assertThat(log.allowed()).as("all is acknowledged in the end").hasSize(1);
    assertThat(SimulatedLog.segments(disk)).as("older ones are removed").hasSizeLessThan(4);
    return disk.operations();
  }

  /** Lives until the power fails; returns what may be found then. */
  private static List<Recovered> crash(SimDisk disk, long point) {
    disk.cutPowerAfter(point);
    try {
      SimulatedLog log = new SimulatedLog(disk);
      log.live();
      return log.allowed();
    } catch (StorageException e) {
      return new LogModel().states(); // Before it was open for the first time.
    }
  }

  private static @Nullable Recovered recoverOrCrash(SimDisk disk) {
    try {
      return SimulatedLog.recover(disk);
    } catch (StorageException e) {
      assertThat(e).hasMessageContaining("the power is off");
      return null;
    }
  }
}
