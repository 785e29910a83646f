package dev.remora.server.simulation;

import dev.remora.server.storage.DurableLog;
import dev.remora.server.storage.SimDisk;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets happen what a plan holds, and ends it. */
final class Faults {
  private static final long TICK = Swarm.TICK_MICROS;
  private static final int SECTOR_BYTES = 512;

  private final Group group;
  private final Operator operator;
  private boolean isOver;

  Faults(Group group, Operator operator) {
    this.group = group;
    this.operator = operator;
  }

  /** Plans these. */
  void plan(List<Fault> faults) {
    for (Fault fault : faults) {
      group.scheduler().at(fault.timeMicros(), () -> begin(fault));
    }
  }

  /** All that is wrong ends; what was lost for ever stays lost. */
  void heal() {
    isOver = true;
    group.net().healAll();
    for (SimMember member : group.members()) {
      member.clockPercent = 100;
      member.disk.limit(Long.MAX_VALUE);
      if (member.process.isUp()) {
        member.disk.inject((_, _) -> null);
      } else {
        member.start();
      }
    }
  }

  private void begin(Fault fault) {
    if (isOver) {
      return;
    }
    SplittableRandom chance = fault.random();
    SimMember leader = group.leader();
    SimMember any = group.anyActive(chance);
    if (any == null) {
      return;
    }
    group.trace().note(10, 0, () -> "fault " + fault.number() + ": " + fault.kind());
    switch (fault.kind()) {
      case KILL -> restartLater(any, chance, SimMember::kill);
      case KILL_LEADER -> ifAny(leader, it -> restartLater(it, chance, SimMember::kill));
      case KILL_ALL -> group.members().forEach(it -> restartLater(it, chance, SimMember::kill));
      case POWER_LOSS -> restartLater(any, chance, SimMember::losePower);
      case POWER_LOSS_ALL -> {
        group.marks().reach(Mark.ALL_LOST_POWER);
        group.members().forEach(it -> restartLater(it, chance, SimMember::losePower));
      }
      case PAUSE -> any.pause(1 + chance.nextLong(30 * TICK));
      case PAUSE_LEADER -> ifAny(leader, it -> pauseLeader(it, chance));
      case CUT_ONE_WAY,
          ISOLATE,
          ISOLATE_LEADER,
          ISOLATE_FROM_VOTERS,
          STRAND_LEADER,
          SHORTEN_APPENDS,
          SPLIT,
          LOSE_MESSAGES,
          DUPLICATE_MESSAGES,
          REORDER_MESSAGES,
          DELAY_MESSAGES,
          RESET_CONNECTION,
          NARROW_LINK ->
          onNet(fault.kind(), chance, any, leader == null ? any : leader);
      case STALL_DISK -> {
        group.marks().reach(Mark.DISK_STALLED);
        any.server().threads().stall(10 * TICK + chance.nextLong(40 * TICK));
      }
      case FAIL_FORCE -> failDisk(any, SimDisk.Operation.FORCE, chance);
      case FAIL_WRITE -> failDisk(any, SimDisk.Operation.WRITE, chance);
      case FILL_DISK -> {
        any.disk.limit(0);
        group.scheduler().after(chance.nextLong(30 * TICK), () -> any.disk.limit(Long.MAX_VALUE));
      }
      case FLIP_BIT -> flipBit(any, chance);
      case LOSE_DISK -> loseDisk(any);
      case DRIFT_CLOCK -> {
        group.marks().reach(Mark.CLOCK_DRIFTED);
        any.clockPercent = 50 + chance.nextInt(150);
      }
      case JUMP_WALL_CLOCK -> {
        group.marks().reach(Mark.WALL_CLOCK_JUMPED);
        SimMember jumping = leader == null || chance.nextBoolean() ? any : leader;
        jumping.wallAheadMicros += chance.nextLong(-100 * TICK, 100 * TICK);
        if (chance.nextBoolean()) {
          strand(jumping, chance);
        }
      }
      case BURST -> {
        burst(any, chance);
      }
      case KILL_RESTORED -> killRestored(chance);
      case ADD_LEARNER,
          PROMOTE,
          REMOVE,
          REMOVE_LEADER,
          REPLACE,
          SPLIT_JOINT,
          TRANSFER,
          FORGET_LEADER,
          CAMPAIGN ->
          operate(fault.kind(), chance, any, leader);
    }
  }

  private void operate(
      FaultKind kind, SplittableRandom chance, SimMember any, @Nullable SimMember leader) {
    if (kind == FaultKind.SPLIT_JOINT) {
      if (leader != null && leader.isActive()) {
        long before = leader.shadow.log.lastChange();
        if (operator.replaceMany(leader, chance)) {
          splitJoint(chance, leader, before);
        }
      }
    } else if (operator.act(kind, chance, any, leader)
        && kind == FaultKind.TRANSFER
        && chance.nextBoolean()) {
      deafen(leader == null ? any : leader, chance);
    }
  }

  /** A leader that is handing over soon hears nothing more, and clients stay with it. */
  private void deafen(SimMember leader, SplittableRandom chance) {
    long micros = (2L * group.swarm().electionTicks + chance.nextLong(20)) * TICK;
    long others = leader.shadow.quorum.voters() & ~(1L << leader.id);
    group.scheduler().after(chance.nextLong(TICK), () -> cut(micros, (_, b) -> b == leader.id));
    readAgain(leader, micros, chance);
    writeAgain(others, micros, chance);
  }

  /**
   * Cuts a leader that has just proposed a joint configuration, and with it those who are about to
   * become voters, off from the other voters, so that one half of the group is in the joint
   * configuration when the other is not: its messages once a voter has the entry, and an entry
   * after it, theirs once it is committed. Then each half may go on as far as its majority reaches.
   */
  private void splitJoint(SplittableRandom chance, SimMember leader, long before) {
    long micros = (4L * group.swarm().electionTicks + chance.nextLong(30)) * TICK;
    long others = leader.shadow.quorum.voters() & ~(1L << leader.id);
    cut(micros, (a, b) -> a != leader.id && b != leader.id && isIn(others, a) != isIn(others, b));
    soon(
        () -> leader.shadow.log.lastChange() > before,
        () -> {
          long change = leader.shadow.log.lastChange();
          writeSoon(others, chance);
          soon(
              () -> group.countVoters(leader, id -> id != leader.id && hasStored(id, change)) > 0,
              () -> splitOff(leader, others, micros, chance));
        });
  }

  private void splitOff(SimMember leader, long others, long micros, SplittableRandom chance) {
    group
        .scheduler()
        .after(
            chance.nextLong(TICK / 4),
            () -> cut(micros, (a, b) -> a == leader.id && isIn(others, b)));
    soon(
        () -> leader.shadow.conf.isJoint(),
        () -> {
          group.marks().reach(Mark.SPLIT_WHILE_JOINT);
          cut(micros, (a, b) -> b == leader.id && isIn(others, a));
          campaignElsewhere(leader, others);
          readAgain(leader, micros, chance);
          writeAgain(others, micros, chance);
        });
  }

  private static boolean isIn(long members, long id) {
    return (members >> id & 1) != 0;
  }

  /** Clients write at these for a while. */
  private void writeAgain(long members, long micros, SplittableRandom chance) {
    for (long at = 0; at < micros; at += 1 + chance.nextLong(TICK)) {
      group.scheduler().after(at, () -> writeSoon(members, chance));
    }
  }

  /** A client writes at one of these. */
  private void writeSoon(long members, SplittableRandom chance) {
    List<SimMember> active =
        group.members().stream().filter(it -> isIn(members, it.id) && it.isActive()).toList();
    if (!active.isEmpty()) {
      group.clients().write(active.get(chance.nextInt(active.size())));
    }
  }

  private boolean hasStored(long id, long index) {
    return group.member(id).shadow.log.last() >= index;
  }

  /** Of the others, the one with the longest log asks for votes. */
  private void campaignElsewhere(SimMember leader, long voters) {
    group.members().stream()
        .filter(it -> it != leader && isIn(voters, it.id) && it.isActive())
        .max(Comparator.comparingLong(it -> it.shadow.log.last()))
        .ifPresent(it -> it.server().campaign());
  }

  /** Does something as soon as it is so, if that is within some ticks. */
  private void soon(BooleanSupplier isSo, Runnable act) {
    soon(isSo, act, group.scheduler().nowMicros() + 10 * TICK);
  }

  private void soon(BooleanSupplier isSo, Runnable act, long untilMicros) {
    if (isSo.getAsBoolean()) {
      act.run();
    } else if (group.scheduler().nowMicros() < untilMicros && !isOver) {
      long step = 50 + (group.swarm().netMicrosMin + group.swarm().netMicrosSpan) / 16;
      group.scheduler().after(step, () -> soon(isSo, act, untilMicros));
    }
  }

  /** Clients that stay with a member whatever happens. */
  private void readAgain(SimMember member, long micros, SplittableRandom chance) {
    for (long at = 0; at < micros; at += 1 + chance.nextLong(2 * TICK)) {
      group
          .scheduler()
          .after(
              at,
              () -> {
                if (member.isActive()) {
                  group.clients().read(member);
                }
              });
    }
  }

  private static void ifAny(@Nullable SimMember member, Consumer<SimMember> act) {
    if (member != null) {
      act.accept(member);
    }
  }

  private void burst(SimMember member, SplittableRandom chance) {
    for (int i = chance.nextInt(60); i >= 0; i--) {
      group.clients().write(member);
    }
  }

  /** Whoever next takes another's snapshot ends soon after, by whichever way. */
  private void killRestored(SplittableRandom chance) {
    long before = group.marks().count(Mark.SNAPSHOT_INSTALLED);
    long delay = chance.nextInt(3) == 0 ? 0 : chance.nextLong(2 * TICK);
    boolean isPower = chance.nextBoolean();
    soon(
        () -> group.marks().count(Mark.SNAPSHOT_INSTALLED) > before,
        () -> {
          SimMember member = group.member(group.checks().lastInstalled());
          group
              .scheduler()
              .after(
                  delay,
                  () ->
                      restartLater(
                          member, chance, isPower ? SimMember::losePower : SimMember::kill));
        },
        group.scheduler().nowMicros() + 40 * TICK);
  }

  private void restartLater(SimMember member, SplittableRandom chance, Consumer<SimMember> end) {
    end.accept(member);
    group.scheduler().after(chance.nextLong(30 * TICK), member::start);
  }

  private void pauseLeader(SimMember leader, SplittableRandom chance) {
    long micros = 1 + chance.nextLong(5L * group.swarm().electionTicks * TICK);
    group.marks().reach(Mark.PAUSED_LEADER);
    leader.pause(micros);
    group
        .scheduler()
        .after(
            micros,
            () -> {
              SimMember newer = group.leader();
              if (newer != null && newer.id != leader.id) {
                group.marks().reach(Mark.PAUSED_LEADER_WAS_REPLACED);
              }
            });
  }

  private void onNet(FaultKind kind, SplittableRandom chance, SimMember any, SimMember leader) {
    long micros = 1 + chance.nextLong(40 * TICK);
    SimMember other = group.anyActive(chance);
    long to = other == null ? any.id : other.id;
    switch (kind) {
      case CUT_ONE_WAY -> {
        group.marks().reach(Mark.ONE_WAY_CUT);
        cut(micros, (a, b) -> a == any.id && b == to);
      }
      case ISOLATE -> cut(micros, (a, b) -> a == any.id || b == any.id);
      case ISOLATE_LEADER -> {
        if (chance.nextInt(3) == 0 && leader.isActive()) {
          burst(leader, chance);
        }
        int direction = chance.nextInt(4); // Neither, one, or both ways.
        cut(
            micros,
            (a, b) -> (a == leader.id && direction != 1) || (b == leader.id && direction != 2));
      }
      case ISOLATE_FROM_VOTERS -> {
        long voters = leader.shadow.quorum.voters();
        campaignElsewhere(leader, voters);
        cut(
            micros,
            (a, b) ->
                (a == leader.id ? voters >> b & 1 : b == leader.id ? voters >> a & 1 : 0) != 0);
        readAgain(leader, micros, chance);
      }
      case STRAND_LEADER -> strand(leader, chance);
      case SHORTEN_APPENDS -> onAll(micros, link -> link.shortenedPercent = 1 + chance.nextInt(50));
      case SPLIT -> {
        group.marks().reach(Mark.GROUP_SPLIT);
        long half = chance.nextLong();
        cut(micros, (a, b) -> (half >> a & 1) != (half >> b & 1));
      }
      case LOSE_MESSAGES -> onAll(micros, link -> link.lostPercent = 1 + chance.nextInt(30));
      case DUPLICATE_MESSAGES ->
          onAll(micros, link -> link.duplicatedPercent = 1 + chance.nextInt(50));
      case REORDER_MESSAGES ->
          onAll(micros, link -> link.reorderedPercent = 1 + chance.nextInt(50));
      case DELAY_MESSAGES -> onAll(micros, link -> link.extraMicros = chance.nextLong(3 * TICK));
      case RESET_CONNECTION -> {
        group.net().reset(any.id, leader.id);
        group.net().reset(leader.id, any.id);
      }
      case NARROW_LINK ->
          onAll(micros, link -> link.bytesPerSecond = 2_000 + chance.nextLong(100_000));
      default -> throw new IllegalArgumentException(kind.toString());
    }
  }

  /** Nothing leaves the leader, and what it hears comes from a time when others followed it. */
  private void strand(SimMember leader, SplittableRandom chance) {
    group.marks().reach(Mark.LEADER_STRANDED);
    long timeout = group.swarm().electionTicks * TICK;
    long micros = 3 * timeout + chance.nextLong(3 * timeout);
    if (leader.isActive()) {
      group.clients().read(leader);
    }
    cut(micros, (a, b) -> a == leader.id);
    long late = timeout + chance.nextLong(3 * timeout);
    for (SimMember other : group.members()) {
      SimNet.Link link = group.net().link(other.id, leader.id);
      link.extraMicros += late;
      group
          .scheduler()
          .after(micros, () -> link.extraMicros = Math.max(0, link.extraMicros - late));
    }
    readAgain(leader, micros, chance);
  }

  /** Which directions are meant. */
  @FunctionalInterface
  private interface Directions {
    boolean has(long from, long to);
  }

  private void cut(long micros, Directions which) {
    for (SimMember from : group.members()) {
      for (SimMember to : group.members()) {
        if (from.id != to.id && which.has(from.id, to.id)) {
          SimNet.Link link = group.net().link(from.id, to.id);
          link.cuts++;
          group.scheduler().after(micros, () -> link.cuts = Math.max(0, link.cuts - 1));
        }
      }
    }
  }

  private void onAll(long micros, Consumer<SimNet.Link> change) {
    for (SimMember from : group.members()) {
      for (SimMember to : group.members()) {
        SimNet.Link link = group.net().link(from.id, to.id);
        int cuts = link.cuts;
        change.accept(link);
        group
            .scheduler()
            .after(
                micros,
                () -> {
                  link.heal();
                  link.cuts = Math.min(cuts, link.cuts);
                });
      }
    }
  }

  private void failDisk(SimMember member, SimDisk.Operation operation, SplittableRandom chance) {
    member.failNext(operation);
    long delay = 5 * TICK + chance.nextLong(30 * TICK);
    group.scheduler().after(delay, member::start);
  }

  /** Damages what was durable long ago; only a minority may ever be damaged. */
  private void flipBit(SimMember member, SplittableRandom chance) {
    DurableLog durable = member.shadow.durable;
    if (durable == null || !operator.maySpare(member)) {
      return;
    }
    int records = durable.lastBatch() - SECTOR_BYTES;
    if (records <= 0) {
      return;
    }
    int at = SECTOR_BYTES + chance.nextInt(records);
    restartLater(member, chance, SimMember::kill);
    try {
      byte[] bytes = member.disk.bytes(durable.segment());
      group.damage(member.id);
      member.disk.damage(durable.segment(), at, (byte) (bytes[at] ^ 1 << chance.nextInt(8)));
    } catch (IOException e) {
      group.trace().say(member.id, () -> "has no segment " + durable.segment());
    }
  }

  private void loseDisk(SimMember member) {
    if (operator.maySpare(member)) {
      group.trace().note(11, member.id, () -> "loses its disk");
      group.marks().reach(Mark.DISK_LOST);
      member.kill();
      member.die();
    }
  }
}
