package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One seed's run: first safety under faults, then, when they have ended, liveness. The same seed is
 * the same run, in every process.
 */
final class Simulation {
  private static final long TICK = Swarm.TICK_MICROS;

  /** The longest pause and the longest stall of a disk may still have to end. */
  private static final long SETTLING_TICKS = 60;

  private static final long LIVELY_TICKS = 800;

  /** However slow, it must have caught up by then. */
  private static final long PATIENT_TICKS = 20 * LIVELY_TICKS;

  /** How many looks later it is asked again. */
  private static final int PATIENCE = 10;

  private final long seed;
  private final Swarm swarm;
  private final List<Fault> plan;
  private final Group group;
  private final Operator operator;
  private final Faults faults;
  private final Map<Long, Long> lastWrites = new HashMap<>();
  private final Map<Long, Long> lastReads = new HashMap<>();
  private String unserved = "";
  private int patience;
  private boolean isStuck;

  /**
   * What came of a run.
   *
   * @param hash of all that happened
   * @param isStuck whether it ended without a leader as it may: see {@link Standing}
   * @param violation what did not hold, or null
   * @param lines the last things that happened, if it was readable
   */
  record Outcome(
      long seed,
      long hash,
      long events,
      Marks marks,
      boolean isStuck,
      @Nullable Violation violation,
      List<String> lines) {}

  /**
   * Prepares a run.
   *
   * @param kept which faults of the plan are to happen
   */
  Simulation(long seed, Server.Starter starter, Group.Watching watching, Predicate<Fault> kept) {
    SplittableRandom random = new SplittableRandom(seed);
    this.seed = seed;
    this.swarm = new Swarm(random.split());
    this.plan = swarm.plan.stream().filter(kept).toList();
    this.group = new Group(swarm, random, starter, watching);
    this.operator = new Operator(group);
    this.faults = new Faults(group, operator);
  }

  /** What may go wrong in this run. */
  List<Fault> plan() {
    return plan;
  }

  Outcome run() {
    Violation violation = null;
    group.trace().say(0, swarm::toString);
    try {
      beSafe();
      beLively();
    } catch (StuckException e) {
      isStuck = true;
      group.trace().say(0, () -> "nobody can be elected any more");
    } catch (Violation e) {
      violation = e;
    } catch (RuntimeException e) {
      violation = new Violation(Invariant.NO_MEMBER_PANICS, String.valueOf(e), e);
    }
    return new Outcome(
        seed,
        group.trace().hash(),
        group.scheduler().events(),
        group.marks(),
        isStuck,
        violation,
        group.trace().lines());
  }

  private void beSafe() {
    group.members().forEach(SimMember::start);
    faults.plan(plan);
    planClients(swarm.faultyMicros());
    runUntil(swarm.faultyMicros());
  }

  private void planClients(long untilMicros) {
    SplittableRandom random = group.random();
    if (group.scheduler().nowMicros() >= untilMicros) {
      return;
    }
    for (int i = random.nextInt(2 * swarm.proposalsPerTick + 1); i > 0; i--) {
      onSome(member -> group.clients().write(member));
    }
    for (int i = random.nextInt(2 * swarm.readsPerTick + 1); i > 0; i--) {
      onSome(member -> group.clients().read(member));
    }
    group.scheduler().after(TICK, () -> planClients(untilMicros));
  }

  /** Mostly on the leader, or on whoever takes himself for it; sometimes on anyone. */
  private void onSome(Consumer<SimMember> ask) {
    group
        .scheduler()
        .after(
            group.random().nextLong(TICK),
            () -> {
              SimMember member = group.anyActive(group.random());
              if (member == null) {
                return;
              }
              long leader = member.server().leader();
              if (leader != 0 && group.random().nextInt(3) > 0 && group.member(leader).isActive()) {
                member = group.member(leader);
              }
              ask.accept(member);
            });
  }

  private void runUntil(long micros) {
    while (group.scheduler().step(micros)) {}
  }

  private void beLively() {
    group.trace().note(12, 0, () -> "the faults end");
    faults.heal();
    runUntil(group.scheduler().nowMicros() + SETTLING_TICKS * TICK);
    faults.heal(); // What a delayed start or a stall has brought since.
    await("a leader, and no dead members", this::isRepaired);
    await("every member's proposals and reads", this::areServed);
    await("all members to catch up", this::haveCaughtUp);
    belonging().forEach(member -> group.checks().acknowledgedIsThere(member.shadow));
    group.clients().countLost();
    group.checkAtEnd();
  }

  /** Lets time pass until it is so; a slow network takes its time, but something must go on. */
  private void await(String what, BooleanSupplier isSo) {
    long last = group.scheduler().nowMicros() + PATIENT_TICKS * TICK;
    long end = group.scheduler().nowMicros() + LIVELY_TICKS * TICK;
    long applied = 0;
    while (!isSo.getAsBoolean()) {
      long now = group.scheduler().nowMicros();
      long appliedNow = group.checks().shadows().stream().mapToLong(it -> it.applied).sum();
      if (appliedNow > applied) {
        applied = appliedNow;
        end = Math.min(last, now + LIVELY_TICKS * TICK);
      }
      if (now >= end) {
        if (isStuckByRemoval()) {
          throw new StuckException();
        }
        throw new Violation(
            Invariant.LIVENESS,
            "waited %d ticks in vain for %s (%s): %s"
                .formatted(LIVELY_TICKS, what, unserved, group.checks().shadows()));
      }
      runUntil(group.scheduler().nowMicros() + 5 * TICK);
    }
  }

  /** The one way to end without a leader that is known, and told of in the documents. */
  private boolean isStuckByRemoval() {
    boolean isPossible = group.leader() == null && group.marks().count(Mark.LEADER_REMOVED) > 0;
    return isPossible
        && Standing.areStuckByRemoval(
            group.members().stream().filter(SimMember::isActive).map(Standing::of).toList());
  }

  /** There is nothing more to be asked of this run. */
  private static final class StuckException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private boolean isRepaired() {
    return operator.repair();
  }

  /** Who is in the leader's configuration. */
  private List<SimMember> belonging() {
    SimMember leader = group.leader();
    if (leader == null) {
      return List.of();
    }
    ConfState conf = leader.shadow.conf;
    return Stream.concat(conf.voters().stream(), conf.learners().stream())
        .distinct()
        .map(group::member)
        .toList();
  }

  /** Whether a write and a read at every member are done; asks again for what was refused. */
  private boolean areServed() {
    boolean areServed = isRepaired();
    if (!areServed) {
      return false;
    }
    for (SimMember member : belonging()) {
      if (!member.process.isUp()) {
        return false;
      }
      boolean isTaker = member.isLeader() || !swarm.config(member.id).disableProposalForwarding();
      boolean isWritten = !isTaker || isDone(lastWrites, member, group.clients()::isAnswered);
      boolean isRead = isDone(lastReads, member, group.clients()::isReadable);
      if (!isWritten || !isRead) {
        areServed = false;
        unserved = "member %d, written: %s, read: %s".formatted(member.id, isWritten, isRead);
      }
    }
    if (!areServed && patience++ % PATIENCE == 0) {
      for (SimMember member : belonging()) {
        if (!isDone(lastWrites, member, group.clients()::isAnswered)) {
          lastWrites.put(member.id, group.clients().write(member));
        }
        if (!isDone(lastReads, member, group.clients()::isReadable)) {
          lastReads.put(member.id, group.clients().read(member));
        }
      }
    }
    return areServed;
  }

  private static boolean isDone(Map<Long, Long> asked, SimMember member, LongPredicate isAnswered) {
    Long number = asked.get(member.id);
    return number != null && isAnswered.test(number);
  }

  private boolean haveCaughtUp() {
    SimMember leader = group.leader();
    if (leader == null) {
      return false;
    }
    long last = leader.shadow.log.last();
    return belonging().stream().allMatch(member -> member.shadow.applied == last);
  }
}
