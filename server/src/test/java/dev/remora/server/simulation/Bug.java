package dev.remora.server.simulation;

import dev.remora.server.raft.Mutant;
import dev.remora.server.raft.Mutants;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;

/**
 * A bug that the simulation must find. Those with a number, its place in the list of mutants of the
 * design, somebody has shipped; the others are close to them.
 */
enum Bug {
  READ_JOINS_ROUND_IN_FLIGHT(1),
  READ_SKIPS_ROUND(2),
  READ_COUNTS_ANSWERS(3),
  READ_POSITION_REPEATS(4),
  READ_BEFORE_OWN_COMMIT(5),
  RETRIED_FORCE(6),
  FAILED_VOTE_IGNORED(7),
  VOTE_APART_FROM_TERM(8),
  VOTE_NOT_FLUSHED(9),
  SNAPSHOT_KEEPS_SUFFIX(10),
  SUFFIX_KEPT_ON_DISK(10),
  ACK_OF_REPLACED_ENTRY(11),
  LATER_WRITES_BELIEVED(12),
  COMMIT_OF_OLD_TERM(13),
  CHANGE_WHILE_PENDING(14),
  LEASE_BY_WALL_CLOCK(15),
  READ_BY_NEW_MAJORITY(16),
  ACK_OF_LAST_INDEX(17),
  DUPLICATE_TRUNCATES(18),
  DAMAGE_CUT(19),
  READ_UNCONFIRMED(0),
  LEASE_AFTER_HAND_OVER(0),
  LEARNER_COMMITS(0),
  COMMIT_ONE_AHEAD(0),
  COMMIT_BEYOND_COVERED(0),
  OWN_ACK_EARLY(0),
  BOLD_HEARTBEATS(0),
  OLD_APPEND_TAKEN(0),
  ANY_LOG_ELECTED(0),
  SNAPSHOT_KEEPS_CONF(0),
  READ_NOT_AWAITED(0),
  LEASES_BY_WALL_CLOCK(0),
  SNAPSHOT_WITHOUT_LEASES(0),
  PROPOSED_TWICE(0);

  private final int number;

  Bug(int number) {
    this.number = number;
  }

  /** Its place in the list of mutants; 0 for none. */
  int number() {
    return number;
  }

  /** What it is looked for in: those of the replica are not in the core. */
  Kind kind() {
    return switch (this) {
      case READ_NOT_AWAITED, LEASES_BY_WALL_CLOCK, SNAPSHOT_WITHOUT_LEASES, PROPOSED_TWICE ->
          Kind.MEMBER;
      default -> Kind.CORE;
    };
  }

  /** A new run with it. */
  Seams seams() {
    return switch (this) {
      case READ_JOINS_ROUND_IN_FLIGHT -> core(Mutant.READ_JOINS_ROUND_IN_FLIGHT);
      case READ_SKIPS_ROUND -> core(Mutant.READ_SKIPS_ROUND);
      case READ_COUNTS_ANSWERS -> core(Mutant.READ_COUNTS_ANSWERS);
      case READ_POSITION_REPEATS -> core(Mutant.READ_POSITION_REPEATS);
      case READ_BEFORE_OWN_COMMIT -> core(Mutant.READ_BEFORE_OWN_COMMIT);
      case RETRIED_FORCE -> new StorageMutants.RetriedForce();
      case FAILED_VOTE_IGNORED -> new StorageMutants.FailedVoteIgnored();
      case VOTE_APART_FROM_TERM -> new StorageMutants.VoteApartFromTerm();
      case VOTE_NOT_FLUSHED -> new StorageMutants.VoteNotFlushed();
      case SNAPSHOT_KEEPS_SUFFIX -> core(Mutant.SNAPSHOT_KEEPS_SUFFIX);
      case SUFFIX_KEPT_ON_DISK -> new StorageMutants.SuffixKept();
      case ACK_OF_REPLACED_ENTRY -> core(Mutant.ACK_OF_REPLACED_ENTRY);
      case LATER_WRITES_BELIEVED -> new StorageMutants.LaterWritesBelieved();
      case COMMIT_OF_OLD_TERM -> core(Mutant.COMMIT_OF_OLD_TERM);
      case CHANGE_WHILE_PENDING -> core(Mutant.CHANGE_WHILE_PENDING);
      case LEASE_BY_WALL_CLOCK -> new LeaseSeams(Mutant.LEASE_BY_WALL_CLOCK);
      case READ_BY_NEW_MAJORITY -> core(Mutant.READ_BY_NEW_MAJORITY);
      case ACK_OF_LAST_INDEX -> core(Mutant.ACK_OF_LAST_INDEX);
      case DUPLICATE_TRUNCATES -> core(Mutant.DUPLICATE_TRUNCATES);
      case DAMAGE_CUT -> new StorageMutants.DamageCut();
      case READ_UNCONFIRMED -> core(Mutant.READ_UNCONFIRMED);
      case LEASE_AFTER_HAND_OVER -> new LeaseSeams(Mutant.LEASE_AFTER_HAND_OVER);
      case LEARNER_COMMITS -> core(Mutant.LEARNER_COMMITS);
      case COMMIT_ONE_AHEAD -> core(Mutant.COMMIT_ONE_AHEAD);
      case COMMIT_BEYOND_COVERED -> core(Mutant.COMMIT_BEYOND_COVERED);
      case OWN_ACK_EARLY -> new MessageMutants.OwnAckEarly();
      case BOLD_HEARTBEATS -> new MessageMutants.BoldHeartbeats();
      case OLD_APPEND_TAKEN -> new MessageMutants.OldAppendTaken();
      case ANY_LOG_ELECTED -> new MessageMutants.AnyLogElected();
      case SNAPSHOT_KEEPS_CONF -> new MessageMutants.SnapshotKeepsConf();
      case READ_NOT_AWAITED -> new ReplicaMutants.ReadNotAwaited();
      case LEASES_BY_WALL_CLOCK -> new ReplicaMutants.LeasesByWallClock();
      case SNAPSHOT_WITHOUT_LEASES -> new ReplicaMutants.SnapshotWithoutLeases();
      case PROPOSED_TWICE -> new ReplicaMutants.ProposedTwice();
    };
  }

  private static Seams core(Mutant mutant) {
    return new Seams() {
      @Override
      RaftCore core(SimMember member, RaftConfig config, Restart restart) {
        return Mutants.core(mutant, config, restart, member.group.random(), () -> 0);
      }
    };
  }
}
