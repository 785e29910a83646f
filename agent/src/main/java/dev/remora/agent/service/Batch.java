package dev.remora.agent.service;

import dev.remora.agent.service.Txn.Compare;
import dev.remora.agent.service.Txn.Put;
import dev.remora.agent.view.KeyValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills transactions with puts and deletes, as many as go into one. Each relies on the agent's own
 * record being under our lease, or puts it; {@link #guard} or a put of it comes first.
 */
final class Batch {
  private final String node;
  private final long lease;
  private final Map<String, String> written;
  private final Collection<Txn> full;

  private final List<Compare> compares = new ArrayList<>();
  private final List<Put> puts = new ArrayList<>();
  private final List<String> deletes = new ArrayList<>();

  /**
   * Begins with nothing.
   *
   * @param node key of the agent's own record
   * @param written what is under our lease already
   * @param full gets each transaction that is complete
   */
  Batch(String node, long lease, Map<String, String> written, Collection<Txn> full) {
    this.node = node;
    this.lease = lease;
    this.written = written;
    this.full = full;
  }

  void guard() {
    compares.add(new Compare.Lease(node, lease));
  }

  void put(OwnRecord record, @Nullable KeyValue found) {
    makeRoom();
    compares.add(unchanged(record.key(), found));
    puts.add(new Put(record.key(), record.value(), lease));
  }

  void delete(String key) {
    makeRoom();
    compares.add(new Compare.Lease(key, lease));
    deletes.add(key);
  }

  /** Completes the last one. */
  void end() {
    if (!puts.isEmpty() || !deletes.isEmpty()) {
      full.add(new Txn(compares, puts, deletes));
    }
    compares.clear();
    puts.clear();
    deletes.clear();
  }

  private void makeRoom() {
    if (puts.size() + deletes.size() == Txn.PUTS_MAX) {
      end();
      guard();
    }
  }

  /** What the put relies on: still absent, or still under the lease that may be taken over. */
  private Compare unchanged(String key, @Nullable KeyValue found) {
    if (written.containsKey(key)) {
      return new Compare.Lease(key, lease);
    }
    return found == null || found.lease() == 0
        ? new Compare.ModRevision(key, found == null ? 0 : found.modRevision())
        : new Compare.Lease(key, found.lease());
  }
}
