package dev.remora.server.raft;

import dev.remora.server.raft.Ready.StorageAck;
import dev.remora.server.raft.log.RaftLog;
import dev.remora.server.raft.progress.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Makes cores with a {@link Mutant} in them: each replaces one method of one of the {@link Parts}
 * that a core is made of. Production code makes its cores of the parts themselves and knows nothing
 * of this.
 *
 * <p>1 to 5 and 16 are in {@link Reads}; 10, 11 and 18 in {@link RaftLog}; 13 in {@link
 * Replication}; 14 in {@link PendingChange}; 15 in {@link Lease}; 17 in {@link Following}. Those of
 * storage and of the driver (6 to 9, 12, 19) are not here.
 */
public final class Mutants {
  private Mutants() {}

  /**
   * A core with a bug in it.
   *
   * @param wallTicks the wall clock, in ticks; only {@link Mutant#LEASE_BY_WALL_CLOCK} looks at it
   */
  public static RaftCore core(
      Mutant mutant,
      RaftConfig config,
      Restart restart,
      RandomGenerator random,
      LongSupplier wallTicks) {
    return new RaftCore(config, restart, random, parts(mutant, wallTicks));
  }

  private static Parts parts(Mutant mutant, LongSupplier wallTicks) {
    return switch (mutant) {
      case READ_JOINS_ROUND_IN_FLIGHT -> reads(JoiningReads::new);
      case READ_SKIPS_ROUND -> reads(SkippingReads::new);
      case READ_COUNTS_ANSWERS -> reads(CountingReads::new);
      case READ_POSITION_REPEATS -> reads(ForgetfulReads::new);
      case READ_BEFORE_OWN_COMMIT -> reads(EarlyReads::new);
      case READ_BY_NEW_MAJORITY -> reads(HalfReads::new);
      case READ_UNCONFIRMED -> reads(HastyReads::new);
      case LEASE_AFTER_HAND_OVER -> reads(ClingingReads::new);
      case LEARNER_COMMITS -> replication(LearnerReplication::new);
      case COMMIT_ONE_AHEAD -> replication(AheadReplication::new);
      case COMMIT_BEYOND_COVERED -> new TrustingParts();
      case SNAPSHOT_KEEPS_SUFFIX -> log(KeepingLog::new);
      case ACK_OF_REPLACED_ENTRY -> log(TrustingLog::new);
      case DUPLICATE_TRUNCATES -> log(CuttingLog::new);
      case COMMIT_OF_OLD_TERM -> new CountingParts();
      case CHANGE_WHILE_PENDING -> new HastyParts();
      case ACK_OF_LAST_INDEX -> new BoastingParts();
      case LEASE_BY_WALL_CLOCK ->
          new Parts() {
            @Override
            Lease lease(RaftConfig config) {
              return new WallLease(config.electionTicks(), wallTicks);
            }
          };
    };
  }

  private interface ReadsMaker {
    Reads make(Member member, Lease lease);
  }

  private static Parts reads(ReadsMaker maker) {
    return new Parts() {
      @Override
      Reads reads(Member member, Lease lease) {
        return maker.make(member, lease);
      }
    };
  }

  private interface ReplicationMaker {
    Replication make(Member member, Feeder feeder, Reads reads, Transfer transfer);
  }

  private static Parts replication(ReplicationMaker maker) {
    return new Parts() {
      @Override
      Replication replication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
        return maker.make(member, feeder, reads, transfer);
      }
    };
  }

  private interface LogMaker {
    RaftLog make(Restart restart, long applyBytesMax);
  }

  private static Parts log(LogMaker maker) {
    return new Parts() {
      @Override
      RaftLog log(RaftConfig config, Restart restart) {
        return maker.make(restart, config.applyBytesMax());
      }
    };
  }

  private static final class JoiningReads extends Reads {
    JoiningReads(Member member, Lease lease) {
      super(member, lease);
    }

    @Override
    boolean mayJoin(Round joined) {
      return true;
    }
  }

  private static final class SkippingReads extends Reads {
    private final Member member;
    private long confirmedTerm;
    private long confirmedIndex;

    SkippingReads(Member member, Lease lease) {
      super(member, lease);
      this.member = member;
    }

    @Override
    void ask(Asked read) {
      long index = member.log.committed();
      if (confirmedTerm == member.term && index <= confirmedIndex) {
        answer(read, index);
      } else {
        super.ask(read);
      }
    }

    @Override
    boolean isConfirmed(Round asked) {
      boolean isConfirmed = super.isConfirmed(asked);
      if (isConfirmed) {
        confirmedTerm = member.term;
        confirmedIndex = asked.index;
      }
      return isConfirmed;
    }
  }

  private static final class CountingReads extends Reads {
    private final Member member;

    CountingReads(Member member, Lease lease) {
      super(member, lease);
      this.member = member;
    }

    @Override
    boolean isConfirmed(Round asked) {
      int answers = 0;
      for (int i = 0; i < member.tracker.size(); i++) {
        Progress by = member.tracker.at(i);
        if (by.id() == member.id() || by.ackedReadPosition() >= asked.position) {
          answers++;
        }
      }
      return answers > member.tracker.conf().voters().size() / 2;
    }
  }

  private static final class ForgetfulReads extends Reads {
    ForgetfulReads(Member member, Lease lease) {
      super(member, lease);
    }

    @Override
    void answered(Progress by, long position) {
      super.answered(by, round == null ? position : round.position);
    }
  }

  private static final class EarlyReads extends Reads {
    EarlyReads(Member member, Lease lease) {
      super(member, lease);
    }

    @Override
    boolean knowsCommit() {
      return true;
    }
  }

  private static final class HalfReads extends Reads {
    private final Member member;

    HalfReads(Member member, Lease lease) {
      super(member, lease);
      this.member = member;
    }

    @Override
    boolean isConfirmed(Round asked) {
      return member.tracker.quorum().incoming().committed(acks) >= asked.position;
    }
  }

  private static final class HastyReads extends Reads {
    HastyReads(Member member, Lease lease) {
      super(member, lease);
    }

    @Override
    boolean isConfirmed(Round asked) {
      return true;
    }
  }

  private static final class ClingingReads extends Reads {
    ClingingReads(Member member, Lease lease) {
      super(member, lease);
    }

    @Override
    boolean isHandingOver() {
      return false;
    }
  }

  private static final class LearnerReplication extends Replication {
    private final Member member;

    LearnerReplication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
      super(member, feeder, reads, transfer);
      this.member = member;
    }

    @Override
    long heldByQuorum() {
      List<Long> matches = new ArrayList<>();
      for (int i = 0; i < member.tracker.size(); i++) {
        matches.add(member.tracker.at(i).match());
      }
      matches.sort(null);
      return matches.get((matches.size() - 1) / 2);
    }
  }

  private static final class AheadReplication extends Replication {
    private final Member member;

    AheadReplication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
      super(member, feeder, reads, transfer);
      this.member = member;
    }

    @Override
    long heldByQuorum() {
      return Math.min(super.heldByQuorum() + 1, member.log.lastIndex());
    }
  }

  private static final class TrustingParts extends Parts {
    @Override
    Following following(Member member) {
      return new Following(member) {
        @Override
        long committable(long covered) {
          return member.log.lastIndex();
        }
      };
    }
  }

  private static final class KeepingLog extends RaftLog {
    KeepingLog(Restart restart, long applyBytesMax) {
      super(restart, applyBytesMax);
    }

    @Override
    public void install(SnapshotMeta meta) {
      List<Entry> suffix =
          lastIndex() > meta.index() ? read(meta.index() + 1, Long.MAX_VALUE) : List.of();
      super.install(meta);
      suffix.forEach(this::append);
    }
  }

  private static final class TrustingLog extends RaftLog {
    TrustingLog(Restart restart, long applyBytesMax) {
      super(restart, applyBytesMax);
    }

    @Override
    protected boolean isCurrent(StorageAck ack, long term) {
      return ack.lastIndex() <= lastIndex();
    }
  }

  private static final class CuttingLog extends RaftLog {
    CuttingLog(Restart restart, long applyBytesMax) {
      super(restart, applyBytesMax);
    }

    @Override
    public void merge(List<Entry> news) {
      if (!news.isEmpty()) {
        replaceFrom(news, 0);
      }
    }
  }

  private static final class CountingParts extends Parts {
    @Override
    Replication replication(Member member, Feeder feeder, Reads reads, Transfer transfer) {
      return new Replication(member, feeder, reads, transfer) {
        @Override
        boolean mayCommit(long index) {
          return true;
        }
      };
    }
  }

  private static final class HastyParts extends Parts {
    @Override
    PendingChange pendingChange(Member member) {
      return new PendingChange(member) {
        @Override
        boolean isFit(boolean isLeave) {
          return member.tracker.conf().isJoint() == isLeave;
        }
      };
    }
  }

  private static final class BoastingParts extends Parts {
    @Override
    Following following(Member member) {
      return new Following(member) {
        @Override
        long acknowledged(long covered) {
          return member.log.lastIndex();
        }
      };
    }
  }

  private static final class WallLease extends Lease {
    private final LongSupplier wallTicks;

    WallLease(int electionTicks, LongSupplier wallTicks) {
      super(electionTicks);
      this.wallTicks = wallTicks;
    }

    @Override
    void sent(long position, long now) {
      super.sent(position, wallTicks.getAsLong());
    }

    @Override
    boolean isValid(long now) {
      return super.isValid(wallTicks.getAsLong());
    }
  }
}
