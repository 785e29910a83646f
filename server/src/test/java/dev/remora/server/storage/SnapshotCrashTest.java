package dev.remora.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.apply.State;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Log and snapshots together: crashes at every operation on the disk, and damage. */
final class SnapshotCrashTest {
  private static final int SEEDS = Integer.getInteger("storage.seeds", 4);

  /** What the state at an index must hold. */
  private final Map<Long, List<Object>> replays = new TreeMap<>();

  @Test
  void afterAPowerLossAnywhereSnapshotAndLogAreTheFullReplay() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SimDisk disk = new SimDisk(new Random(point * 1000 + seed));
        long acknowledged = crash(disk, point);

        disk.losePower();
        State found = new SimulatedMember(disk).state();

        check(found, acknowledged, "point %d, seed %d".formatted(point, seed));
      }
    }
  }

  @Test
  void afterAKillAnywhereTheMemberGoesOnAndMakesItsNextSnapshots() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      SimDisk disk = new SimDisk(new Random(point));
      long acknowledged = crash(disk, point);
      disk.restartProcess();

      SimulatedMember member = new SimulatedMember(disk);
      check(member.state(), acknowledged, "killed at point " + point);
      member.live();

      disk.losePower();
      check(new SimulatedMember(disk).state(), member.acknowledged(), "after point " + point);
      assertThat(disk.list(SimulatedMember.SNAP)).as("point %d", point).hasSize(2);
    }
  }

  @Test
  void aPowerLossDuringTheStartLosesNothing() throws Exception {
    long operations = operationsOfALife();

    for (long point = 0; point <= operations; point++) {
      for (long seed = 0; seed < 3; seed++) {
        long startPoint = (point * 5 + seed * 7) % 41;
        SimDisk disk = new SimDisk(new Random(point * 100 + startPoint));
        long acknowledged = crash(disk, point);
        disk.losePower();

        disk.cutPowerAfter(startPoint);
        startOrCrash(disk);
        disk.losePower();
        State found = new SimulatedMember(disk).state();

        check(found, acknowledged, "points %d, %d".formatted(point, startPoint));
      }
    }
  }

  @Test
  void theLogIsCutBehindASnapshot() throws Exception {
    SimDisk disk = new SimDisk(new Random(1));
    SimulatedMember member = new SimulatedMember(disk);
    member.append(60);
    Path first = SimulatedLog.segments(disk).getFirst();

    member.snapshot(5);

    assertThat(SimulatedLog.segments(disk)).doesNotContain(first).hasSizeLessThan(3);
  }

  @Test
  void aLogThatDoesNotKnowOfTheNewestSnapshotIsTold() throws Exception {
    SimDisk disk = new SimDisk(new Random(1));
    SimulatedMember member = new SimulatedMember(disk);
    member.append(20);
    disk.restartProcess();
    SimulatedMember.openSnapshots(disk).save(15); // And the crash comes before the mark.

    disk.restartProcess();
    SimulatedMember next = new SimulatedMember(disk);
    next.append(1);
    disk.restartProcess();

    assertThat(next.recovered().mark().index()).isEqualTo(15);
    assertThat(next.recovered().entries()).hasSize(5);
    assertThat(SimulatedLog.recover(disk).mark().index()).isEqualTo(15);
  }

  @Test
  void theOlderSnapshotIsEnoughIfTheLogReachesBackToIt() throws Exception {
    SimDisk disk = twoSnapshots(100);
    damageNewest(disk);

    SimulatedMember member = new SimulatedMember(disk);

    assertThat(member.recovered().mark().index()).isEqualTo(20);
    check(member.state(), 85, "with the newest snapshot damaged");
  }

  @Test
  void noSnapshotIsNeededIfTheLogReachesBackToTheBeginning() throws Exception {
    SimDisk disk = twoSnapshots(100);
    for (Path snapshot : SimulatedMember.snapshots(disk)) {
      disk.damage(snapshot, 80, (byte) 0x55, (byte) 0xaa);
    }

    SimulatedMember member = new SimulatedMember(disk);

    check(member.state(), 85, "with both snapshots damaged");
  }

  @Test
  void aDamagedSnapshotThatTheLogCannotMakeUpForStopsTheStart() throws Exception {
    SimDisk disk = twoSnapshots(0);
    damageNewest(disk);

    assertThatThrownBy(() -> new SimulatedMember(disk))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the newest snapshot ends with entry 20")
        .hasMessageContaining("the snapshot 0000000000000050-0000000000000001.rsnap is damaged")
        .hasMessageContaining("restore a backup into a new --data-dir");
  }

  @Test
  void aSnapshotOfTheLeaderPastTheLogsEndIsTheStartThoughItsMarkIsMissing() throws Exception {
    SimDisk disk = new SimDisk(new Random(1));
    SimulatedMember member = new SimulatedMember(disk);
    member.append(20);
    disk.restartProcess();
    SimulatedMember.openSnapshots(disk).save(45); // And the crash comes before the mark.
    disk.restartProcess();

    SimulatedMember next = new SimulatedMember(disk);
    assertThat(next.recovered().mark().index()).isEqualTo(45);
    assertThat(next.recovered().entries()).isEmpty();
    next.append(3);

    disk.losePower();
    check(new SimulatedMember(disk).state(), 48, "the log goes on behind the snapshot");
  }

  @Test
  void aMissingLastSegmentIsNotTakenForALogThatEndsBeforeItsSnapshot() throws Exception {
    SimDisk disk = twoSnapshots(100);
    disk.lose(SimulatedLog.segments(disk).getLast());

    assertThatThrownBy(() -> new SimulatedMember(disk))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the segment after it is missing");
  }

  @Test
  void aLostSnapshotThatTheLogCannotMakeUpForStopsTheStart() throws Exception {
    SimDisk disk = twoSnapshots(0);
    for (Path snapshot : SimulatedMember.snapshots(disk)) {
      disk.lose(snapshot);
    }

    assertThatThrownBy(() -> new SimulatedMember(disk))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("the newest snapshot ends with entry 0")
        .hasMessageContaining("remove it from the cluster, empty its --data-dir");
  }

  @Test
  void aLostSnapshotDoesNoHarmIfTheLogReachesBackToTheOneBefore() throws Exception {
    SimDisk disk = twoSnapshots(100);
    disk.lose(SimulatedMember.snapshots(disk).getLast());

    SimulatedMember member = new SimulatedMember(disk);

    check(member.state(), 85, "without the newest snapshot");
  }

  @Test
  void aLostLogStopsTheStart() throws Exception {
    SimDisk disk = twoSnapshots(100);
    for (String name : disk.list(SimulatedLog.WAL)) {
      disk.lose(SimulatedLog.WAL.resolve(name));
    }

    assertThatThrownBy(() -> new SimulatedMember(disk))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("there are snapshots but no log");
  }

  /** Snapshots at 20 and 80, and 85 entries, in segments of some 20. */
  private static SimDisk twoSnapshots(long entriesKept) throws Exception {
    SimDisk disk = new SimDisk(new Random(1));
    SimulatedMember member = new SimulatedMember(disk);
    member.append(20);
    member.snapshot(entriesKept);
    member.append(60);
    member.snapshot(entriesKept);
    member.append(5);
    disk.restartProcess();
    return disk;
  }

  private static void damageNewest(SimDisk disk) throws Exception {
    disk.damage(SimulatedMember.snapshots(disk).getLast(), 80, (byte) 0x55, (byte) 0xaa);
  }

  private void check(State found, long acknowledged, String as) {
    assertThat(found.index()).as(as).isGreaterThanOrEqualTo(acknowledged);
    List<Object> replayed =
        replays.computeIfAbsent(
            found.index(), index -> SimulatedMember.lines(SimulatedMember.state(index)));
    assertThat(SimulatedMember.lines(found)).as(as).isEqualTo(replayed);
  }

  private static long operationsOfALife() throws Exception {
    SimDisk disk = new SimDisk(new Random(0));
    SimulatedMember member = new SimulatedMember(disk);
    member.live();
    assertThat(member.acknowledged()).isEqualTo(6 * 16 + 40);
    assertThat(SimulatedLog.segments(disk)).as("older ones are removed").hasSizeLessThan(5);
    return disk.operations();
  }

  /** Lives until the power fails; returns what was acknowledged. */
  private static long crash(SimDisk disk, long point) {
    disk.cutPowerAfter(point);
    try {
      SimulatedMember member = new SimulatedMember(disk);
      member.live();
      return member.acknowledged();
    } catch (StorageException e) {
      return 0; // Before it was open for the first time.
    }
  }

  private static void startOrCrash(SimDisk disk) {
    try {
      new SimulatedMember(disk).append(0);
    } catch (StorageException e) {
      assertThat(e).hasMessageContaining("the power is off");
    }
  }
}
