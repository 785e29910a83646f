package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The members of one run and what they share: time, chance, the network, the checks. */
final class Group implements SimNet.Receivers {
  private final Swarm swarm;
  private final SplittableRandom random;
  private final Scheduler scheduler = new Scheduler();
  private final Trace trace;
  private final Marks marks = new Marks();
  private final Checks checks;
  private final SimNet net;
  private final Clients clients = new Clients(this);
  private final Server.Starter starter;
  private final ConfState initial;
  private final TreeMap<Long, SimMember> members = new TreeMap<>();

  /** Whose disk was damaged behind its back. */
  private final TreeSet<Long> damaged = new TreeSet<>();

  /** Founds a group of the swarm's size; its members have still to be started. */
  Group(Swarm swarm, SplittableRandom random, Server.Starter starter, Watching watching) {
    this.swarm = swarm;
    this.random = random;
    this.starter = starter;
    this.trace = new Trace(scheduler, watching.isReadable());
    this.checks = new Checks(swarm, marks, watching.isChecked());
    this.net = new SimNet(scheduler, random, marks, swarm, this);
    List<Long> voters = new ArrayList<>();
    for (long id = 1; id <= swarm.voters; id++) {
      voters.add(id);
    }
    List<Long> learners = new ArrayList<>();
    for (long id = 1; id <= swarm.learners; id++) {
      learners.add(swarm.voters + id);
    }
    initial = new ConfState(voters, List.of(), learners, List.of(), false);
    Stream.concat(voters.stream(), learners.stream())
        .forEach(id -> members.put(id, new SimMember(id, this, initial, starter)));
    if (swarm.voters == 1) {
      marks.reach(Mark.SINGLE_MEMBER_GROUP);
    }
  }

  /**
   * How closely a run is looked at.
   *
   * @param isChecked whether the invariants are checked
   * @param isReadable whether there is a trace to read
   */
  record Watching(boolean isChecked, boolean isReadable) {
    static final Watching CHECKED = new Watching(true, false);
  }

  Swarm swarm() {
    return swarm;
  }

  SplittableRandom random() {
    return random;
  }

  Scheduler scheduler() {
    return scheduler;
  }

  Trace trace() {
    return trace;
  }

  Marks marks() {
    return marks;
  }

  Checks checks() {
    return checks;
  }

  SimNet net() {
    return net;
  }

  Clients clients() {
    return clients;
  }

  List<SimMember> members() {
    return List.copyOf(members.values());
  }

  SimMember member(long id) {
    SimMember member = members.get(id);
    if (member == null) {
      throw new IllegalArgumentException("there is no member " + id);
    }
    return member;
  }

  /** The member that leads the newest term; null for none that runs. */
  @Nullable SimMember leader() {
    SimMember leader = null;
    for (SimMember member : members.values()) {
      if (member.isLeader()
          && (leader == null || leader.server().term() < member.server().term())) {
        leader = member;
      }
    }
    return leader;
  }

  /** One of those that run and are not paused; null for none. */
  @Nullable SimMember anyActive(SplittableRandom chance) {
    List<SimMember> active = members.values().stream().filter(SimMember::isActive).toList();
    return active.isEmpty() ? null : active.get(chance.nextInt(active.size()));
  }

  /** Starts a member that was never there before; null if there have been too many. */
  @Nullable SimMember join() {
    long id = members.lastKey() + 1;
    if (id >= SimNet.MEMBERS_MAX) {
      return null;
    }
    SimMember member = new SimMember(id, this, initial, starter);
    members.put(id, member);
    member.start();
    return member;
  }

  void damage(long member) {
    damaged.add(member);
  }

  boolean isDamaged(long member) {
    return damaged.contains(member);
  }

  /** Checks what can only be seen at the end of a run. */
  void checkAtEnd() {
    starter.check();
  }

  /** How many voters of a member's configuration fit. */
  long countVoters(SimMember of, LongPredicate test) {
    long count = 0;
    for (long voters = of.shadow.quorum.voters(); voters != 0; voters &= voters - 1) {
      if (test.test(Long.numberOfTrailingZeros(voters))) {
        count++;
      }
    }
    return count;
  }

  @Override
  public long boot(long member) {
    SimMember found = members.get(member);
    return found == null || !found.process.isUp() ? 0 : found.process.boot();
  }

  @Override
  public void receive(Message message, long content) {
    SimMember member = members.get(message.to());
    if (member != null) {
      member.process.now(() -> {
        trace.mix(message.from() << 8 | message.to(), message.term(), kind(message));
        trace.say(message.to(), () -> "gets " + message);
        checks.received(message);
        member.server().receive(message, content);
      });
    }
  }

  @Override
  public void lost(long from, long to) {
    SimMember sender = member(from);
    sender.process.after(Swarm.TICK_MICROS / 10, () -> sender.server().unreachable(to));
  }

  private static long kind(Message message) {
    return switch (message) {
      case Message.Append append -> 1 + 16 * (append.prevIndex() + append.entries().size());
      case Message.AppendResponse response -> 2 + 16 * response.index();
      case Message.Heartbeat heartbeat -> 3 + 16 * heartbeat.commit();
      case Message.HeartbeatResponse response -> 4 + 16 * response.readPosition();
      case Message.VoteRequest request -> 5 + 16 * request.lastIndex();
      case Message.VoteResponse response -> response.rejected() ? 6 : 7;
      case Message.Snapshot snapshot -> 8 + 16 * snapshot.meta().index();
      case Message.TimeoutNow _ -> 9;
      case Message.TransferLeader transfer -> 10 + 16 * transfer.target();
      case Message.Propose propose -> 11 + 16 * propose.proposals().size();
      case Message.ReadIndex read -> 12 + 16 * read.token();
      case Message.ReadIndexResponse response -> 13 + 16 * response.index();
    };
  }
}
