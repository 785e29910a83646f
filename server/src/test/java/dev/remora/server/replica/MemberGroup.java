package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Replicas with their cores, on one thread and a clock that the test moves. Messages arrive at
 * once, or are lost on the way to and from whom the test has cut off.
 */
final class MemberGroup {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final int ELECTION_TICKS = 10;

  private final Map<Long, One> members = new TreeMap<>();
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private final Set<Long> cut = new TreeSet<>();
  private final Set<Long> differing = new TreeSet<>();
  private long wrongDigest;
  private long nowNanos = Duration.ofDays(1).toNanos();

  /** Starts the first members and waits until one leads and all have been up for a while. */
  MemberGroup(long... ids) {
    List<Member> founders = Arrays.stream(ids).mapToObj(MemberGroup::founder).toList();
    for (long id : ids) {
      members.put(id, new One(id, founders));
    }
    pass(Duration.ofSeconds(10));
  }

  private static Member founder(long id) {
    return Member.unstarted(id, "m" + id, peerUrls(id), false);
  }

  /** Where a member is reached. */
  static List<String> peerUrls(long id) {
    return List.of("http://m" + id + ":2380");
  }

  /** Where a member serves. */
  static List<String> clientUrls(long id) {
    return List.of("http://m" + id + ":2379");
  }

  /** Starts a member that was added. */
  void start(long id) {
    members.put(id, new One(id, List.of()));
  }

  /** Nothing reaches this member or comes from it any more. */
  void cut(long id) {
    cut.add(id);
  }

  /** Lets time pass, and happen what happens in it. */
  void pass(Duration time) {
    long end = nowNanos + time.toNanos();
    while (nowNanos < end) {
      nowNanos += TICK.toNanos();
      for (One member : members.values()) {
        member.node.tick();
        member.timers.forEach(Timer::runIfDue);
      }
      work();
    }
  }

  private void work() {
    for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
    }
  }

  /** Who leads, as the members that are not cut off know. */
  long leader() {
    return members.entrySet().stream()
        .filter(entry -> !cut.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue().replica.leadership().leader())
        .filter(id -> id != 0)
        .findFirst()
        .orElseThrow();
  }

  /** Some member that does not lead. */
  long follower() {
    long leader = leader();
    return members.keySet().stream()
        .filter(id -> id != leader && !cut.contains(id))
        .findFirst()
        .orElseThrow();
  }

  /** Who has made something else of the log than another, and knows. */
  Set<Long> differing() {
    return differing;
  }

  /** From now on, nothing becomes durable on this member. */
  void stallDisk(long id) {
    one(id).log.hold();
  }

  /** From now on, what each says of its state is not what the others have made of the log. */
  void fail() {
    wrongDigest = 1;
  }

  /** What a member knows. */
  State state(long id) {
    return one(id).replica.state();
  }

  /** Who belongs to the group, as each member that is not cut off knows. */
  List<ConfState> confs() {
    return members.keySet().stream()
        .filter(id -> !cut.contains(id))
        .map(id -> state(id).conf())
        .toList();
  }

  /** Has the leadership handed over. */
  void transferLeader(long to) {
    one(leader()).node.transferLeader(to);
    work();
  }

  /** Asks a member; the answer has to come within ten seconds. */
  Answer ask(long id, Command command) {
    AtomicReference<Answer> answer =
        new AtomicReference<>(new Answer.Failed(Answer.Reason.STOPPED));
    one(id).door.propose(command, answer::set);
    pass(Duration.ofSeconds(10));
    return answer.get();
  }

  private One one(long id) {
    One member = members.get(id);
    if (member == null) {
      throw new AssertionError("no member " + id);
    }
    return member;
  }

  /** Has something done again and again. */
  private final class Timer {
    private final long intervalNanos;
    private final Runnable task;
    private long lastNanos = nowNanos;

    Timer(Duration interval, Runnable task) {
      this.intervalNanos = interval.toNanos();
      this.task = task;
    }

    void runIfDue() {
      if (nowNanos - lastNanos >= intervalNanos) {
        lastNanos = nowNanos;
        task.run();
      }
    }
  }

  /** A member. */
  private final class One implements Transport, Clocks {
    private final long sinceNanos = nowNanos;
    private final List<Timer> timers = new ArrayList<>();
    private final Replica replica;
    private final RaftNode node;
    private final MemoryLog log = new MemoryLog();
    private final Door door;

    One(long id, List<Member> founders) {
      Recovered nothing = new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of());
      RaftCore core =
          new RaftCore(
              RaftConfig.of(id, ELECTION_TICKS),
              Bootstrap.restart(log, nothing, ConfState.EMPTY, founders),
              new Random(id));
      replica = new Replica(queue::add, new Identity(1, id, 1, 7, "m" + id), this, State.EMPTY);
      replica.announce(clientUrls(id));
      replica.connect(this);
      node = new RaftNode(core, log, this, queue::add, replica);
      replica.start((interval, task) -> timers.add(new Timer(interval, task)), node);
      door = replica.open(queue::add);
      node.start();
    }

    @Override
    public void send(Message message) {
      queue.add(() -> {
        One to = members.get(message.to());
        if (to != null && !cut.contains(message.to()) && !cut.contains(message.from())) {
          to.node.receive(List.of(message));
        }
      });
    }

    @Override
    public void ask(long leader, LeaderQuestion question) {
      long self = node.status().id();
      queue.add(() -> {
        if (!cut.contains(leader) && !cut.contains(self)) {
          one(leader).replica.asked(self, question);
        }
      });
    }

    @Override
    public void answer(long peer, LeaderReply reply) {
      queue.add(() -> {
        if (!cut.contains(peer)) {
          one(peer).replica.answered(reply);
        }
      });
    }

    @Override
    public void tell(long peer, StateClaim claim) {
      StateClaim told = new StateClaim(claim.index(), claim.digest() ^ wrongDigest);
      queue.add(() -> {
        One to = members.get(peer);
        if (to != null && !cut.contains(peer) && to.replica.differs(told)) {
          differing.add(peer);
        }
      });
    }

    @Override
    public OptionalLong connectedSinceNanos(long peer) {
      One other = members.get(peer);
      return other == null || cut.contains(peer)
          ? OptionalLong.empty()
          : OptionalLong.of(Math.max(sinceNanos, other.sinceNanos));
    }

    @Override
    public long wallNanos() {
      return nowNanos;
    }

    @Override
    public long monotonicNanos() {
      return nowNanos;
    }
  }
}
