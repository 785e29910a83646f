package dev.remora.server.simulation;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.membership.ConfChangeCodec;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.storage.DataDirectory;
import dev.remora.server.storage.DurableLog;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A core over the real log, with the least there can be around both: its state is the hash of what
 * it has applied, and a snapshot is that number.
 */
final class CoreServer implements Server, LogStoreEvents {
  private static final Path DATA = Path.of("/data");
  private static final long LAZY_MICROS_MAX = 5_000;
  private static final long LOOP_MICROS_MAX = 200;

  private final SimMember member;
  private final Group group;
  private final Shelf shelf;
  private final Seams seams;
  private final SimLogThreads threads;
  private final LogStore log;
  private final RaftCore core;
  private SnapshotMeta newest;
  private ConfState conf;
  private Ready.SoftState soft = new Ready.SoftState(Role.FOLLOWER, 0);
  private long term;
  private long applied;
  private long appliedTerm;
  private long chain;
  private boolean isSaving;
  private boolean isTurnPlanned;
  private boolean isFull;

  /**
   * Starts on what the disk holds.
   *
   * @param shelf the member's snapshots
   */
  CoreServer(SimMember member, Shelf shelf, Seams seams) throws StorageException {
    this.member = member;
    this.group = member.group;
    this.shelf = shelf;
    this.seams = seams;
    this.threads =
        new SimLogThreads(
            group.scheduler(), member.process, group.random(), group.swarm().diskMicrosMax);
    WriteAheadLog.Opened opened =
        seams.open(
            member,
            this,
            (disk, events) ->
                WriteAheadLog.open(
                    DataDirectory.open(disk, DATA),
                    group.swarm().wal,
                    threads,
                    group.random()::nextLong,
                    events));
    this.log = seams.log(member, opened.log());
    Shelf.Snapshot from = shelf.at(opened.recovered().mark().index());
    newest = from.meta();
    conf = newest.conf();
    applied = newest.index();
    appliedTerm = newest.term();
    chain = from.chain();
    term = opened.recovered().hardState().term();
    DurableLog durable = new DurableLog(member.disk, opened.recovered());
    member.disk.observe((file, bytes) -> {
      durable.on(file, bytes);
      group.checks().forced(member.shadow);
    });
    group.checks().started(member.shadow, opened.recovered(), conf, chain, durable);
    Restart restart =
        new Restart(opened.recovered().hardState(), newest, opened.recovered().entries());
    core = seams.core(member, group.swarm().config(member.id), restart);
    turnSoon();
  }

  @Override
  public void tick() {
    core.tick();
    turnSoon();
  }

  @Override
  public void receive(Message message, long content) {
    if (message instanceof Message.Snapshot snapshot) {
      shelf.put(new Shelf.Snapshot(snapshot.meta(), content));
    }
    core.step(seams.received(member, message));
    turnSoon();
  }

  @Override
  public void propose(long operation, int bytes) {
    if (isFull) {
      group.marks().reach(Mark.PROPOSAL_REFUSED);
      return;
    }
    byte[] payload = new byte[Math.max(bytes, Long.BYTES)];
    ByteBuffer.wrap(payload).putLong(operation);
    count(core.propose(List.of(Payload.of(payload))));
    turnSoon();
  }

  private void count(Proposal outcome) {
    if (outcome instanceof Proposal.Refused(Proposal.Reason reason)) {
      group.marks().reach(Mark.PROPOSAL_REFUSED);
      if (reason == Proposal.Reason.OVERLOADED) {
        group.marks().reach(Mark.PROPOSAL_OVERLOADED);
      }
    }
  }

  @Override
  public void read(long operation) {
    core.readIndex(operation);
    turnSoon();
  }

  @Override
  public void proposeConf(ConfChange change) {
    core.proposeConf(change);
    turnSoon();
  }

  @Override
  public void transferLeader(long target) {
    core.transferLeader(target);
    turnSoon();
  }

  @Override
  public void forgetLeader() {
    group.marks().reach(Mark.LEADER_FORGOTTEN);
    core.forgetLeader();
    turnSoon();
  }

  @Override
  public void campaign() {
    core.campaign();
    turnSoon();
  }

  @Override
  public void unreachable(long peer) {
    core.unreachable(peer);
    turnSoon();
  }

  @Override
  public boolean isLeader() {
    return soft.role() == Role.LEADER;
  }

  @Override
  public long leader() {
    return soft.leader();
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public SimLogThreads threads() {
    return threads;
  }

  /** A lazy loop gathers inputs before it looks at what they call for. */
  private void turnSoon() {
    if (!group.swarm().isLazy) {
      turn();
    } else if (!isTurnPlanned) {
      isTurnPlanned = true;
      member.process.after(
          group.random().nextLong(LAZY_MICROS_MAX),
          () -> {
            isTurnPlanned = false;
            turn();
          });
    }
  }

  private void turn() {
    while (core.hasReady()) {
      Ready ready = seams.taken(member, core.takeReady());
      List<Message> now = new ArrayList<>();
      List<Message> afterDurable = new ArrayList<>(ready.afterDurable());
      for (Message message : ready.now()) {
        // As the driver does, which says why.
        (message instanceof Message.VoteRequest vote && !vote.isPre() ? afterDurable : now)
            .add(message);
      }
      store(ready, afterDurable);
      now.forEach(this::send);
      apply(ready.apply());
      for (Ready.ReadReady read : ready.reads()) {
        group.clients().mayRead(member, read.token(), read.index());
      }
      Ready.SoftState next = ready.soft();
      if (next != null) {
        soft = next;
        group
            .trace()
            .say(member.id, () -> next.role() + " of term " + term + ", leader " + next.leader());
      }
    }
  }

  private void store(Ready ready, List<Message> afterDurable) {
    SnapshotMeta install = ready.install();
    if (install != null) {
      install(install);
    }
    if (ready.hard() != null) {
      term = ready.hard().term();
    }
    group.checks().stored(member.shadow, ready.hard(), ready.append());
    if (ready.isToStore()) {
      group.trace().say(member.id, () -> "stores " + ready.hard() + " " + ready.append());
    }
    if (ready.isToStore() || !afterDurable.isEmpty() || ready.ack() != null) {
      log.append(
          ready.hard(),
          ready.append(),
          () ->
              member.process.after(
                  group.random().nextLong(LOOP_MICROS_MAX),
                  () -> durable(afterDurable, ready.ack())));
    }
  }

  private void install(SnapshotMeta meta) {
    chain = shelf.at(meta.index()).chain();
    applied = meta.index();
    appliedTerm = meta.term();
    conf = meta.conf();
    newest = meta;
    group.checks().installed(member.shadow, meta, chain);
    group.trace().say(member.id, () -> "installs " + meta);
    log.snapshotMark(meta.index(), meta.term(), () -> {});
    log.release(meta.index());
  }

  private void durable(List<Message> messages, Ready.@Nullable StorageAck ack) {
    group.trace().mix(8, member.id, messages.size());
    messages.forEach(this::send);
    if (ack != null) {
      core.stored(ack);
    }
    turnSoon();
  }

  private void send(Message message) {
    group.checks().sent(member.shadow, message);
    if (message.to() == member.id) {
      core.step(message);
    } else if (message instanceof Message.Snapshot snapshot) {
      sendSnapshot(snapshot);
    } else {
      group.net().send(message, 0);
    }
  }

  private void sendSnapshot(Message.Snapshot snapshot) {
    if (!snapshot.meta().conf().has(snapshot.to())) {
      group.marks().reach(Mark.SNAPSHOT_WANTED);
      // Older than the receiver's place in the group: it would be refused. Take a newer one.
      save();
      member.process.after(Swarm.TICK_MICROS, () -> reportSnapshot(snapshot.to(), false));
      return;
    }
    group.net().send(snapshot, shelf.at(snapshot.meta().index()).chain());
    boolean hasArrived = group.random().nextInt(4) > 0;
    if (!hasArrived) {
      group.marks().reach(Mark.SNAPSHOT_LOST_ON_THE_WAY);
    }
    member.process.after(Swarm.TICK_MICROS, () -> reportSnapshot(snapshot.to(), hasArrived));
  }

  private void reportSnapshot(long to, boolean hasArrived) {
    core.snapshotStatus(to, hasArrived);
    turnSoon();
  }

  private void apply(List<Entry> entries) {
    if (entries.isEmpty()) {
      return;
    }
    group.checks().applying(member.shadow, entries);
    for (Entry entry : entries) {
      chain = Mix.of(chain, LogShadow.hash(entry));
      applied = entry.index();
      appliedTerm = entry.term();
      group.checks().applied(member.shadow, applied, chain);
      if (entry.kind() == EntryKind.CONF_CHANGE) {
        applyConf(entry);
      } else if (entry.payload().size() >= Long.BYTES) {
        group
            .clients()
            .applied(member, ByteBuffer.wrap(entry.payload().array()).getLong(), applied);
      }
      if (applied - newest.index() >= group.swarm().snapshotEvery) {
        save();
      }
    }
    core.applied(applied);
  }

  private void applyConf(Entry entry) {
    conf = core.applyConf(ConfChangeCodec.decode(entry.payload()));
    group.trace().note(9, member.id, () -> "has " + conf);
    group.checks().confApplied(member.shadow, conf);
  }

  /** A snapshot is written by another thread, and named in the log only then. */
  private void save() {
    if (isSaving || applied == newest.index()) {
      return;
    }
    isSaving = true;
    Shelf.Snapshot snapshot =
        new Shelf.Snapshot(new SnapshotMeta(applied, appliedTerm, conf), chain);
    member.process.after(
        1 + group.random().nextLong(Swarm.TICK_MICROS / 2),
        () -> {
          isSaving = false;
          if (snapshot.meta().index() > newest.index()) {
            saved(snapshot);
          }
        });
  }

  private void saved(Shelf.Snapshot snapshot) {
    group.marks().reach(Mark.SNAPSHOT_TAKEN);
    group.trace().say(member.id, () -> "has saved " + snapshot);
    shelf.put(snapshot);
    newest = snapshot.meta();
    long index = newest.index();
    log.snapshotMark(index, newest.term(), () -> {});
    long upto = index - group.swarm().entriesKept;
    if (upto > 0) {
      log.release(upto);
    }
    core.snapshotTaken(newest);
    core.compact(upto);
    turnSoon();
  }

  @Override
  public void failed(Exception cause) {
    member.halt(cause);
  }

  @Override
  public void spaceExhausted(String reason) {
    isFull = true;
    group.marks().reach(Mark.DISK_FULL);
  }

  @Override
  public void spaceRegained() {
    isFull = false;
  }
}
