package dev.remora.torture.check;

import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.watch.WatchLog;
import dev.remora.torture.workload.Expiries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Each key with a time to live goes by itself: once, not before its time, and not never. */
final class ExpiryCheck {
  private ExpiryCheck() {}

  /**
   * Checks the run.
   *
   * @param isTimeTrue whether no clock was turned; else a key may go early or late
   */
  static List<String> check(List<Call> calls, List<WatchLog> logs, boolean isTimeTrue) {
    List<String> problems = new ArrayList<>();
    Map<String, Long> expired = firstSeen(logs, problems);
    for (Call call : calls) {
      if (!(call.request() instanceof Request.Keys keys)
          || !(keys.key() + "/").startsWith(Expiries.EXPIRIES)
          || !(call.outcome() instanceof Outcome.Answered(Reply reply))) {
        continue;
      }
      if (keys.method().equals("GET") && isTimeTrue && reply.json().path("node").has("nodes")) {
        problems.add("expiry: still there at the end: " + reply.body());
      }
      Long seen = expired.get(keys.key());
      long due = call.invokedNanos() + Expiries.TTL.toNanos();
      if (keys.method().equals("PUT") && isTimeTrue && seen != null && seen < due) {
        problems.add(
            "expiry: %s went %d ms before its time"
                .formatted(keys.key(), (due - seen) / 1_000_000));
      }
    }
    return problems;
  }

  private static Map<String, Long> firstSeen(List<WatchLog> logs, List<String> problems) {
    Map<String, Long> expired = new HashMap<>();
    for (WatchLog log : logs) {
      Set<String> here = new HashSet<>();
      for (WatchLog.Seen seen : log.seen()) {
        String key = seen.change().key();
        if (seen.change().action().equals("expire")) {
          expired.merge(key, seen.nanos(), Math::min);
          if (!here.add(key)) {
            problems.add("expiry: %s expires twice at member %d".formatted(key, log.member()));
          }
        }
      }
    }
    return expired;
  }
}
