package dev.remora.server.simulation;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Compare;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.Version;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.LeaseAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What the clients of whole members ask through their doors, and what is made of the answers. */
final class Workload {
  private static final int KEYS = 6;
  private static final int TTL_SECONDS_MAX = 4;

  private final Histories histories = new Histories();
  private final LeaseChecks leaseChecks = new LeaseChecks();
  private final List<Long> leases = new ArrayList<>();

  LeaseChecks leases() {
    return leaseChecks;
  }

  /** Asks a member for one of many things. */
  void propose(SimMember member, Door door, long operation, int bytes) {
    SplittableRandom random = member.group.random();
    String key = "k" + random.nextInt(KEYS);
    String value = operation + "x".repeat(bytes / 4);
    switch (random.nextInt(20)) {
      case 0 -> grant(member, door, operation, 1 + random.nextInt(TTL_SECONDS_MAX));
      case 1 -> compact(member, door, operation, random);
      case 2, 3, 4 ->
          ask(
              member,
              door,
              operation,
              new Ask.Delete(key),
              new Command.DeleteRange(Bytes.utf8(key), Bytes.EMPTY, true));
      case 5, 6, 7, 8 -> swap(member, door, operation, key, value);
      case 9, 10, 11 -> put(member, door, operation, key, value, anyLease(random));
      default -> put(member, door, operation, key, value, 0);
    }
  }

  private long anyLease(SplittableRandom random) {
    return leases.isEmpty() ? 0 : leases.get(random.nextInt(leases.size()));
  }

  private void put(
      SimMember member, Door door, long operation, String key, String value, long lease) {
    Command put = new Command.Put(Bytes.utf8(key), Bytes.utf8(value), lease, true, false, false);
    ask(member, door, operation, new Ask.Put(key, value), put);
  }

  /** The expected value is one that somebody may just be replacing. */
  private void swap(SimMember member, Door door, long operation, String key, String value) {
    String expected = Histories.find(door.state().keyspace(), key).value();
    Bytes name = Bytes.utf8(key);
    Compare compare =
        expected.isEmpty()
            ? compare(Compare.Target.VERSION, name, Bytes.EMPTY)
            : compare(Compare.Target.VALUE, name, Bytes.utf8(expected));
    Command.Operation put = new Command.Put(name, Bytes.utf8(value), 0, true, false, false);
    Command.Operation get = new Command.Range(RangeRequest.of(name, Bytes.EMPTY));
    ask(
        member,
        door,
        operation,
        new Ask.Swap(key, expected, value),
        new Command.Txn(List.of(compare), List.of(put), List.of(get)));
  }

  private static Compare compare(Compare.Target target, Bytes key, Bytes value) {
    return new Compare(Compare.Relation.EQUAL, target, key, Bytes.EMPTY, 0, value);
  }

  private void ask(SimMember member, Door door, long operation, Ask ask, Command command) {
    int number = histories.ask(ask);
    door.propose(
        command,
        answer -> {
          switch (answer) {
            case Answer.Applied(Outcome outcome, State state) -> {
              answer(number, ask, outcome);
              member.group.clients().applied(member, operation, state.index());
            }
            case Answer.Failed(Answer.Reason reason) -> {
              failed(member, answer);
              if (isRefusal(reason)) {
                histories.refuse(number);
              }
            }
          }
        });
  }

  private void answer(int number, Ask ask, Outcome outcome) {
    switch (outcome) {
      case Outcome.Put(long revision, var previous) ->
          histories.answer(number, ask, revision, seen(previous));
      case Outcome.DeletedRange(long revision, _, var previous) ->
          histories.answer(
              number, ask, revision, seen(previous.isEmpty() ? null : previous.getFirst()));
      case Outcome.Txn(long revision, boolean succeeded, var outcomes) -> {
        Ask.Seen before =
            switch (outcomes.getFirst()) {
              case Outcome.Put(_, var previous) -> seen(previous);
              case Outcome.Range(_, var found) ->
                  seen(found.versions().isEmpty() ? null : found.versions().getFirst());
              default -> throw new IllegalStateException("answered " + outcome);
            };
        if (ask.changes(before) != succeeded) {
          throw new Violation(Invariant.LINEARIZABLE, ask + " was answered " + outcome);
        }
        histories.answer(number, ask, revision, before);
      }
      case Outcome.Refused _ -> histories.refuse(number); // Its lease is not there.
      default -> throw new IllegalStateException("answered " + outcome);
    }
  }

  private static Ask.Seen seen(@Nullable Version version) {
    return version == null ? Ask.Seen.NOTHING : Histories.seen(version);
  }

  /** Whether it is known that it was not taken. */
  private static boolean isRefusal(Answer.Reason reason) {
    return switch (reason) {
      case OVERLOADED,
          NO_SPACE,
          REMOVED,
          CHANGE_PENDING,
          NOT_ENOUGH_STARTED,
          UNHEALTHY,
          LEARNER_NOT_READY ->
          true;
      case STOPPED, TIMED_OUT, LEADER_LOST -> false;
    };
  }

  private static void failed(SimMember member, Answer answer) {
    if (answer.equals(new Answer.Failed(Answer.Reason.OVERLOADED))) {
      member.group.marks().reach(Mark.PROPOSAL_OVERLOADED);
    }
    member.group.trace().say(member.id, () -> "answers " + answer);
    member.group.marks().reach(Mark.PROPOSAL_REFUSED);
  }

  private void grant(SimMember member, Door door, long operation, long ttlSeconds) {
    long lease = operation + 1;
    door.propose(
        new Command.LeaseGrant(lease, ttlSeconds),
        answer -> {
          if (answer instanceof Answer.Applied applied) {
            leases.add(lease);
            member.group.clients().applied(member, operation, applied.state().index());
          } else {
            failed(member, answer);
          }
        });
  }

  private void compact(SimMember member, Door door, long operation, SplittableRandom random) {
    long revision = door.state().revision() - random.nextInt(10);
    door.propose(
        new Command.Compact(Math.max(1, revision)),
        answer -> {
          if (answer instanceof Answer.Applied applied) {
            member.group.marks().reach(Mark.COMPACTED);
            member.group.clients().applied(member, operation, applied.state().index());
          } else {
            failed(member, answer);
          }
        });
  }

  /** Reads a key, keeps a lease alive, or looks at a member's own state besides. */
  void read(SimMember member, Door door, long operation) {
    SplittableRandom random = member.group.random();
    String key = "k" + random.nextInt(KEYS);
    Ask.Get get = new Ask.Get(key);
    int number = histories.ask(get);
    door.readIndex(found ->
        found.ifPresent(state -> {
          histories.answer(number, get, state.revision(), Histories.find(state.keyspace(), key));
          member.group.clients().mayRead(member, operation, state.index());
        }));
    if (random.nextInt(3) == 0) {
      histories.lookAt(member, key, door.state().keyspace());
    }
    if (member.isLeader() && !leases.isEmpty()) {
      keepAlive(member, door, anyLease(random));
    }
  }

  private void keepAlive(SimMember member, Door door, long lease) {
    long asked = member.group.scheduler().nowMicros();
    door.keepAlive(
        lease,
        answer -> {
          if (answer instanceof LeaseAnswer.Alive) {
            member.group.marks().reach(Mark.LEASE_KEPT_ALIVE);
            leaseChecks.keptAlive(lease, asked);
          }
        });
  }

  /** A member has published a state. */
  void published(State state) {
    histories.published(state.keyspace());
  }

  /** At the end of a run. */
  void check() {
    histories.check();
  }
}
