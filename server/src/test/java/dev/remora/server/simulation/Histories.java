package dev.remora.server.simulation;

import dev.remora.server.linearizable.History;
import dev.remora.server.linearizable.Linearizability;
import dev.remora.server.linearizable.Operation;
import dev.remora.server.linearizable.RevisionOrder;
import dev.remora.server.linearizable.Revisioned;
import dev.remora.server.linearizable.Revisioned.Kind;
import dev.remora.server.linearizable.Verdict;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the clients of a run asked and were told, and what its members did at each revision. In the
 * end all of it must have come from one store that did one thing after the other: by revisions over
 * all keys, and, without believing the revisions, for each key in the beginning of the run.
 */
final class Histories {
  /** The revision of an empty store. */
  private static final long FIRST_REVISION = 1;

  /** Of each key, for the search of an order, which may take long. */
  private static final int SEARCHED_MAX = 40;

  private final History<Ask, Revisioned<Ask.Seen>> history = new History<>();

  /** The place in the history of what writes this value. */
  private final Map<String, Integer> writers = new HashMap<>();

  /** What members did at each revision. */
  private final TreeMap<Long, List<Version>> done = new TreeMap<>();

  /** Of each member since its last start: the newest revision that a client has seen there. */
  private final Map<List<Long>, Long> seen = new HashMap<>();

  private long revision = FIRST_REVISION;

  /** A client asks; returns the place of that in the history. */
  int ask(Ask ask) {
    int number = history.invoke(0, ask);
    switch (ask) {
      case Ask.Put(_, String value) -> writers.put(value, number);
      case Ask.Swap(_, _, String next) -> writers.put(next, number);
      case Ask.Delete _, Ask.Get _, Ask.Ended _ -> {}
    }
    return number;
  }

  /** It was answered. */
  void answer(int number, Ask ask, long atRevision, Ask.Seen before) {
    Kind kind = ask.changes(before) ? Kind.CHANGE : Kind.READ;
    history.complete(number, new Revisioned<>(atRevision, kind, before));
  }

  /** It was refused, and will never be done. */
  void refuse(int number) {
    history.withdraw(number);
  }

  /** A client reads a member's own state, however old; it never gets older while that runs. */
  void lookAt(SimMember member, String key, Keyspace keyspace) {
    List<Long> boot = List.of(member.id, member.process.boot());
    long newest = seen.merge(boot, keyspace.revision(), Math::max);
    if (newest > keyspace.revision()) {
      throw new Violation(
          Invariant.LINEARIZABLE,
          "member %d shows revision %d after %d".formatted(member.id, keyspace.revision(), newest));
    }
    int number = history.invoke(member.id, new Ask.Get(key));
    history.complete(
        number, new Revisioned<>(keyspace.revision(), Kind.SERIALIZABLE_READ, find(keyspace, key)));
  }

  /** What is under a key. */
  static Ask.Seen find(Keyspace keyspace, String key) {
    return keyspace.find(Bytes.utf8(key)).map(Histories::seen).orElse(Ask.Seen.NOTHING);
  }

  static Ask.Seen seen(Version version) {
    return version.isLive()
        ? new Ask.Seen(version.value().text(), version.version())
        : Ask.Seen.NOTHING;
  }

  /** A member has published a state; what was done since is learned from its history. */
  void published(Keyspace keyspace) {
    if (keyspace.revision() <= revision) {
      return;
    }
    dev.remora.server.mvcc.History changes = keyspace.history();
    for (long at = changes.firstAtOrAfter(revision + 1); at < changes.end(); at++) {
      Change change = changes.at(at);
      if (change instanceof Version version) {
        done.computeIfAbsent(version.modRevision(), _ -> new ArrayList<>()).add(version);
      }
    }
    revision = keyspace.revision();
  }

  /** At the end of a run. */
  void check() {
    List<Operation<Ask, Revisioned<Ask.Seen>>> operations = new ArrayList<>();
    Map<Operation<Ask, Revisioned<Ask.Seen>>, Long> learned = learn(operations);
    require(
        RevisionOrder.check(FIRST_REVISION, operations, learned, new Ask.Store()::apply),
        "by revision");
    Map<String, List<Operation<Ask, Ask.Seen>>> byKey = new TreeMap<>();
    for (Operation<Ask, Revisioned<Ask.Seen>> operation : operations) {
      Revisioned<Ask.Seen> output = operation.output();
      if (output == null || output.kind() != Kind.SERIALIZABLE_READ) {
        for (String key : operation.input().keys()) {
          byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(plain(operation));
        }
      }
    }
    byKey.forEach((key, all) ->
        require(Linearizability.check(new Ask.OneKey(), beginning(all)), "key " + key));
  }

  private static void require(Verdict verdict, String how) {
    if (verdict instanceof Verdict.Violation(String explanation)) {
      throw new Violation(Invariant.LINEARIZABLE, how + ": " + explanation);
    }
  }

  /**
   * Which of the open operations were done, and when; the others were not, since every revision is
   * known.
   *
   * @param all gets all operations that were done
   */
  private Map<Operation<Ask, Revisioned<Ask.Seen>>, Long> learn(
      List<Operation<Ask, Revisioned<Ask.Seen>>> all) {
    Set<Long> told = new HashSet<>();
    Map<String, Operation<Ask, Revisioned<Ask.Seen>>> openWrites = new HashMap<>();
    List<Operation<Ask, Revisioned<Ask.Seen>>> openDeletes = new ArrayList<>();
    for (Operation<Ask, Revisioned<Ask.Seen>> operation : history.operations()) {
      Revisioned<Ask.Seen> output = operation.output();
      if (output != null) {
        all.add(operation);
        if (output.kind() == Kind.CHANGE) {
          told.add(output.revision());
        }
      } else if (operation.input() instanceof Ask.Delete) {
        openDeletes.add(operation);
      } else {
        written(operation.input(), openWrites, operation);
      }
    }
    Map<Operation<Ask, Revisioned<Ask.Seen>>, Long> learned = new HashMap<>();
    done.forEach((at, versions) -> {
      if (!told.contains(at)) {
        Operation<Ask, Revisioned<Ask.Seen>> by = explain(at, versions, openWrites, openDeletes);
        all.add(by);
        learned.put(by, at);
      }
    });
    return learned;
  }

  private static void written(
      Ask ask,
      Map<String, Operation<Ask, Revisioned<Ask.Seen>>> openWrites,
      Operation<Ask, Revisioned<Ask.Seen>> operation) {
    switch (ask) {
      case Ask.Put(_, String value) -> openWrites.put(value, operation);
      case Ask.Swap(_, _, String next) -> openWrites.put(next, operation);
      case Ask.Delete _, Ask.Get _, Ask.Ended _ -> {}
    }
  }

  /** Who has made a revision that no client was told of. */
  private static Operation<Ask, Revisioned<Ask.Seen>> explain(
      long at,
      List<Version> versions,
      Map<String, Operation<Ask, Revisioned<Ask.Seen>>> openWrites,
      List<Operation<Ask, Revisioned<Ask.Seen>>> openDeletes) {
    Version first = versions.getFirst();
    String key = first.key().text();
    if (first.isLive()) {
      Operation<Ask, Revisioned<Ask.Seen>> by = openWrites.remove(first.value().text());
      if (by != null) {
        return by;
      }
    } else if (first.action() == Action.EXPIRE) {
      List<String> keys = versions.stream().map(version -> version.key().text()).toList();
      // It may have begun at any time; each at another, since equal ones would be one.
      return new Operation<>(0, -at, Operation.OPEN, new Ask.Ended(keys), null);
    } else {
      for (Operation<Ask, Revisioned<Ask.Seen>> by : openDeletes) {
        if (by.input().keys().equals(List.of(key))) {
          openDeletes.remove(by);
          return by;
        }
      }
    }
    throw new Violation(
        Invariant.LINEARIZABLE,
        "revision %d is nobody's, or was made twice: %s".formatted(at, versions));
  }

  private static Operation<Ask, Ask.Seen> plain(Operation<Ask, Revisioned<Ask.Seen>> operation) {
    Revisioned<Ask.Seen> output = operation.output();
    return new Operation<>(
        operation.client(),
        operation.invoked(),
        operation.completed(),
        operation.input(),
        output == null ? null : output.output());
  }

  /** What was called before a certain moment; what was not over by then is taken for open. */
  private static List<Operation<Ask, Ask.Seen>> beginning(List<Operation<Ask, Ask.Seen>> all) {
    List<Long> calls = all.stream().map(Operation::invoked).sorted().toList();
    long end = calls.size() > SEARCHED_MAX ? calls.get(SEARCHED_MAX) : Operation.OPEN;
    return all.stream()
        .filter(operation -> operation.invoked() < end)
        .map(operation ->
            operation.completed() < end
                ? operation
                : new Operation<Ask, Ask.Seen>(
                    operation.client(),
                    operation.invoked(),
                    Operation.OPEN,
                    operation.input(),
                    null))
        .toList();
  }
}
