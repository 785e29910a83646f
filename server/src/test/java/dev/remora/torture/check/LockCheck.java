package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.Change;
import dev.remora.torture.watch.WatchLog;
import dev.remora.torture.workload.Locks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The lock is taken only while it is free, tokens never go back, and a lease that holds the lock
 * does not end before its time.
 */
final class LockCheck {
  private static final long TTL_NANOS = Duration.ofSeconds(Locks.TTL_SECONDS).toNanos();

  private final List<String> problems = new ArrayList<>();

  /** When each lease was asked for. */
  private final Map<String, Long> granted = new HashMap<>();

  /** Revisions of the lock that a transaction gave back, or may have. */
  private final List<String> released = new ArrayList<>();

  private LockCheck() {}

  static List<String> check(List<Call> calls, Collection<Change> changes, List<WatchLog> logs) {
    LockCheck check = new LockCheck();
    calls.forEach(check::learn);
    check.judgeOrder(changes);
    check.judgeTime(changes, firstSeen(logs));
    return check.problems;
  }

  private void learn(Call call) {
    if (call.request().target().equals("/v3/lease/grant")
        && call.outcome() instanceof Outcome.Answered(Reply reply)) {
      granted.put(reply.json().path("ID").asText(), call.invokedNanos());
    }
    if (call.request() instanceof Request.V3(_, String body)
        && body.contains("request_delete_range")
        && !(call.outcome() instanceof Outcome.NotDone)) {
      JsonNode compare = new Reply(0, 0, body).json().path("compare").path(0);
      released.add(compare.path("mod_revision").asText());
    }
  }

  private void judgeOrder(Collection<Change> changes) {
    String fence = "";
    for (Change change : changes) {
      if (change.key().equals(Locks.LOCK)
          && change.action().equals("put")
          && change.created() != change.place().index()) {
        problems.add("lock: taken while somebody held it, " + change);
      }
      if (change.key().equals(Locks.FENCE)) {
        if (change.value().compareTo(fence) < 0) {
          problems.add("lock: an old token has written, %s after %s".formatted(change, fence));
        }
        fence = change.value();
      }
    }
  }

  private void judgeTime(Collection<Change> changes, Map<Change.Place, Long> firstSeen) {
    Change held = null;
    for (Change change : changes) {
      if (!change.key().equals(Locks.LOCK)) {
        continue;
      }
      if (change.action().equals("put")) {
        held = change;
      } else if (held != null && !released.contains(Long.toString(held.place().index()))) {
        String lease = held.value().substring(held.value().indexOf(' ') + 1);
        Long grant = granted.get(lease);
        Long seen = firstSeen.get(change.place());
        if (grant != null && seen != null && seen < grant + TTL_NANOS) {
          problems.add(
              "lock: lease %s ended %d ms before its time"
                  .formatted(lease, (grant + TTL_NANOS - seen) / 1_000_000));
        }
      }
    }
  }

  private static Map<Change.Place, Long> firstSeen(List<WatchLog> logs) {
    Map<Change.Place, Long> first = new HashMap<>();
    for (WatchLog log : logs) {
      log.seen().forEach(seen -> first.merge(seen.change().place(), seen.nanos(), Math::min));
    }
    return first;
  }
}
