package dev.remora.server.apply;

import dev.remora.server.auth.AuthResult;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What came of a command. A revision is that of the store once the command, or step, was done. */
public sealed interface Outcome {
  /** What came of a v2 operation. */
  record Tree(TreeResult result) implements Outcome {}

  /** The nodes that had run out are gone; {@code count} of them. */
  record Expired(int count) implements Outcome {}

  /**
   * A put was done.
   *
   * @param previous the version before; null if there was none or it was not asked for
   */
  record Put(long revision, @Nullable Version previous) implements Outcome {}

  /**
   * A delete was done.
   *
   * @param deleted how many keys
   * @param previous the versions deleted, by key; empty if not asked for
   */
  record DeletedRange(long revision, long deleted, List<Version> previous) implements Outcome {
    public DeletedRange {
      previous = List.copyOf(previous);
    }
  }

  /** A read inside a transaction was done. */
  record Range(long revision, RangeResult.Found found) implements Outcome {}

  /**
   * A transaction was done.
   *
   * @param succeeded whether all compares held
   * @param outcomes of the operations of the branch taken, in their order
   */
  record Txn(long revision, boolean succeeded, List<Outcome> outcomes) implements Outcome {
    public Txn {
      outcomes = List.copyOf(outcomes);
    }
  }

  /** The history below a revision is gone. */
  record Compacted(long revision) implements Outcome {}

  /** A lease was granted. */
  record LeaseGranted(long revision, long id, long ttlSeconds) implements Outcome {}

  /** A lease is gone, with its keys. */
  record LeaseRevoked(long revision, long id) implements Outcome {}

  /**
   * An alarm was raised or disarmed.
   *
   * @param isMet whether it now stands as it was asked to, and not because it never was raised
   */
  record AlarmSet(boolean isMet) implements Outcome {}

  /** The members are others now, or more is known of one. */
  record MembersChanged(long revision) implements Outcome {}

  /** The users, the roles or the switch are others now. */
  record AuthChanged(long revision) implements Outcome {}

  /** A change of users, roles or the switch was refused and has changed nothing. */
  record AuthRefused(AuthResult.Refused refusal) implements Outcome {}

  /** The command was refused and has changed nothing. */
  record Refused(long revision, Reason reason) implements Outcome {}

  /** Why a command is refused; the first of them v2's too. */
  enum Reason {
    /** The alarm NOSPACE is raised, and the command would make the state larger. */
    NO_SPACE,
    /** The alarm CORRUPT is raised. */
    CORRUPT,
    /** It was authorised on an auth state that is not the newest: it is to be asked anew. */
    STALE_AUTH,
    /** ignore_value or ignore_lease on a key that does not exist. */
    KEY_NOT_FOUND,
    /** No lease of this id is granted. */
    LEASE_NOT_FOUND,
    /** The id is taken. */
    LEASE_EXISTS,
    /** The revision lies below the last compaction. */
    COMPACTED,
    /** The revision has not happened yet. */
    FUTURE_REVISION,
    /** No member has this id. */
    MEMBER_NOT_FOUND,
    /** The member of this id has left for good. */
    MEMBER_REMOVED,
    /** A member has this id already. */
    MEMBER_EXISTS,
    /** Another member is reached there. */
    PEER_URL_EXISTS,
    /** The member has a vote already. */
    MEMBER_NOT_LEARNER,
    /** There is a learner already. */
    TOO_MANY_LEARNERS,
    /** A member that was added has not started yet, or too few would be left. */
    NOT_ENOUGH_STARTED
  }
}
