package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.replica.Recovered;
import dev.remora.server.storage.DurableLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hears of everything that passes a member's ports, and checks what it touches. What a member is in
 * its own eyes is not asked: a leader is who speaks as one.
 */
final class Checks {
  private final boolean isOn;
  private final Marks marks;
  private final Truth truth = new Truth();
  private final Map<Long, Shadow> shadows = new TreeMap<>();
  private final LeaderChecks leaders;
  private final LogChecks logs;
  private final DurabilityChecks disks;
  private final MembershipChecks membership;
  private final BoundChecks bounds;
  private final WindowChecks windows;
  private long lastInstalled;

  /** Begins; switched off, nothing is checked, for measurements. */
  Checks(Swarm swarm, Marks marks, boolean isOn) {
    this.isOn = isOn;
    this.marks = marks;
    this.leaders = new LeaderChecks(truth, marks);
    this.logs = new LogChecks(truth, marks);
    this.disks = new DurabilityChecks(truth, shadows);
    this.membership = new MembershipChecks(truth, marks);
    this.bounds = new BoundChecks(swarm.config(1));
    this.windows = new WindowChecks(swarm.config(1));
  }

  Truth truth() {
    return truth;
  }

  /** All of them. */
  List<Shadow> shadows() {
    return List.copyOf(shadows.values());
  }

  Shadow shadow(long member) {
    return shadows.computeIfAbsent(member, Shadow::new);
  }

  /**
   * A member has started with what it found.
   *
   * @param conf as of the snapshot that it goes on from
   * @param chain the hash of that snapshot's state
   */
  void started(Shadow member, Recovered found, ConfState conf, long chain, DurableLog durable) {
    if (!isOn) {
      return;
    }
    disks.nothingIsLost(member, found);
    disks.oneVotePerTerm(member, durable);
    logs.snapshotEqualsReplay(member, found.mark().index(), chain);
    membership.snapshotHasConf(member, found.mark().index(), conf);
    member.durable = durable;
    member.ledTerm = 0;
    member.applied = found.mark().index();
    member.chain = chain;
    member.setConf(conf);
    member.log.restart(found.mark().index(), found.mark().term(), chain);
    found.entries().forEach(entry -> put(member, entry));
    member.hard = found.hardState();
    if (found.lastIndex() > found.hardState().commit()) {
      marks.reach(Mark.RESTARTED_WITH_ENTRIES_AFTER_COMMIT);
    }
  }

  /** A member hands this to its log. */
  void stored(Shadow member, @Nullable HardState hard, List<Entry> entries) {
    if (!isOn) {
      return;
    }
    HardState before = member.hard;
    HardState next = hard == null ? before : hard;
    logs.hardGoesOn(member, next);
    if (next.term() > before.term() && member.leads()) {
      marks.reach(Mark.LEADER_DEPOSED);
    }
    member.hard = new HardState(next.term(), next.vote(), before.commit());
    for (Entry entry : entries) {
      append(member, entry, next.commit());
    }
    if (member.leads() && !entries.isEmpty()) {
      long batch = entries.stream().mapToLong(entry -> entry.payload().size()).sum();
      long slack = batch + leaders.inheritedBytes(member.ledTerm);
      bounds.uncommittedIsBounded(member, leaders.beginning(member.ledTerm), slack);
    }
    member.hard = next;
    if (next.commit() > before.commit() && logs.sameCommitted(member)) {
      disks.commitIsDurable(member);
    }
  }

  private void append(Shadow member, Entry entry, long commit) {
    long index = entry.index();
    if (index <= member.log.last()) {
      logs.noCommittedEntryIsReplaced(member, index);
      leaders.leaderAppendsOnly(member, index);
      marks.reach(Mark.CONFLICTING_SUFFIX_REPLACED);
    }
    if (entry.kind() == EntryKind.CONF_CHANGE && member.leads()) {
      membership.oneChangeAtATime(member, index, commit);
    }
    put(member, entry);
  }

  private void put(Shadow member, Entry entry) {
    long chain = member.log.put(entry, LogShadow.hash(entry));
    logs.logsMatch(member, entry, chain);
  }

  /** A snapshot takes the place of a member's log and state. */
  void installed(Shadow member, SnapshotMeta meta, long chain) {
    if (!isOn) {
      return;
    }
    logs.snapshotEqualsReplay(member, meta.index(), chain);
    membership.snapshotHasConf(member, meta.index(), meta.conf());
    if (member.log.last() > meta.index()) {
      marks.reach(Mark.SNAPSHOT_DROPPED_NEWER_ENTRIES);
    }
    member.log.restart(meta.index(), meta.term(), chain);
    member.hard =
        new HardState(
            member.hard.term(), member.hard.vote(), Math.max(member.hard.commit(), meta.index()));
    member.applied = meta.index();
    member.chain = chain;
    member.setConf(meta.conf());
    marks.reach(Mark.SNAPSHOT_INSTALLED);
    lastInstalled = member.id;
  }

  /** Who was the last to take another's snapshot; 0 for nobody yet. */
  long lastInstalled() {
    return lastInstalled;
  }

  /** Something was forced to a member's disk. */
  void forced(Shadow member) {
    DurableLog durable = member.durable;
    if (isOn && durable != null) {
      disks.oneVotePerTerm(member, durable);
    }
  }

  /** A message leaves a member, perhaps to itself. */
  void sent(Shadow member, Message message) {
    if (!isOn) {
      return;
    }
    switch (message) {
      case Message.Append append -> {
        leaders.speaksAsLeader(member, append.term());
        bounds.messageIsBounded(member, append.entries());
        windows.sent(append);
      }
      case Message.Heartbeat heartbeat -> leaders.speaksAsLeader(member, heartbeat.term());
      case Message.Snapshot snapshot -> {
        leaders.speaksAsLeader(member, snapshot.term());
        windows.sent(snapshot);
        marks.reach(Mark.SNAPSHOT_SENT);
      }
      case Message.AppendResponse response -> {
        disks.outputIsDurable(member, response);
        if (response.rejected()) {
          marks.reach(Mark.APPEND_REJECTED);
        }
      }
      case Message.VoteResponse response -> {
        disks.outputIsDurable(member, response);
        if (response.rejected()) {
          marks.reach(response.isPre() ? Mark.PRE_VOTE_REFUSED : Mark.VOTE_REFUSED);
        }
      }
      case Message.Propose _ -> marks.reach(Mark.PROPOSAL_FORWARDED);
      case Message.HeartbeatResponse _,
          Message.VoteRequest _,
          Message.TimeoutNow _,
          Message.TransferLeader _,
          Message.ReadIndex _,
          Message.ReadIndexResponse _ -> {}
    }
  }

  /** A member gets a message. */
  void received(Message message) {
    if (isOn && message instanceof Message.AppendResponse response) {
      windows.answered(response);
    }
  }

  /** A member is about to apply these at once. */
  void applying(Shadow member, List<Entry> entries) {
    if (isOn) {
      bounds.applyIsBounded(member, entries);
    }
  }

  /** A member has applied an entry; its state has this hash now. */
  void applied(Shadow member, long index, long chain) {
    if (!isOn) {
      return;
    }
    logs.sameApplied(member, index);
    member.applied = index;
    member.chain = chain;
    logs.sameState(member);
  }

  /** What a member's state holds, as a number, once it has applied a place. */
  void sameContent(Shadow member, long index, long digest) {
    if (isOn) {
      logs.sameContent(member, index, digest);
    }
  }

  /** A member has brought a change into force, with the entry it applied last. */
  void confApplied(Shadow member, ConfState next) {
    if (isOn) {
      membership.quorumsIntersect(member, member.applied, next);
      member.setConf(next);
    }
  }

  /**
   * A member may serve a read.
   *
   * @param acknowledged what clients had been told of when the read began
   */
  void readsSeeAcknowledged(Shadow member, long index, long acknowledged) {
    if (isOn && index < acknowledged) {
      throw new Violation(
          Invariant.READS_SEE_ACKNOWLEDGED,
          "%s serves a read at %d, though %d was acknowledged before it began"
              .formatted(member, index, acknowledged));
    }
  }

  /** At the end. */
  void acknowledgedIsThere(Shadow member) {
    if (isOn) {
      disks.acknowledgedIsThere(member);
    }
  }
}
