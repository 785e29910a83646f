package dev.remora.server.simulation;

import dev.remora.server.raft.Mutant;
import dev.remora.server.raft.Mutants;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import java.util.EnumSet;

/**
 * Reads are served by a lease. That is safe only while clocks go alike and nobody is paused, so
 * these faults are left out; a wall clock that jumps must do no harm.
 */
final class LeaseSeams extends Seams {
  private static final EnumSet<FaultKind> UNBEARABLE =
      EnumSet.of(FaultKind.PAUSE, FaultKind.PAUSE_LEADER, FaultKind.DRIFT_CLOCK);

  private final boolean isByWallClock;

  LeaseSeams(boolean isByWallClock) {
    this.isByWallClock = isByWallClock;
  }

  @Override
  boolean allows(FaultKind kind) {
    return !UNBEARABLE.contains(kind);
  }

  @Override
  RaftCore core(SimMember member, RaftConfig given, Restart restart) {
    RaftConfig config =
        new RaftConfig(
            given.id(),
            given.electionTicks(),
            given.heartbeatTicks(),
            given.preVote(),
            true,
            true,
            given.messageBytesMax(),
            given.inflightMessagesMax(),
            given.inflightBytesMax(),
            given.uncommittedBytesMax(),
            given.applyBytesMax(),
            given.stepDownOnRemoval(),
            given.disableProposalForwarding());
    return isByWallClock
        ? Mutants.core(
            Mutant.LEASE_BY_WALL_CLOCK,
            config,
            restart,
            member.group.random(),
            () -> wallTicks(member))
        : super.core(member, config, restart);
  }

  private static long wallTicks(SimMember member) {
    return (member.group.scheduler().nowMicros() + member.wallAheadMicros) / Swarm.TICK_MICROS;
  }
}
