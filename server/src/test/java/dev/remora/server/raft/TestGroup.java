package dev.remora.server.raft;

import dev.remora.server.raft.Ready.ReadReady;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A few members whose messages, storage and clocks a test moves by hand. */
final class TestGroup {
  static final int ELECTION_TICKS = 10;

  private final Map<Long, TestMember> members = new TreeMap<>();

  /** What is under way between members. */
  final List<Message> wire = new ArrayList<>();

  /** What a test decides for all new members. */
  @Nullable Mutant mutant;

  boolean leaseReads;
  boolean preVote = true;
  boolean checkQuorum = true;
  long uncommittedBytesMax = 1 << 20;

  /** The wall clock, in ticks. */
  long wallTicks;

  /** One member and what it has got so far. */
  static final class TestMember {
    final RaftCore core;

    /** Readies whose storage part is not durable yet. */
    final Deque<Ready> storing = new ArrayDeque<>();

    final List<ReadReady> reads = new ArrayList<>();
    final List<Entry> applied = new ArrayList<>();

    TestMember(RaftCore core) {
      this.core = core;
    }

    boolean isLeader() {
      return core.status().soft().role() == Role.LEADER;
    }
  }

  TestGroup with(@Nullable Mutant bug) {
    mutant = bug;
    return this;
  }

  /** Starts members that begin with this configuration and an empty log. */
  TestGroup start(ConfState conf, long... ids) {
    for (long id : ids) {
      restart(id, HardState.INITIAL, new SnapshotMeta(0, 0, conf), List.of());
    }
    return this;
  }

  /** Three voters. */
  TestGroup startThree() {
    return start(ConfState.of(List.of(1L, 2L, 3L)), 1, 2, 3);
  }

  void restart(long id, HardState hard, SnapshotMeta snapshot, List<Entry> entries) {
    RaftConfig config =
        new RaftConfig(
            id,
            ELECTION_TICKS,
            1,
            preVote,
            checkQuorum,
            leaseReads,
            1 << 20,
            256,
            0,
            uncommittedBytesMax,
            1 << 20,
            RaftConfig.OnRemoval.HAND_OVER,
            false);
    Restart restart = new Restart(hard, snapshot, entries);
    RaftCore core =
        mutant == null
            ? new RaftCore(config, restart, new Random(id))
            : Mutants.core(mutant, config, restart, new Random(id), () -> wallTicks);
    members.put(id, new TestMember(core));
  }

  TestMember get(long id) {
    TestMember member = members.get(id);
    if (member == null) {
      throw new IllegalArgumentException("no member " + id);
    }
    return member;
  }

  RaftCore core(long id) {
    return get(id).core;
  }

  /**
   * Takes what a member has to do: messages leave, storage waits, committed entries are applied.
   */
  void take(long id) {
    TestMember member = get(id);
    while (member.core.hasReady()) {
      Ready ready = member.core.takeReady();
      wire.addAll(ready.now());
      member.storing.add(ready);
      member.reads.addAll(ready.reads());
      for (Entry entry : ready.apply()) {
        if (entry.kind() == EntryKind.CONF_CHANGE) {
          ConfState conf = member.core.applyConf(ConfChangeCodec.decode(entry.payload()));
          member.core.snapshotTaken(new SnapshotMeta(entry.index(), entry.term(), conf));
        }
        member.applied.add(entry);
      }
      if (!ready.apply().isEmpty()) {
        member.core.applied(ready.apply().getLast().index());
      }
    }
  }

  /** All that a member has given to store becomes durable. */
  void store(long id) {
    TestMember member = get(id);
    while (!member.storing.isEmpty()) {
      storeOne(id);
    }
  }

  /** The oldest that a member has given to store becomes durable. */
  void storeOne(long id) {
    TestMember member = get(id);
    Ready ready = member.storing.removeFirst();
    for (Message message : ready.afterDurable()) {
      if (message.to() == id) {
        member.core.step(message);
      } else {
        wire.add(message);
      }
    }
    if (ready.ack() != null) {
      member.core.stored(ready.ack());
    }
  }

  /** Takes and stores what a member has to do, until there is nothing more. */
  void work(long id) {
    while (get(id).core.hasReady() || !get(id).storing.isEmpty()) {
      take(id);
      store(id);
    }
  }

  /** Delivers the messages that are meant, in order. */
  void deliver(Predicate<Message> which) {
    for (Message message : cut(which)) {
      TestMember to = members.get(message.to());
      if (to != null) {
        to.core.step(message);
      }
    }
  }

  /** Takes the messages that are meant off the wire. */
  List<Message> cut(Predicate<Message> which) {
    List<Message> taken = new ArrayList<>();
    for (Iterator<Message> all = wire.iterator(); all.hasNext(); ) {
      Message message = all.next();
      if (which.test(message)) {
        taken.add(message);
        all.remove();
      }
    }
    return taken;
  }

  /** Lets these members do all there is to do; what goes to others, or comes from them, is lost. */
  void settle(long... ids) {
    List<Long> awake = new ArrayList<>();
    for (long id : ids) {
      awake.add(id);
    }
    boolean isQuiet = false;
    while (!isQuiet) {
      awake.forEach(this::work);
      cut(message -> !awake.contains(message.to()) || !awake.contains(message.from()));
      isQuiet = wire.isEmpty();
      deliver(message -> true);
    }
  }

  void tick(long id, int times) {
    for (int i = 0; i < times; i++) {
      core(id).tick();
    }
  }

  /** Makes a member leader by the votes of these, itself among them. */
  void elect(long id, long... voters) {
    core(id).campaign();
    settle(voters);
    if (!get(id).isLeader()) {
      throw new IllegalStateException(id + " was not elected: " + core(id).status());
    }
  }

  void propose(long id, String text) {
    core(id).propose(List.of(payload(text)));
  }

  static Payload payload(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Entry entry(long term, long index) {
    return new Entry(term, index, payload(term + "/" + index));
  }
}
