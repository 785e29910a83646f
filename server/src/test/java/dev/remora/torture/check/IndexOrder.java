package dev.remora.torture.check;

import dev.remora.server.linearizable.Operation;
import dev.remora.server.linearizable.RevisionOrder;
import dev.remora.server.linearizable.Revisioned;
import dev.remora.server.linearizable.Verdict;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Checks every answer of one door against the order of the indexes: each change stands where its
 * index says, each read behind the changes up to its own, and one copy of the data that is walked
 * through all that must give the same answers; and nothing may be answered with an index that was
 * over before it was asked. Linear, so it takes runs of any length.
 *
 * <p>The watches tell what became of calls without an answer, and which changes nobody asked for.
 * Indexes are counted anew, as places among the changes we know: a store uses some for itself.
 */
final class IndexOrder {
  /** The process of what nobody asked for. */
  private static final long NOBODY = -1;

  private final CanonicalLog log;
  private final Door door;
  private final List<String> problems = new ArrayList<>();
  private final List<Operation<StoreInput, Revisioned<String>>> operations = new ArrayList<>();
  private final Map<Operation<StoreInput, Revisioned<String>>, Long> learned = new HashMap<>();

  /** Changes by index that no answered call accounts for. */
  private final Map<Long, List<Change>> unclaimed = new TreeMap<>();

  /** Index by value, of these. */
  private final Map<String, Long> marks = new HashMap<>();

  private IndexOrder(CanonicalLog log, Door door) {
    this.log = log;
    this.door = door;
  }

  /** What is wrong; empty if nothing is. */
  static List<String> check(String name, CanonicalLog log, Door door, List<Call> calls) {
    if (log.hole().isPresent()) {
      return List.of("%s: undecided, no member remembers %s".formatted(name, log.hole().get()));
    }
    IndexOrder order = new IndexOrder(log, door);
    order.read(calls);
    if (RevisionOrder.check(0, order.operations, order.learned, door::replay)
        instanceof Verdict.Violation(String explanation)) {
      order.problems.add(explanation);
    }
    return order.problems.stream().map(problem -> name + ": " + problem).toList();
  }

  private void read(List<Call> calls) {
    for (Change change : log.changes()) {
      unclaimed.computeIfAbsent(change.place().index(), _ -> new ArrayList<>()).add(change);
    }
    for (Call call : calls) {
      if (call.outcome() instanceof Outcome.Answered(Reply reply)) {
        door.answer(call.request(), reply).ifPresent(answer -> place(call, answer));
      }
    }
    unclaimed.forEach(
        (index, changes) -> changes.forEach(change -> marks.put(change.value(), index)));
    calls.stream().filter(call -> call.outcome() instanceof Outcome.Unknown).forEach(this::learn);
    unclaimed.forEach(this::explain);
  }

  private void place(Call call, Revisioned<String> answer) {
    long index = answer.revision();
    if (answer.kind() == Revisioned.Kind.CHANGE) {
      if (!log.has(index)) {
        problems.add("no watch has told of the acknowledged change " + call);
        return;
      }
      unclaimed.remove(index);
    }
    operations.add(
        new Operation<>(
            call.process(),
            call.invokedNanos(),
            Math.max(call.completedNanos(), call.invokedNanos() + 1),
            new StoreInput.Asked(call.request(), index),
            new Revisioned<>(log.rank(index), answer.kind(), answer.output())));
  }

  /** A call of unknown outcome has happened if a change bears its mark, or can be its. */
  private void learn(Call call) {
    List<String> values = door.values(call.request());
    Optional<Long> index =
        values.isEmpty()
            ? unclaimed.entrySet().stream()
                .filter(entry ->
                    entry.getValue().stream()
                        .anyMatch(change -> door.mayCause(call.request(), change)))
                .map(Map.Entry::getKey)
                .findFirst()
            : values.stream().filter(marks::containsKey).map(marks::get).findFirst();
    if (index.isPresent() && unclaimed.remove(index.get()) != null) {
      addOpen(
          call.process(), call.invokedNanos(), new StoreInput.Asked(call.request(), index.get()));
    }
  }

  private void addOpen(long process, long invokedNanos, StoreInput input) {
    Operation<StoreInput, Revisioned<String>> operation =
        new Operation<>(process, invokedNanos, Operation.OPEN, input, null);
    operations.add(operation);
    learned.put(operation, log.rank(input.index()));
  }

  private void explain(long index, List<Change> changes) {
    Deque<Change> all = new ArrayDeque<>(changes);
    if (all.size() == 1 && door.mayExpire(all.getFirst())) {
      addOpen(NOBODY, Long.MIN_VALUE, new StoreInput.Expired(all.getFirst().key(), index));
    } else {
      problems.add("nobody asked for " + changes);
    }
  }

  /** Requests that are of no use here. */
  static boolean isRead(Request request) {
    return request.method().equals("GET");
  }
}
