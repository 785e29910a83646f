package dev.remora.server.simulation;

import dev.remora.server.raft.Mutant;
import dev.remora.server.raft.Mutants;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads are served by a lease. That is safe only while clocks go alike and nobody is paused, so
 * these faults are left out; a wall clock that jumps must do no harm.
 */
final class LeaseSeams extends Seams {
  private static final EnumSet<FaultKind> UNBEARABLE =
      EnumSet.of(FaultKind.PAUSE, FaultKind.PAUSE_LEADER, FaultKind.DRIFT_CLOCK);

  private final @Nullable Mutant mutant;

  /**
   * With leases.
   *
   * @param mutant what is wrong with them; null for nothing
   */
  LeaseSeams(@Nullable Mutant mutant) {
    this.mutant = mutant;
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
            given.onRemoval(),
            given.disableProposalForwarding());
    return mutant == null
        ? super.core(member, config, restart)
        : Mutants.core(mutant, config, restart, member.group.random(), () -> wallTicks(member));
  }

  private static long wallTicks(SimMember member) {
    return (member.group.scheduler().nowMicros() + member.wallAheadMicros) / Swarm.TICK_MICROS;
  }
}
