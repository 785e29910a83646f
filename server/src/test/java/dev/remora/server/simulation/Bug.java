package dev.remora.server.simulation;

import dev.remora.server.raft.Mutant;
import dev.remora.server.raft.Mutants;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Restart;

/** A bug that somebody has shipped, and that the simulation must find. */
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
  DAMAGE_CUT(19);

  private final int number;

  Bug(int number) {
    this.number = number;
  }

  /** Its place in the list of mutants. */
  int number() {
    return number;
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
      case LEASE_BY_WALL_CLOCK -> new LeaseSeams(true);
      case READ_BY_NEW_MAJORITY -> core(Mutant.READ_BY_NEW_MAJORITY);
      case ACK_OF_LAST_INDEX -> core(Mutant.ACK_OF_LAST_INDEX);
      case DUPLICATE_TRUNCATES -> core(Mutant.DUPLICATE_TRUNCATES);
      case DAMAGE_CUT -> new StorageMutants.DamageCut();
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
