package dev.remora.server.simulation;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.replica.Bootstrap;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Consensus;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.Identity;
import dev.remora.server.replica.LogStore;
import dev.remora.server.replica.LogStoreEvents;
import dev.remora.server.replica.RaftNode;
import dev.remora.server.replica.Recovered;
import dev.remora.server.replica.Replica;
import dev.remora.server.replica.SnapshotSettings;
import dev.remora.server.replica.SnapshotStore;
import dev.remora.server.storage.Disk;
import dev.remora.server.storage.DurableLog;
import dev.remora.server.storage.SimStorage;
import dev.remora.server.storage.SnapshotDirectory;
import dev.remora.server.storage.StorageException;
import dev.remora.server.storage.WriteAheadLog;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A member as it is in production: core, driver, replica, log and snapshots, asked through its own
 * door. Only the loops, the timers, the disk and the network are made up.
 */
final class MemberServer implements Server, LogStoreEvents, Consensus.Listener {
  private static final long LOOP_MICROS_MAX = 200;
  private static final long SNAPSHOT_MICROS_MAX = 40_000;

  private final SimMember member;
  private final Group group;
  private final States states;
  private final Workload workload;
  private final Seams seams;
  private final SimLogThreads threads;
  private final SnapshotStore snapshots;
  private final Replica replica;
  private final RaftNode node;
  private final Door door;
  private Role role = Role.FOLLOWER;
  private long leader;
  private long term;
  private long chain;

  /** A snapshot that is about to be installed. */
  private @Nullable State incoming;

  /** Starts on what the disk holds. */
  MemberServer(SimMember member, States states, Workload workload, Seams seams)
      throws StorageException {
    this.member = member;
    this.group = member.group;
    this.states = states;
    this.workload = workload;
    this.seams = seams;
    Scheduler scheduler = group.scheduler();
    threads =
        new SimLogThreads(scheduler, member.process, group.random(), group.swarm().diskMicrosMax);
    SimExecutor loop = new SimExecutor(scheduler, member.process, group.random(), LOOP_MICROS_MAX);
    SnapshotDirectory.Opened[] found = new SnapshotDirectory.Opened[1];
    WriteAheadLog.Opened opened =
        seams.open(
            member,
            this,
            (disk, events) -> {
              SimStorage storage = open(disk, events);
              found[0] = storage.snapshots();
              return storage.log();
            });
    State start = found[0].loaded().state();
    Recovered recovered = opened.recovered();
    states.put(start);
    observe(start, recovered);
    snapshots = remembering(found[0].snapshots());
    LogStore log = checked(seams.log(member, opened.log()));
    Restart restart = Bootstrap.restart(log, recovered, start.conf(), founders());
    RaftCore core = seams.core(member, group.swarm().config(member.id), restart);
    term = restart.hard().term();
    Identity identity = new Identity(1, member.id, 1, member.process.boot(), "m" + member.id);
    replica = new Replica(loop, identity, seams.clocks(clocks()), start);
    node = new RaftNode(core, log, this::send, loop, this);
    replica.keepSnapshots(
        new SnapshotSettings(
            group.swarm().snapshotEvery,
            1 << 30,
            1 << 30,
            (int) group.swarm().entriesKept,
            Duration.ofSeconds(1)),
        snapshots);
    replica.start(this::every, node);
    door = replica.open(loop);
    node.start();
  }

  private SimStorage open(Disk disk, LogStoreEvents events) throws StorageException {
    Scheduler scheduler = group.scheduler();
    return SimStorage.open(
        disk,
        group.swarm().wal,
        threads,
        new SimExecutor(scheduler, member.process, group.random(), SNAPSHOT_MICROS_MAX),
        group.random()::nextLong,
        events);
  }

  private void observe(State start, Recovered recovered) {
    chain = group.checks().truth().committedChain(start.index());
    DurableLog durable = new DurableLog(member.disk, recovered);
    member.disk.observe((file, bytes) -> {
      durable.on(file, bytes);
      group.checks().forced(member.shadow);
    });
    group.checks().started(member.shadow, recovered, start.conf(), chain, durable);
  }

  private List<Member> founders() {
    List<Long> voters = member.initial.voters();
    return voters.contains(member.id)
        ? voters.stream().map(MemberServer::founder).toList()
        : List.of();
  }

  private static Member founder(long id) {
    return Member.unstarted(id, "m" + id, List.of("http://m" + id + ":2380"), false);
  }

  private Clocks clocks() {
    return new Clocks() {
      @Override
      public long wallNanos() {
        return (group.scheduler().nowMicros() + member.wallAheadMicros) * 1_000;
      }

      @Override
      public long monotonicNanos() {
        return group.scheduler().nowMicros() * 1_000;
      }
    };
  }

  private void every(Duration interval, Runnable task) {
    member.process.after(
        interval.toNanos() / 1_000,
        () -> {
          task.run();
          every(interval, task);
        });
  }

  private SnapshotStore remembering(SnapshotStore store) {
    return new SnapshotStore() {
      @Override
      public void save(State state, Consumer<Result> done) {
        states.put(state);
        store.save(
            state,
            result -> {
              group.marks().reach(Mark.SNAPSHOT_TAKEN);
              done.accept(result);
            });
      }

      @Override
      public void close() {
        store.close();
      }
    };
  }

  private LogStore checked(LogStore log) {
    return new LogWrapper(log) {
      @Override
      public void append(@Nullable HardState hard, List<Entry> entries, Runnable onDurable) {
        term = hard == null ? term : hard.term();
        group.checks().stored(member.shadow, hard, entries);
        if (role == Role.LEADER) {
          entries.forEach(this::mayEndLease);
        }
        super.append(hard, entries, onDurable);
      }

      private void mayEndLease(Entry entry) {
        if (command(entry) instanceof Command.LeaseRevoke(long lease, boolean isExpired)
            && isExpired) {
          workload.leases().ends(member.id, lease, group.scheduler().nowMicros());
        }
      }

      @Override
      public void snapshotMark(long index, long markTerm, Runnable onDurable) {
        State installed = incoming;
        if (installed != null && installed.index() == index) {
          chain = group.checks().truth().committedChain(index);
          SnapshotMeta meta = new SnapshotMeta(index, markTerm, installed.conf());
          group.checks().installed(member.shadow, meta, chain);
        }
        super.snapshotMark(index, markTerm, onDurable);
      }
    };
  }

  private void send(Message message) {
    if (message instanceof Message.Append append) {
      knowsCommit(Math.min(append.commit(), member.shadow.log.last()));
    }
    group.checks().sent(member.shadow, message);
    if (message instanceof Message.Snapshot snapshot) {
      boolean hasArrived = group.random().nextInt(4) > 0;
      if (!hasArrived) {
        group.marks().reach(Mark.SNAPSHOT_LOST_ON_THE_WAY);
      }
      group.net().send(message, snapshot.meta().index());
      member.process.after(Swarm.TICK_MICROS, () -> node.snapshotStatus(message.to(), hasArrived));
    } else {
      group.net().send(message, 0);
    }
  }

  @Override
  public void tick() {
    node.tick();
  }

  @Override
  public void receive(Message message, long content) {
    if (message instanceof Message.Snapshot snapshot) {
      State state = seams.carried(states.at(content));
      snapshots.save(
          state,
          result -> {
            if (result instanceof SnapshotStore.Result.Saved) {
              member.process.after(0, () -> install(snapshot, state));
            }
          });
    } else {
      node.receive(List.of(seams.received(member, message)));
    }
  }

  private void install(Message.Snapshot snapshot, State state) {
    incoming = state;
    node.receiveSnapshot(snapshot, state);
    incoming = null;
  }

  @Override
  public void propose(long operation, int bytes) {
    workload.propose(member, door, operation, bytes);
  }

  @Override
  public void read(long operation) {
    workload.read(member, door, operation);
  }

  @Override
  public void proposeConf(ConfChange change) {
    node.proposeConf(change);
  }

  @Override
  public void transferLeader(long target) {
    node.transferLeader(target);
  }

  /** The driver has no way to do that. */
  @Override
  public void forgetLeader() {}

  /** The driver has no way to do that. */
  @Override
  public void campaign() {}

  @Override
  public void unreachable(long peer) {
    node.unreachable(peer);
  }

  @Override
  public boolean isLeader() {
    return role == Role.LEADER;
  }

  @Override
  public long leader() {
    return leader;
  }

  @Override
  public long term() {
    return term;
  }

  @Override
  public SimLogThreads threads() {
    return threads;
  }

  @Override
  public void committed(List<Entry> entries) {
    group.checks().applying(member.shadow, entries);
    entries.forEach(this::apply);
    State before = replica.state();
    replica.committed(entries);
    entries.forEach(entry -> leasesGoOn(entry, before));
    workload.published(replica.state());
    sameState();
  }

  /** Takes note of the leases that an applied entry has begun or ended. */
  private void leasesGoOn(Entry entry, State before) {
    switch (command(entry)) {
      case Command.LeaseGrant(long lease, long ttlSeconds) ->
          workload.leases().granted(member.id, lease, ttlSeconds, group.scheduler().nowMicros());
      case Command.LeaseRevoke(long lease, _) -> {
        if (before.leases().find(lease).isPresent()) {
          group.marks().reach(Mark.LEASE_ENDED);
        }
      }
      case null, default -> {}
    }
  }

  private static @Nullable Command command(Entry entry) {
    return entry.kind() == EntryKind.COMMAND && entry.payload().size() > 0
        ? CommandCodec.decode(entry.payload().array()).command()
        : null;
  }

  private void apply(Entry entry) {
    if (member.shadow.hard.commit() < entry.index()) {
      knowsCommit(node.status().hard().commit());
    }
    chain = Mix.of(chain, LogShadow.hash(entry));
    group.checks().applied(member.shadow, entry.index(), chain);
  }

  /** The log is not told of a commit alone. */
  private void knowsCommit(long index) {
    HardState hard = member.shadow.hard;
    if (index > hard.commit()) {
      HardState next = new HardState(hard.term(), hard.vote(), index);
      group.checks().stored(member.shadow, next, List.of());
    }
  }

  @Override
  public boolean admits(ConfChange change) {
    return replica.admits(change);
  }

  @Override
  public void configured(Entry entry, ConfState conf) {
    apply(entry);
    group.trace().note(9, member.id, () -> "has " + conf);
    group.checks().confApplied(member.shadow, conf);
    replica.configured(entry, conf);
  }

  @Override
  public void restored(State state) {
    replica.restored(state);
    sameState();
  }

  /** Members at the same place have the same state, however they came there. */
  private void sameState() {
    State state = replica.state();
    group.checks().sameContent(member.shadow, state.index(), Digest.of(state));
  }

  @Override
  public void snapshotWanted() {
    group.marks().reach(Mark.SNAPSHOT_WANTED);
    replica.snapshotWanted();
  }

  @Override
  public void readable(long token, long index) {
    replica.readable(token, seams.readable(index));
  }

  @Override
  public void led(Ready.SoftState soft, long ledTerm) {
    if (soft.role() == Role.LEADER && role != Role.LEADER) {
      workload.leases().leads(member.id, group.scheduler().nowMicros());
    }
    role = soft.role();
    leader = soft.leader();
    group.trace().say(member.id, () -> role + " of term " + ledTerm + ", leader " + soft.leader());
    replica.led(soft, ledTerm);
  }

  @Override
  public void failed(Exception cause) {
    member.halt(cause);
  }

  @Override
  public void spaceExhausted(String reason) {
    group.marks().reach(Mark.DISK_FULL);
    replica.setFull(true);
  }

  @Override
  public void spaceRegained() {
    replica.setFull(false);
  }
}
