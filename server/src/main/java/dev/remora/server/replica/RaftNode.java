package dev.remora.server.replica;

import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.Status;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a {@link RaftCore} says: stores, sends, has applied. On the replica's loop only.
 *
 * <p>What must not leave before it is durable waits for the log's word; the log keeps the order, so
 * the waits end in order. Nothing waits for anything else, so appends go on while earlier ones are
 * being flushed, and messages to followers leave beside the flush (dissertation §10.2.1).
 *
 * <p>A commit index alone is not worth a flush: it goes to disk with the next entries or vote. It
 * is never behind the entries there: an entry that follows a change of the configuration tells that
 * this change is committed, and a member that has the one durable has the other, so after a restart
 * it counts votes by a configuration at most one change old (Raft §6).
 */
public final class RaftNode implements Consensus {
  private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

  /** Most payload that the log keeps before a snapshot, for members that lag behind. */
  private static final long BYTES_KEPT = 64L << 20;

  private final RaftCore core;
  private final LogStore log;
  private final Transport transport;
  private final Executor loop;
  private final Listener listener;

  /** What has been handed to the log and is not durable yet, in order. */
  private final Deque<Write> writes = new ArrayDeque<>();

  /** How many of the first of {@link #writes} are durable, which this loop has yet to look at. */
  private final AtomicInteger durable = new AtomicInteger();

  /** Snapshots that were received and are durable, until the core asks for them. */
  private final Map<Long, State> received = new HashMap<>();

  /** Counts the messages, if anybody wants to know. */
  private @Nullable AppendCounters counters;

  /** A commit index that is not handed to the log yet. */
  private @Nullable HardState unwritten;

  /** Where the newest of the leader's snapshots stands that was installed. */
  private long installedIndex;

  private long ticks;
  private long durableTerm;
  private long durableIndex;
  private boolean isWorking;
  private boolean isStopped;

  /** The leader, if it is another member; else 0. */
  private long leaderElsewhere;

  /** Whether a turn is to come that goes on with {@link #work}. */
  private boolean isScheduled;

  /** Whether what the log held at the start is still being applied. */
  private boolean isStarting;

  /** What is to be done once something is durable. */
  private static final class Write {
    final List<Message> messages = new ArrayList<>();
    final long term;
    long sinceTick;
    Ready.@Nullable StorageAck ack;

    Write(long term, long sinceTick) {
      this.term = term;
      this.sinceTick = sinceTick;
    }
  }

  /**
   * Joins them.
   *
   * @param loop runs things on the replica's loop
   */
  public RaftNode(
      RaftCore core, LogStore log, Transport transport, Executor loop, Listener listener) {
    this.core = core;
    this.log = log;
    this.transport = transport;
    this.loop = loop;
    this.listener = listener;
    Status start = core.status();
    this.durableTerm = start.hard().term();
    this.durableIndex = start.lastIndex();
  }

  /**
   * Does what the core has had to do from the start, in as many turns of the loop as it takes, and
   * then campaigns at once if it is alone.
   */
  public void start() {
    isStarting = true;
    work();
  }

  /** Does nothing from now on, whatever is said to it: the log may be closed. */
  public void stop() {
    isStopped = true;
  }

  private void campaignIfAlone() {
    Status status = core.status();
    if (status.conf().equals(ConfState.of(List.of(status.id())))) {
      core.campaign();
      work();
    }
  }

  /** From now on has messages counted. */
  public void count(AppendCounters counting) {
    counters = counting;
  }

  /** A heartbeat interval has passed. */
  public void tick() {
    ticks++;
    core.tick();
    relieveSlowDisk();
    work();
  }

  /** A leader whose disk is slow keeps all waiting: others may do better (dissertation §10.2.1). */
  private void relieveSlowDisk() {
    Write oldest = writes.peek();
    if (oldest != null && ticks - oldest.sinceTick >= core.electionTicks()) {
      oldest.sinceTick = ticks; // To be tried again only after the same time.
      core.handOver()
          .ifPresent(heir ->
              LOG.warn(
                  "nothing has become durable for {} ticks: handing the leadership over to {}",
                  core.electionTicks(),
                  Long.toHexString(heir)));
    }
  }

  /**
   * Hands the leadership over to the member that is furthest.
   *
   * @return which; nothing if this one does not lead, or hears nobody
   */
  public OptionalLong handOver() {
    OptionalLong heir = core.handOver();
    work();
    return heir;
  }

  /** Takes what another member sent; snapshots come to {@link #receiveSnapshot}. */
  public void receive(List<Message> messages) {
    if (counters != null) {
      messages.forEach(counters::received);
    }
    messages.forEach(core::step);
    work();
  }

  /** Takes a snapshot whose file is whole and durable here, and what it holds. */
  public void receiveSnapshot(Message.Snapshot message, State state) {
    received.put(message.meta().index(), state);
    core.step(message);
    work();
  }

  /** What became of a snapshot that was sent. */
  public void snapshotStatus(long peer, boolean arrived) {
    core.snapshotStatus(peer, arrived);
    work();
  }

  /** A message to this member was lost. */
  public void unreachable(long peer) {
    if (counters != null) {
      counters.dropped(peer);
    }
    core.unreachable(peer);
    work();
  }

  @Override
  public void transferLeader(long target) {
    core.transferLeader(target);
    work();
  }

  /** The newest term that this member is sure to know after a crash. */
  public long durableTerm() {
    return durableTerm;
  }

  /** The last place of the log that is there after a crash. */
  public long durableIndex() {
    return durableIndex;
  }

  @Override
  public Status status() {
    return core.status();
  }

  @Override
  public OptionalLong connectedSinceNanos(long peer) {
    return transport.connectedSinceNanos(peer);
  }

  @Override
  public Proposal propose(List<Payload> payloads) {
    if (isLeaderOutOfReach()) {
      return new Proposal.Refused(Proposal.Reason.NO_LEADER);
    }
    Proposal proposal = core.propose(payloads);
    work();
    return proposal;
  }

  @Override
  public Proposal proposeConf(ConfChange change) {
    if (isLeaderOutOfReach()) {
      return new Proposal.Refused(Proposal.Reason.NO_LEADER);
    }
    Proposal proposal = core.proposeConf(change);
    work();
    return proposal;
  }

  /** It may be dead, and nobody has noticed yet: what is not sent to it is not lost. */
  private boolean isLeaderOutOfReach() {
    return leaderElsewhere != 0 && !transport.isConnected(leaderElsewhere);
  }

  @Override
  public void readIndex(long token) {
    core.readIndex(token);
    work();
  }

  @Override
  public void snapshotSaved(SnapshotMark mark, ConfState conf, int entriesKept) {
    if (mark.index() <= installedIndex) {
      return; // A leader's snapshot has overtaken it while it was written.
    }
    log.snapshotMark(mark.index(), mark.term(), () -> {});
    core.snapshotTaken(new SnapshotMeta(mark.index(), mark.term(), conf));
    log.release(core.compactBehindSnapshot(entriesKept, BYTES_KEPT));
    work();
  }

  /**
   * Does what is to be done, but applies only one batch: the log of a restart would keep the loop
   * from everything else for seconds. A call-back may call in again: what that brings is done by
   * the turn that is under way, or the next.
   */
  private void work() {
    if (isWorking || isStopped) {
      return;
    }
    isWorking = true;
    try {
      boolean hasApplied = false;
      while (!hasApplied && core.hasReady()) {
        Ready ready = core.takeReady();
        hasApplied = !ready.apply().isEmpty();
        handle(ready);
      }
    } finally {
      isWorking = false;
    }
    if (core.hasReady()) {
      workLater();
      return;
    }
    received.clear(); // The core may not have wanted it.
    if (isStarting) {
      isStarting = false;
      campaignIfAlone();
    }
  }

  private void workLater() {
    if (!isScheduled) {
      isScheduled = true;
      loop.execute(() -> {
        isScheduled = false;
        work();
      });
    }
  }

  private void handle(Ready ready) {
    List<Message> afterDurable = new ArrayList<>(ready.afterDurable());
    for (Message message : ready.now()) {
      if (mustWait(message)) {
        afterDurable.add(message);
      } else {
        send(message);
      }
    }
    store(ready, afterDurable);
    if (ready.soft() != null) {
      leaderElsewhere = ready.soft().role() == Role.LEADER ? 0 : ready.soft().leader();
      listener.led(ready.soft(), core.status().hard().term());
    }
    if (ready.install() != null) {
      restore(ready.install());
    }
    apply(ready.apply());
    ready.reads().forEach(read -> listener.readable(read.token(), read.index()));
  }

  /** A member takes no snapshot from before it belonged to the group: it would not know itself. */
  private void send(Message message) {
    if (message instanceof Message.Snapshot snapshot && !snapshot.meta().conf().has(message.to())) {
      listener.snapshotWanted();
      core.snapshotStatus(message.to(), false);
    } else {
      transmit(message);
    }
  }

  private void transmit(Message message) {
    if (counters != null) {
      counters.sent(message);
    }
    transport.send(message);
  }

  /**
   * Votes are asked for only when the term and the own vote are durable. Else a member with a slow
   * disk could be elected by the others alone, crash, forget the term, be elected in it once more
   * by the same votes, and put other entries at the same places of the same term.
   */
  private static boolean mustWait(Message message) {
    return message instanceof Message.VoteRequest request && !request.isPre();
  }

  private void store(Ready ready, List<Message> afterDurable) {
    if (ready.hard() != null) {
      unwritten = ready.hard();
    }
    if (ready.mustSync() || ready.install() != null) {
      write(ready, afterDurable);
    } else if (!afterDurable.isEmpty() || ready.ack() != null) {
      if (writes.isEmpty()) {
        finish(afterDurable, ready.ack());
      } else {
        waitFor(writes.getLast(), afterDurable, ready.ack());
      }
    }
  }

  private void write(Ready ready, List<Message> afterDurable) {
    HardState hard = unwritten;
    unwritten = null;
    Write write = new Write(hard == null ? durableTerm : hard.term(), ticks);
    waitFor(write, afterDurable, ready.ack());
    writes.add(write);
    if (ready.install() != null) {
      installedIndex = ready.install().index();
      log.snapshotMark(ready.install().index(), ready.install().term(), () -> {});
    }
    log.append(hard, ready.append(), this::becameDurable);
  }

  private static void waitFor(
      Write write, List<Message> afterDurable, Ready.@Nullable StorageAck ack) {
    write.messages.addAll(afterDurable);
    if (ack != null) {
      write.ack = ack;
    }
  }

  /** On the log's thread. Hand-overs that share a flush are looked at in one turn of the loop. */
  private void becameDurable() {
    if (durable.getAndIncrement() == 0) {
      loop.execute(this::finishDurable);
    }
  }

  private void finishDurable() {
    for (int count = durable.getAndSet(0); count > 0; count--) {
      Write write = writes.remove();
      durableTerm = Math.max(durableTerm, write.term);
      finish(write.messages, write.ack);
    }
    work();
  }

  private void finish(List<Message> messages, Ready.@Nullable StorageAck ack) {
    if (ack != null) {
      core.stored(ack);
      durableIndex =
          Math.max(ack.lastIndex() == 0 ? durableIndex : ack.lastIndex(), ack.snapshotIndex());
    }
    for (Message message : messages) {
      if (message.to() == message.from()) {
        core.step(message);
      } else {
        transmit(message);
      }
    }
  }

  private void restore(SnapshotMeta install) {
    State state = received.get(install.index());
    if (state == null) {
      throw new IllegalStateException("nobody received the snapshot of " + install);
    }
    listener.restored(state);
  }

  private void apply(List<Entry> entries) {
    int from = 0;
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).kind() == EntryKind.CONF_CHANGE) {
        commit(entries.subList(from, i));
        configure(entries.get(i));
        from = i + 1;
      }
    }
    commit(entries.subList(from, entries.size()));
    if (!entries.isEmpty()) {
      core.applied(entries.getLast().index());
    }
  }

  /** A change that is not admitted is passed over, as if it had been empty. */
  private void configure(Entry entry) {
    ConfChange change = ConfChangeCodec.decode(entry.payload());
    boolean isAdmitted = listener.admits(change);
    listener.configured(entry, isAdmitted ? core.applyConf(change) : core.status().conf());
  }

  private void commit(List<Entry> entries) {
    if (!entries.isEmpty()) {
      listener.committed(entries);
    }
  }
}
