package dev.remora.server.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Clients that write and read at all members, and remember what they were told. */
final class Clients {
  private final Group group;
  private final List<Write> writes = new ArrayList<>();
  private final Map<Long, Read> reads = new HashMap<>();
  private long operation;

  /** A write on its way, at the member that took it, which may have been started again since. */
  private static final class Write {
    final long member;
    final long boot;
    boolean isAnswered;

    Write(long member, long boot) {
      this.member = member;
      this.boot = boot;
    }
  }

  /** A read on its way, and what all clients together had been told of when it began. */
  private record Read(long member, long boot, long acknowledged, boolean wasAskedOfLeader) {}

  Clients(Group group) {
    this.group = group;
  }

  /** Asks a member to write something that was never written before; returns its number. */
  long write(SimMember member) {
    long number = writes.size();
    writes.add(new Write(member.id, member.process.boot()));
    int bytes = Long.BYTES + (group.random().nextInt(4) == 0 ? group.random().nextInt(200) : 0);
    member.server().propose(number, bytes);
    return number;
  }

  /** Whether the client knows that its write is done. */
  boolean isAnswered(long number) {
    return writes.get((int) number).isAnswered;
  }

  /** A member has applied a write; the one that took it answers. */
  void applied(SimMember member, long number, long index) {
    Write write = writes.get((int) number);
    if (write.member == member.id && write.boot == member.process.boot()) {
      write.isAnswered = true;
      group.checks().truth().acknowledge(index);
    }
  }

  /** Asks a member for a linearizable read; returns its number. */
  long read(SimMember member) {
    long number = ++operation;
    Read read =
        new Read(
            member.id,
            member.process.boot(),
            group.checks().truth().acknowledged(),
            member.isLeader());
    reads.put(number, read);
    SimMember newer = group.leader();
    if (read.wasAskedOfLeader() && newer != null && newer.id != member.id) {
      group.marks().reach(Mark.READ_ASKED_OF_A_DEPOSED_LEADER);
    }
    member.server().read(number);
    return number;
  }

  boolean isReadable(long number) {
    return !reads.containsKey(number);
  }

  /** A member may serve a read as soon as it has applied that place. */
  void mayRead(SimMember member, long number, long index) {
    Read read = reads.remove(number);
    if (read == null || read.member() != member.id || read.boot() != member.process.boot()) {
      return; // Answered twice, since a message was.
    }
    group.checks().readsSeeAcknowledged(member.shadow, index, read.acknowledged());
    group
        .marks()
        .reach(
            read.wasAskedOfLeader()
                ? Mark.READ_CONFIRMED_BY_LEADER
                : Mark.READ_CONFIRMED_FOR_FOLLOWER);
  }

  /** How many were never answered. */
  void countLost() {
    if (writes.stream().anyMatch(write -> !write.isAnswered)) {
      group.marks().reach(Mark.PROPOSAL_LOST);
    }
    if (!reads.isEmpty()) {
      group.marks().reach(Mark.READ_LOST);
    }
  }
}
