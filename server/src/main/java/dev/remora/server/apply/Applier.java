package dev.remora.server.apply;

import dev.remora.server.lease.LeaseWriter;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.KeyspaceWriter;
import dev.remora.server.mvcc.Version;
import dev.remora.server.raft.ConfState;
import dev.remora.server.tree.TreeWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Applies commands, in the order of the log. Not thread-safe; single writer.
 *
 * <p>What it has applied is seen by others once it is frozen and published.
 */
public final class Applier {
  private final KeyspaceWriter keys;
  private final TreeWriter tree;
  private final LeaseWriter leases;
  private final TxnRunner txns;
  private final StateDigest digest;
  private Alarms alarms;
  private Members members;
  private long index;
  private long term;
  private ConfState conf;

  /** Goes on from a state. */
  public Applier(State start) {
    this.index = start.index();
    this.term = start.term();
    this.conf = start.conf();
    this.alarms = start.alarms();
    this.members = start.members();
    this.digest = new StateDigest(start.digest());
    this.leases = new LeaseWriter(start.leases());
    this.keys = new KeyspaceWriter(start.keyspace(), this::keyChanged);
    this.tree = new TreeWriter(start.tree(), keys);
    this.txns = new TxnRunner(keys, tree.view(), leases);
  }

  /**
   * Applies one entry.
   *
   * @param entryIndex the entry's index, one more than the last
   * @param entryTerm its term
   * @throws IllegalStateException if an invariant is broken: a bug, so the member must stop
   */
  public Outcome apply(long entryIndex, long entryTerm, Command command) {
    Outcome outcome = applied(entryIndex, entryTerm, command);
    digest.add(keys.revision());
    return outcome;
  }

  private Outcome applied(long entryIndex, long entryTerm, Command command) {
    advance(entryIndex, entryTerm);
    Outcome.@Nullable Reason refusal = refusal(command);
    if (refusal != null) {
      return new Outcome.Refused(keys.revision(), refusal);
    }
    return switch (command) {
      case Command.Tree(var write) -> new Outcome.Tree(tree.write(write));
      case Command.Expire(long cutoff) -> expire(cutoff);
      case Command.Operation operation -> txns.run(operation);
      case Command.Compact(long revision) -> compact(revision);
      case Command.LeaseGrant(long id, long ttlSeconds) -> grant(id, ttlSeconds);
      case Command.LeaseRevoke(long id, boolean isExpired) -> revoke(id, isExpired);
      case Command.SetAlarm(Alarm alarm, boolean isRaised) -> set(alarm, isRaised);
      case Command.Reconfiguration change ->
          throw new IllegalStateException("not as a change of the configuration: " + change);
      case Command.UpdateMember change -> change(change, change.emptyRevisions());
      case Command.PublishMember change -> change(change, 0);
    };
  }

  /**
   * Whether a change is taken that is next in the log. If not, it must not change the configuration
   * either.
   */
  public boolean admits(Command.Reconfiguration change) {
    return MemberRules.refusal(change, members, conf) == null;
  }

  /**
   * Applies an entry that has changed the group's configuration.
   *
   * @param configured the configuration from now on; the one before if the change is not admitted
   */
  public Outcome reconfigure(
      long entryIndex, long entryTerm, Command.Reconfiguration change, ConfState configured) {
    advance(entryIndex, entryTerm);
    int emptyRevisions =
        switch (change) {
          case Command.AddMember(_, int count) -> count;
          case Command.RemoveMember(_, int count) -> count;
          case Command.PromoteMember _ -> 0;
        };
    Outcome outcome = change(change, emptyRevisions);
    if (outcome instanceof Outcome.Refused && !configured.equals(conf)) {
      throw new IllegalStateException(change + " is refused and made " + configured);
    }
    conf = configured;
    digest.add(conf);
    return outcome;
  }

  private Outcome change(Command.MemberChange change, int emptyRevisions) {
    Outcome.@Nullable Reason refusal = MemberRules.refusal(change, members, conf);
    if (refusal != null) {
      return new Outcome.Refused(keys.revision(), refusal);
    }
    members = MemberRules.after(change, members);
    digest.add(members);
    for (int i = 0; i < emptyRevisions; i++) {
      keys.takeEmpty();
    }
    return new Outcome.MembersChanged(keys.revision());
  }

  /** Passes an entry that changes nothing, such as the one a new leader begins its term with. */
  public void advance(long entryIndex, long entryTerm) {
    if (entryIndex != index + 1 || entryTerm < term) {
      throw new IllegalStateException(
          "entry " + entryTerm + "/" + entryIndex + " after " + term + "/" + index);
    }
    index = entryIndex;
    term = entryTerm;
    digest.add(entryTerm);
  }

  /** Passes an entry that has changed the group's configuration, and no more, to this one. */
  public void configure(long entryIndex, long entryTerm, ConfState configured) {
    advance(entryIndex, entryTerm);
    conf = configured;
    digest.add(conf);
  }

  /** The state as it now is, in constant time. */
  public State freeze() {
    return new State(
        index,
        term,
        conf,
        keys.freeze(),
        tree.freeze(),
        leases.freeze(),
        alarms,
        members,
        digest.value());
  }

  /** A number for all that was applied so far; see {@link State#digest}. */
  public long digest() {
    return digest.value();
  }

  /** Frees a bounded number of compacted changes; whether some are left. */
  public boolean trim(int changesMax) {
    return keys.trim(changesMax);
  }

  /** What the alarms forbid: the same on every member, whatever quota of its own it has. */
  private Outcome.@Nullable Reason refusal(Command command) {
    if (alarms.has(Alarm.Kind.CORRUPT) && isOfClient(command)) {
      return Outcome.Reason.CORRUPT;
    }
    return alarms.has(Alarm.Kind.NOSPACE) && Growth.bytes(command) > 0
        ? Outcome.Reason.NO_SPACE
        : null;
  }

  private static boolean isOfClient(Command command) {
    return switch (command) {
      case Command.Tree _, Command.Operation _, Command.Compact _, Command.LeaseGrant _ -> true;
      case Command.LeaseRevoke(_, boolean isExpired) -> !isExpired;
      case Command.Expire _, Command.SetAlarm _, Command.MemberChange _ -> false;
    };
  }

  private Outcome set(Alarm alarm, boolean isRaised) {
    boolean wasRaised = alarms.contains(alarm);
    if (isRaised == wasRaised) {
      return new Outcome.AlarmSet(wasRaised);
    }
    digest.add(alarm.kind().name());
    digest.add(alarm.member());
    digest.add(isRaised ? 1 : 0);
    alarms = isRaised ? alarms.with(alarm) : alarms.without(alarm);
    return new Outcome.AlarmSet(alarms.contains(alarm) == isRaised);
  }

  private Outcome expire(long cutoff) {
    int count = 0;
    while (tree.expireFirst(cutoff)) {
      count++;
    }
    return new Outcome.Expired(count);
  }

  private Outcome compact(long revision) {
    if (revision > keys.revision()) {
      return new Outcome.Refused(keys.revision(), Outcome.Reason.FUTURE_REVISION);
    }
    if (revision <= keys.compactRevision()) {
      return new Outcome.Refused(keys.revision(), Outcome.Reason.COMPACTED);
    }
    keys.compact(revision);
    digest.add(revision);
    return new Outcome.Compacted(keys.revision());
  }

  private Outcome grant(long id, long ttlSeconds) {
    if (leases.exists(id)) {
      return new Outcome.Refused(keys.revision(), Outcome.Reason.LEASE_EXISTS);
    }
    leases.grant(id, ttlSeconds);
    digest.add(id);
    digest.add(ttlSeconds);
    return new Outcome.LeaseGranted(keys.revision(), id, ttlSeconds);
  }

  private Outcome revoke(long id, boolean isExpired) {
    if (!leases.exists(id)) {
      return new Outcome.Refused(keys.revision(), Outcome.Reason.LEASE_NOT_FOUND);
    }
    Action action = isExpired ? Action.EXPIRE : Action.DELETE;
    leases.keys(id).forEach(key -> keys.remove(key, action, tree.view().isShown(key)));
    leases.revoke(id);
    digest.add(id);
    return new Outcome.LeaseRevoked(keys.finish(), id);
  }

  private void keyChanged(Optional<Version> before, Version now) {
    digest.add(now);
    tree.keyChanged(before, now);
    leases.keyChanged(before, now);
  }
}
