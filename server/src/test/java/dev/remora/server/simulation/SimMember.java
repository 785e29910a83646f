package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.storage.CorruptLogException;
import dev.remora.server.storage.SimDisk;
import dev.remora.server.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One member: its process, its disk, its clocks, and what can be done to them. */
final class SimMember {
  final long id;
  final Group group;
  final SimDisk disk;
  final SimProcess process;
  final Shadow shadow;

  /** How fast its clock goes, in percent. */
  int clockPercent = 100;

  /** How far its wall clock is ahead. */
  long wallAheadMicros;

  /** What the group was before its first entry. */
  final ConfState initial;

  private final Server.Starter starter;
  private @Nullable Server server;
  private boolean isDead;

  SimMember(long id, Group group, ConfState initial, Server.Starter starter) {
    this.id = id;
    this.initial = initial;
    this.starter = starter;
    this.group = group;
    this.disk = new SimDisk(group.random());
    this.process = new SimProcess(group.scheduler());
    this.shadow = group.checks().shadow(id);
  }

  /** What runs in its process, which must be up. */
  Server server() {
    if (server == null) {
      throw new IllegalStateException("member " + id + " does not run");
    }
    return server;
  }

  boolean isLeader() {
    return process.isUp() && server != null && server.isLeader();
  }

  /** Whether it will never run again: its disk is lost or damaged. */
  boolean isDead() {
    return isDead;
  }

  /** Runs, and is not paused. */
  boolean isActive() {
    return process.isUp() && !process.isPaused();
  }

  void start() {
    if (process.isUp() || isDead) {
      return;
    }
    disk.inject((_, _) -> null);
    disk.observe((_, _) -> {});
    process.start();
    group.trace().note(1, id, () -> "starts");
    try {
      server = starter.start(this);
      planTick();
    } catch (CorruptLogException e) {
      refuse(e);
    } catch (StorageException e) {
      group.trace().say(id, () -> "cannot start: " + e.getMessage());
      end();
      disk.restartProcess();
    }
  }

  private void end() {
    process.end();
    server = null;
  }

  /** A log that was damaged must be refused; any other must not. */
  private void refuse(CorruptLogException reason) {
    if (!group.isDamaged(id)) {
      throw new Violation(
          Invariant.NOTHING_IS_LOST, "member " + id + " refuses its own log", reason);
    }
    group.trace().note(2, id, () -> "refuses its log: " + reason.getMessage());
    group.marks().reach(Mark.CORRUPT_LOG_REFUSED);
    die();
  }

  private void planTick() {
    process.after(
        Swarm.TICK_MICROS * clockPercent / 100,
        () -> {
          group.trace().mix(3, id, 0);
          server().tick();
          planTick();
        });
  }

  /** The process ends; what it has written stays with the system. */
  void kill() {
    if (process.isUp()) {
      markCrash();
      group.trace().note(4, id, () -> "is killed");
      end();
      disk.restartProcess();
    }
  }

  /** The power fails: what was not forced is lost in part. */
  void losePower() {
    if (process.isUp()) {
      markCrash();
      group.trace().note(5, id, () -> "loses power");
      SimLogThreads threads = server == null ? null : server.threads();
      end();
      if (threads != null && threads.isWriting() && group.random().nextBoolean()) {
        group.marks().reach(Mark.CRASH_IN_THE_MIDDLE_OF_A_WRITE);
        disk.cutPowerAfter(group.random().nextInt(4));
        threads.rush();
      }
    }
    disk.losePower();
  }

  private void markCrash() {
    if (server != null && server.isLeader()) {
      group.marks().reach(Mark.CRASH_OF_THE_LEADER);
    }
    if (shadow.durable != null && shadow.durable.lastIndex() < shadow.log.last()) {
      group.marks().reach(Mark.CRASH_WITH_UNSTORED_ENTRIES);
    }
    if (shadow.durable != null && shadow.durable.hard().term() < shadow.hard.term()) {
      group.marks().reach(Mark.CRASH_WITH_UNSTORED_VOTE);
    }
  }

  /** The disk has failed: as a server does, the process ends itself. */
  void halt(Exception cause) {
    if (process.isUp()) {
      group.trace().note(6, id, () -> "halts: " + cause.getMessage());
      end();
      disk.inject((_, _) -> null);
      disk.restartProcess();
    }
  }

  void pause(long micros) {
    group.trace().note(7, id, () -> "pauses for " + micros / 1000 + " ms");
    process.pause(micros);
  }

  /** Never to run again. */
  void die() {
    end();
    isDead = true;
  }

  /** What the next operation of that kind gets is an error. */
  void failNext(SimDisk.Operation operation) {
    boolean[] isDone = new boolean[1];
    disk.inject((done, path) -> {
      if (done != operation || isDone[0] || !path.toString().endsWith(".rwal")) {
        return null;
      }
      isDone[0] = true;
      group
          .marks()
          .reach(operation == SimDisk.Operation.FORCE ? Mark.FORCE_FAILED : Mark.WRITE_FAILED);
      return new IOException("Input/output error");
    });
  }
}
