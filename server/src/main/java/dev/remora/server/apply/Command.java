package dev.remora.server.apply;

import dev.remora.server.auth.AuthChange;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.tree.TreeWrite;
import java.util.List;

/** What a member can be asked to do through the log. */
public sealed interface Command {
  /** Most revisions that a change of the members takes: v2's removal. */
  int EMPTY_REVISIONS_MAX = 2;

  /**
   * A command that was authorised on the auth state of a revision. It is refused if that is not the
   * newest any more when it is applied, and auth is enabled.
   *
   * @param command not stamped itself
   */
  record Stamped(long authRevision, Command command) implements Command {
    public Stamped {
      if (command instanceof Stamped) {
        throw new IllegalArgumentException("stamped twice");
      }
    }
  }

  /** The command itself, without its stamp. */
  default Command bare() {
    return this instanceof Stamped(_, Command command) ? command : this;
  }

  /** What may stand in a transaction. */
  sealed interface Operation extends Command {}

  /** A v2 operation. */
  record Tree(TreeWrite write) implements Command {}

  /**
   * Removes the v2 nodes whose TTL ran out at or before a time.
   *
   * @param cutoff nanoseconds since 1970, by the leader's clock
   */
  record Expire(long cutoff) implements Command {}

  /**
   * A v3 put.
   *
   * @param lease the lease to hang the key on; 0 for none
   * @param wantsPrevious whether the answer shall have the version before
   * @param keepsValue etcd's ignore_value: the key must exist, its value stays
   * @param keepsLease etcd's ignore_lease: the key must exist, its lease stays
   */
  record Put(
      Bytes key,
      Bytes value,
      long lease,
      boolean wantsPrevious,
      boolean keepsValue,
      boolean keepsLease)
      implements Operation {}

  /** A v3 delete of one key or a range; the range as in {@link RangeRequest}. */
  record DeleteRange(Bytes key, Bytes rangeEnd, boolean wantsPrevious) implements Operation {}

  /** A v3 read inside a transaction. */
  record Range(RangeRequest request) implements Operation {}

  /** A v3 transaction: all compares, then one of the two lists of operations. */
  record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure)
      implements Operation {
    public Txn {
      compares = List.copyOf(compares);
      success = List.copyOf(success);
      failure = List.copyOf(failure);
    }
  }

  /** Makes all revisions below one unreadable. */
  record Compact(long revision) implements Command {}

  /** Grants a lease; {@code id} was chosen by the client, or drawn by the member that was asked. */
  record LeaseGrant(long id, long ttlSeconds) implements Command {}

  /** Ends a lease and removes its keys; {@code isExpired} if its time ran out. */
  record LeaseRevoke(long id, boolean isExpired) implements Command {}

  /** Raises an alarm, or disarms it. */
  record SetAlarm(Alarm alarm, boolean isRaised) implements Command {}

  /** Changes the users, the roles or whether they count. */
  record ChangeAuth(AuthChange change) implements Command {}

  /** Changes who belongs to the cluster, or what is known of a member. */
  sealed interface MemberChange extends Command {
    /** Whom it is about. */
    long id();
  }

  /**
   * A change of the members that changes consensus' configuration, too, and goes through the log as
   * such: this command is its context.
   */
  sealed interface Reconfiguration extends MemberChange {}

  /**
   * Lets a member join, without a vote at first.
   *
   * @param member not started yet, but for the first members of a new cluster
   * @param emptyRevisions how many revisions it takes; v2's changes take some
   */
  record AddMember(Member member, int emptyRevisions) implements Reconfiguration {
    public AddMember {
      checkEmpty(emptyRevisions);
    }

    @Override
    public long id() {
      return member.id();
    }
  }

  /** Has a member leave, for good; the revisions as in {@link AddMember}. */
  record RemoveMember(long id, int emptyRevisions) implements Reconfiguration {
    public RemoveMember {
      checkEmpty(emptyRevisions);
    }
  }

  /** Gives a learner a vote. */
  record PromoteMember(long id) implements Reconfiguration {}

  /** Has a member be reached elsewhere by the others; the revisions as in {@link AddMember}. */
  record UpdateMember(long id, List<String> peerUrls, int emptyRevisions) implements MemberChange {
    public UpdateMember {
      peerUrls = List.copyOf(peerUrls);
      checkEmpty(emptyRevisions);
    }
  }

  /** What a member that has started tells of itself; the incarnation as in {@link Member}. */
  record PublishMember(long id, String name, List<String> clientUrls, long incarnation)
      implements MemberChange {
    public PublishMember {
      clientUrls = List.copyOf(clientUrls);
    }
  }

  private static void checkEmpty(int revisions) {
    if (revisions < 0 || revisions > EMPTY_REVISIONS_MAX) {
      throw new IllegalArgumentException(revisions + " empty revisions");
    }
  }
}
