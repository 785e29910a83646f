package dev.remora.torture.check;

import dev.remora.torture.client.Call;
import dev.remora.torture.watch.WatchLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All checks of a run that is over. */
public final class Checks {
  private Checks() {}

  /**
   * What a run has left.
   *
   * @param calls by the time of their end
   * @param keys what v2's watchers saw, one a member
   * @param ranges what v3's watchers saw, one a member
   * @param logs the members' own logs
   * @param isTimeTrue whether no clock was turned; v2's times to live are absolute times, v3's
   *     leases have nothing to do with it
   */
  public record Evidence(
      List<Call> calls,
      List<WatchLog> keys,
      List<WatchLog> ranges,
      List<Path> logs,
      boolean isTimeTrue) {
    public Evidence {
      calls = List.copyOf(calls);
      keys = List.copyOf(keys);
      ranges = List.copyOf(ranges);
      logs = List.copyOf(logs);
    }
  }

  /** The problems that each check has found, by its name; an empty list is a good verdict. */
  public static Map<String, List<String>> run(Evidence evidence) {
    List<Call> calls = evidence.calls();
    CanonicalLog keys = CanonicalLog.of(evidence.keys());
    CanonicalLog ranges = CanonicalLog.of(evidence.ranges());
    Map<String, List<String>> verdicts = new LinkedHashMap<>();
    verdicts.put("registers are linearizable", RegisterCheck.check(calls));
    verdicts.put(
        "v2 answers fit the index order", IndexOrder.check("v2", keys, new KeysDoor(), calls));
    verdicts.put(
        "v3 answers fit the revisions", IndexOrder.check("v3", ranges, new TxnDoor(), calls));
    verdicts.put("sets are whole and in order", SetCheck.check(calls));
    verdicts.put("v2 watches agree, without a gap", keys.problems());
    verdicts.put("v3 watches agree, without a gap", ranges.problems());
    verdicts.put(
        "keys expire once and in time",
        ExpiryCheck.check(calls, evidence.keys(), evidence.isTimeTrue()));
    verdicts.put(
        "lock and fence hold", LockCheck.check(calls, ranges.changes(), evidence.ranges()));
    verdicts.put("the bank's sum stays", BankCheck.check(calls));
    verdicts.put("logs show no bug", LogScan.check(evidence.logs()));
    return verdicts;
  }
}
