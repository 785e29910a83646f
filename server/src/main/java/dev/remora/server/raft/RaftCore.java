package dev.remora.server.raft;

import dev.remora.server.raft.Message.Append;
import dev.remora.server.raft.Message.AppendResponse;
import dev.remora.server.raft.Message.Heartbeat;
import dev.remora.server.raft.Message.HeartbeatResponse;
import dev.remora.server.raft.Message.ReadIndex;
import dev.remora.server.raft.Message.ReadIndexResponse;
import dev.remora.server.raft.Message.VoteRequest;
import dev.remora.server.raft.Message.VoteResponse;
import dev.remora.server.raft.Status.PeerProgress;
import dev.remora.server.raft.progress.Progress;
import dev.remora.server.raft.progress.Tracker;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One member's part in consensus: a state machine without clock, thread, file or socket, whose
 * outputs are a function of its inputs. It behaves as etcd's raft library with asynchronous storage
 * writes does, and is written from the Raft paper, Ongaro's dissertation and that behaviour.
 *
 * <p>One thread owns it. After a call, take what is to be done with {@link #takeReady}. Whatever
 * throws an {@link IllegalStateException} has found a broken invariant: the member must stop.
 */
public final class RaftCore {
  private final Member member;
  private final Roles roles;
  private final Reads reads;
  private final Feeder feeder;
  private final Transfer transfer;
  private final Proposals proposals;
  private final Election election;
  private final Replication replication;
  private final Following following;
  private final Farewell farewell;
  private final Reconfiguration reconfiguration;
  private final Turns turns;

  /**
   * Goes on from what a member remembers.
   *
   * @param random where randomised timeouts come from
   */
  public RaftCore(RaftConfig config, Restart restart, RandomGenerator random) {
    this(config, restart, random, new Parts());
  }

  RaftCore(RaftConfig config, Restart restart, RandomGenerator random, Parts parts) {
    Tracker tracker = new Tracker(config.inflightMessagesMax(), config.inflightBytesMax());
    member = new Member(config, parts.log(config, restart), tracker, new Timers(config, random));
    reads = parts.reads(member, parts.lease(config));
    roles = new Roles(member, reads);
    feeder = new Feeder(member, reads);
    transfer = new Transfer(member, feeder);
    proposals = new Proposals(member, feeder, parts.pendingChange(member));
    election = new Election(member, roles, proposals);
    replication = parts.replication(member, feeder, reads, transfer);
    following = parts.following(member);
    farewell = new Farewell(member, roles, reads, feeder);
    reconfiguration =
        new Reconfiguration(member, roles, farewell, replication, feeder, transfer, proposals);
    tracker.reconfigure(restart.snapshot().conf(), Set.of(), member.log.lastIndex());
    member.term = restart.hard().term();
    member.vote = restart.hard().vote();
    roles.becomeFollower(member.term, 0);
    turns = new Turns(member, reads, feeder);
  }

  /** One interval has passed. */
  public void tick() {
    member.timers.tick();
    if (member.isLeader()) {
      tickLeader();
    } else if (member.isPromotable() && member.timers.isTimeToCampaign()) {
      member.timers.restartElection();
      election.start();
    }
  }

  private void tickLeader() {
    if (member.timers.isElectionOver()) {
      member.timers.restartElection();
      if (member.config.checkQuorum()) {
        checkQuorum();
      }
      transfer.abort();
      reconfiguration.leaveIfDue();
    }
    if (member.isLeader() && member.timers.isTimeToBeat()) {
      member.timers.restartHeartbeat();
      feeder.broadcastHeartbeat();
    }
  }

  /** Steps down if no quorum was heard of for one election timeout (dissertation §6.2). */
  private void checkQuorum() {
    if (!member.tracker.isQuorumActive()) {
      roles.becomeFollower(member.term, 0);
    }
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress peer = member.tracker.at(i);
      if (peer.id() != member.id()) {
        peer.setActive(false);
      }
    }
  }

  /** Takes a message, of another member or of this one itself. */
  public void step(Message message) {
    if (!isOfThisTerm(message)) {
      return;
    }
    switch (message) {
      case Append append -> {
        if (hearsLeader(append)) {
          following.onAppend(append);
        }
      }
      case AppendResponse response -> {
        Progress from = answering(response);
        if (from != null) {
          replication.onAppendResponse(from, response);
          farewell.answered(from, response);
        }
      }
      case Heartbeat heartbeat -> {
        if (hearsLeader(heartbeat)) {
          following.onHeartbeat(heartbeat);
        }
      }
      case HeartbeatResponse response -> {
        Progress from = answering(response);
        if (from != null) {
          replication.onHeartbeatResponse(from, response);
          farewell.heard(from);
        }
      }
      case Message.Snapshot snapshot -> {
        if (hearsLeader(snapshot)) {
          following.onSnapshot(snapshot);
        }
      }
      case VoteRequest request -> election.onRequest(request);
      case VoteResponse response -> election.onResponse(response);
      case Message.TimeoutNow _ -> {
        if (member.role == Role.FOLLOWER) {
          election.startForTransfer();
        }
      }
      case Message.TransferLeader request -> transferLeader(request.target());
      case Message.Propose forwarded -> proposals.onForwarded(forwarded);
      case ReadIndex request -> readIndex(request.from(), request.token());
      case ReadIndexResponse response -> {
        if (member.role == Role.FOLLOWER) {
          reads.onResponse(response);
        }
      }
    }
  }

  /** Follows the sender into a later term, and sees that earlier ones are not listened to. */
  private boolean isOfThisTerm(Message message) {
    if (message.term() > member.term) {
      return mayEnterTerm(message);
    }
    if (message.term() < member.term && message.term() != 0) {
      answerEarlierTerm(message);
      return false;
    }
    return true;
  }

  private boolean mayEnterTerm(Message message) {
    if (message instanceof VoteRequest request && !request.isTransfer() && hasLiveLeader()) {
      return false;
    }
    if (!isOfTermToCome(message)) {
      boolean isLeader =
          message instanceof Append
              || message instanceof Heartbeat
              || message instanceof Message.Snapshot;
      roles.becomeFollower(message.term(), isLeader ? message.from() : 0);
    }
    return true;
  }

  /** Whether a message only asks about a term, or grants what asked: nobody is there yet. */
  private static boolean isOfTermToCome(Message message) {
    return switch (message) {
      case VoteRequest request -> request.isPre();
      case VoteResponse response -> response.isPre() && !response.rejected();
      default -> false;
    };
  }

  /** Whether there was word of a leader in this election timeout (dissertation §4.2.3). */
  private boolean hasLiveLeader() {
    return member.config.checkQuorum() && member.leader != 0 && !member.timers.isElectionOver();
  }

  /**
   * A leader of an earlier term has to hear that it is deposed: if votes are refused to whoever
   * comes back with a later term, nobody else tells it.
   */
  private void answerEarlierTerm(Message message) {
    boolean isLeader = message instanceof Append || message instanceof Heartbeat;
    if (isLeader && (member.config.checkQuorum() || member.config.preVote())) {
      following.answerLate(message.from());
    } else if (message instanceof VoteRequest request && request.isPre()) {
      election.reject(request);
    }
  }

  /** Whether to listen to what only the leader of this term sends. */
  private boolean hearsLeader(Message message) {
    switch (member.role) {
      case LEADER -> {
        return false;
      }
      case CANDIDATE, PRE_CANDIDATE -> roles.becomeFollower(member.term, message.from());
      case FOLLOWER -> {
        member.timers.restartElection();
        member.leader = message.from();
      }
    }
    return true;
  }

  /** Who answers this leader; null if it does not lead, or they are strangers. */
  private @Nullable Progress answering(Message message) {
    return member.isLeader() ? member.tracker.find(message.from()) : null;
  }

  /** What an earlier {@link Ready} gave to store is durable. */
  public void stored(Ready.StorageAck ack) {
    member.log.stored(ack, member.term);
    if (ack.snapshotIndex() != 0) {
      reconfiguration.leaveIfDue();
    }
  }

  /** Everything up to this place is applied. */
  public void applied(long index) {
    long bytes = member.log.applied(index);
    Leadership leadership = member.leadership;
    // An older term's entries may be among them.
    leadership.uncommittedBytes = Math.max(0, leadership.uncommittedBytes - bytes);
    reconfiguration.leaveIfDue();
  }

  /** Puts payloads for the state machine at the end of the log, or sends them to the leader. */
  public Proposal propose(List<Payload> payloads) {
    if (payloads.isEmpty()) {
      throw new IllegalArgumentException("nothing to propose");
    }
    return proposals.commands(payloads);
  }

  /**
   * Proposes another configuration. If one is still to be applied, or it does not fit the present
   * one, a leader refuses; for a change that was forwarded to it, it puts an empty entry into the
   * log (as in etcd).
   */
  public Proposal proposeConf(ConfChange change) {
    return proposals.change(change);
  }

  /**
   * Brings a committed change into force; to be called when its entry is applied, before {@link
   * #applied}. {@link dev.remora.server.raft.membership.ConfChangeCodec} reads it from the entry.
   *
   * @return the configuration from then on
   */
  public ConfState applyConf(ConfChange change) {
    return reconfiguration.apply(change);
  }

  /**
   * Asks for a place to read at; it comes with {@link Ready#reads}. Lost without a word if there is
   * no leader or it changes: ask again with another token.
   *
   * <p>On the leader, all reads since the last turn form one position. Its number leaves with the
   * next {@link Message.Append} or {@link Message.Heartbeat} and comes back with their answers. A
   * read is confirmed only by a quorum of answers to messages that left after it arrived (Raft
   * dissertation §6.4).
   *
   * @param token the caller's own, never used again by this member, not even after a restart
   */
  public void readIndex(long token) {
    readIndex(member.id(), token);
  }

  private void readIndex(long from, long token) {
    if (member.isLeader()) {
      reads.ask(new Reads.Asked(from, token));
    } else if (member.role == Role.FOLLOWER && member.leader != 0) {
      member.outbox.now(new ReadIndex(from, member.leader, 0, token));
    }
  }

  /** Hands the leadership over to another voter (dissertation §3.10). */
  public void transferLeader(long target) {
    if (member.isLeader()) {
      Progress to = member.tracker.find(target);
      if (to != null) {
        transfer.start(to);
      }
    } else if (member.role == Role.FOLLOWER && member.leader != 0) {
      member.outbox.now(
          new Message.TransferLeader(member.id(), member.leader, member.term, target));
    }
  }

  /**
   * Hands the leadership over to the voter whose log is nearest to this one's, of those it hears.
   *
   * @return whose; nothing if this member does not lead, or hears nobody
   */
  public OptionalLong handOver() {
    return member.isLeader() ? transfer.startToNearest() : OptionalLong.empty();
  }

  /** After so many ticks without a leader there is an election, at the earliest. */
  public int electionTicks() {
    return member.config.electionTicks();
  }

  /**
   * Follows nobody until there is word of a leader, and may vote at once. With lease reads the
   * leader counts on votes being refused, and nothing is forgotten.
   */
  public void forgetLeader() {
    if (member.role == Role.FOLLOWER && !member.config.leaseReads()) {
      member.leader = 0;
    }
  }

  /** Begins an election now. */
  public void campaign() {
    election.start();
  }

  /** A message to this peer was lost. */
  public void unreachable(long peer) {
    Progress to = member.isLeader() ? member.tracker.find(peer) : null;
    if (to != null) {
      replication.onUnreachable(to);
    }
  }

  /**
   * What became of the snapshot being sent to a peer. To be called for every {@link
   * Message.Snapshot}: nothing else is sent to that peer in the meantime.
   */
  public void snapshotStatus(long peer, boolean arrived) {
    Progress to = member.isLeader() ? member.tracker.find(peer) : null;
    if (to != null) {
      replication.onSnapshotStatus(to, arrived);
    }
  }

  /**
   * The place of the newest snapshot of the state machine, which a follower that lags behind the
   * log can be sent.
   */
  public void snapshotTaken(SnapshotMeta snapshot) {
    member.log.snapshotTaken(snapshot);
  }

  /** Forgets entries up to this place, at most up to the newest snapshot's and what is applied. */
  public void compact(long uptoIndex) {
    member.log.compact(uptoIndex);
  }

  /**
   * Forgets entries up to the newest snapshot, but for the last of them, so that a member that lags
   * behind a little can be served without it.
   *
   * @param entriesKept at most so many stay
   * @param bytesKept and at most so many bytes of payload
   * @return the last index that is forgotten; 0 for none
   */
  public long compactBehindSnapshot(int entriesKept, long bytesKept) {
    return member.log.compactBehindSnapshot(entriesKept, bytesKept);
  }

  /** Whether there is anything to do. */
  public boolean hasReady() {
    return turns.hasReady();
  }

  /** What is to be done; the caller does it. */
  public Ready takeReady() {
    return turns.take();
  }

  /** How it stands now. */
  public Status status() {
    return new Status(
        member.id(),
        member.hard(),
        member.soft(),
        member.log.applied(),
        member.log.lastIndex(),
        member.tracker.conf(),
        member.isLeader() ? progress() : Map.of());
  }

  private Map<Long, PeerProgress> progress() {
    Map<Long, PeerProgress> peers = new TreeMap<>();
    for (int i = 0; i < member.tracker.size(); i++) {
      Progress peer = member.tracker.at(i);
      peers.put(
          peer.id(),
          new PeerProgress(
              peer.phase(),
              peer.match(),
              peer.next(),
              peer.isLearner(),
              peer.isActive(),
              peer.isPaused(),
              peer.pendingSnapshot(),
              peer.inflightCount(),
              peer.isInflightFull()));
    }
    return Collections.unmodifiableMap(peers);
  }
}
