package dev.remora.agent.service;

import dev.remora.agent.service.Txn.Compare;
import dev.remora.agent.service.Txn.Put;
import dev.remora.agent.view.KeyValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an agent's records in the registry under one lease.
 *
 * <p>A round is: grant a lease, remember its id, read our keys, put what differs. Then the lease is
 * renewed at a third of its time to live; when it is lost, a new round begins. Every put is
 * guarded: a record is only written over if it is absent, ours, without a lease, or a ghost, that
 * is under a lease this agent remembers from an earlier life. One under any other living lease is
 * left alone, reported, and looked at again later. All records but the agent's own need the agent's
 * own, so that of two agents with one name only one registers anything.
 *
 * <p>Not thread-safe; single writer.
 */
public final class Registration {
  private static final int LEASES_REMEMBERED_MAX = 16;
  private static final long BACK_OFF_MIN_MILLIS = 100;
  private static final long BACK_OFF_MAX_MILLIS = 3_000;

  /** Records are read again this many renewals after they were put, to mend what others changed. */
  private static final int RENEWALS_PER_READ = 10;

  /** What is awaited. */
  private enum Phase {
    IDLE,
    GRANT,
    REMEMBER,
    READ,
    CHECK_LEASE,
    WRITE,
    RENEW,
    HELD
  }

  private final OwnRecord node;
  private final TreeMap<String, OwnRecord> records = new TreeMap<>();
  private final long ttlMillis;
  private final RandomGenerator random;

  private final ArrayDeque<Long> leases = new ArrayDeque<>();
  private final ArrayDeque<Txn> unwritten = new ArrayDeque<>();

  /** Leases of others that were found alive in this round. */
  private final TreeSet<Long> foreign = new TreeSet<>();

  /** What was refused and reported, so that it is reported once. */
  private final TreeSet<String> refused = new TreeSet<>();

  private Phase phase = Phase.IDLE;
  private long lease;
  private long grantedMillis;
  private long renewAt;
  private long retryAt;
  private long askedLease;
  private int failures;
  private int renewals;
  private boolean isInterrupted;
  private boolean isReported;
  private @Nullable SortedMap<String, KeyValue> read;

  /**
   * Makes a registration that has not begun.
   *
   * @param node the record of the agent itself, which guards the others
   * @param leases ids remembered from earlier lives, oldest first
   */
  public Registration(
      OwnRecord node,
      List<OwnRecord> services,
      long ttlMillis,
      List<Long> leases,
      RandomGenerator random) {
    this.node = node;
    this.ttlMillis = ttlMillis;
    this.random = random;
    this.leases.addAll(leases);
    services.forEach(record -> records.put(record.key(), record));
  }

  /** The lease that the records live under, or 0 if there is none now. */
  public long lease() {
    return lease;
  }

  /** Whether everything that is not refused is in the registry. */
  public boolean isRegistered() {
    return isReported;
  }

  /** When to feed the next {@link Input.Tick}; empty while an effect is outstanding. */
  public OptionalLong nextDeadline() {
    if (retryAt > 0) {
      return OptionalLong.of(retryAt);
    }
    return phase == Phase.HELD ? OptionalLong.of(renewAt) : OptionalLong.empty();
  }

  /** Takes one input and returns what it calls for. */
  public List<Effect> step(Input input, long nowMillis) {
    List<Effect> effects = new ArrayList<>();
    if (!(input instanceof Input.Failed || input instanceof Input.Tick)) {
      failures = 0;
      isInterrupted = false;
    }
    switch (input) {
      case Input.Start() -> grant(effects);
      case Input.Tick() -> onTick(nowMillis, effects);
      case Input.Granted(long granted, long ttl) -> onGranted(granted, ttl, nowMillis, effects);
      case Input.Remembered() -> read(effects);
      case Input.KeysRead(List<KeyValue> found) -> onRead(found, nowMillis, effects);
      case Input.LeaseChecked(boolean isAlive) -> onLeaseChecked(isAlive, nowMillis, effects);
      case Input.Written() -> writeNext(nowMillis, effects);
      case Input.WriteRefused() -> {
        phase = Phase.READ;
        retryAt = nowMillis + backOff();
      }
      case Input.Renewed() -> onRenewed(nowMillis, effects);
      case Input.LeaseGone() -> onLeaseGone(effects);
      case Input.Failed(String reason) -> onFailed(reason, nowMillis, effects);
    }
    return List.copyOf(effects);
  }

  private void grant(List<Effect> effects) {
    phase = Phase.GRANT;
    effects.add(new Effect.Grant(ttlMillis));
  }

  private void onGranted(long granted, long ttl, long nowMillis, List<Effect> effects) {
    lease = granted;
    grantedMillis = ttl;
    scheduleRenewal(nowMillis);
    leases.addLast(granted);
    while (leases.size() > LEASES_REMEMBERED_MAX) {
      leases.removeFirst();
    }
    remember(effects);
  }

  private void remember(List<Effect> effects) {
    phase = Phase.REMEMBER;
    effects.add(new Effect.Remember(List.copyOf(leases)));
  }

  private void read(List<Effect> effects) {
    phase = Phase.READ;
    foreign.clear();
    renewals = 0;
    List<String> keys = new ArrayList<>();
    keys.add(node.key());
    keys.addAll(records.keySet());
    effects.add(new Effect.Read(keys));
  }

  private void onRead(List<KeyValue> found, long nowMillis, List<Effect> effects) {
    TreeMap<String, KeyValue> byKey = new TreeMap<>();
    found.forEach(kv -> byKey.put(kv.key(), kv));
    read = byKey;
    plan(byKey, nowMillis, effects);
  }

  private void onLeaseChecked(boolean isAlive, long nowMillis, List<Effect> effects) {
    if (isAlive && read != null) {
      foreign.add(askedLease);
      plan(read, nowMillis, effects);
    } else {
      read(effects); // It ended meanwhile, and its records with it.
    }
  }

  /** Decides about each record, and begins to write those that differ. */
  private void plan(SortedMap<String, KeyValue> found, long nowMillis, List<Effect> effects) {
    for (KeyValue kv : found.values()) {
      if (!mayTake(kv) && !foreign.contains(kv.lease())) {
        phase = Phase.CHECK_LEASE;
        askedLease = kv.lease();
        effects.add(new Effect.CheckLease(askedLease));
        return;
      }
    }
    unwritten.clear();
    TreeSet<String> nowRefused = new TreeSet<>();
    List<OwnRecord> different = new ArrayList<>();
    for (OwnRecord record : records.values()) {
      sort(record, found.get(record.key()), nowRefused, different, effects);
    }
    List<OwnRecord> nodeIfDifferent = new ArrayList<>();
    sort(node, found.get(node.key()), nowRefused, nodeIfDifferent, effects);
    refused.clear();
    refused.addAll(nowRefused);
    if (!refused.contains(node.key())) {
      queue(different, !nodeIfDifferent.isEmpty(), found);
    }
    writeNext(nowMillis, effects);
  }

  private boolean mayTake(KeyValue kv) {
    return kv.lease() == 0 || leases.contains(kv.lease());
  }

  private void sort(
      OwnRecord record,
      @Nullable KeyValue found,
      Set<String> nowRefused,
      List<OwnRecord> different,
      List<Effect> effects) {
    if (found != null && !mayTake(found)) {
      nowRefused.add(record.key());
      if (!refused.contains(record.key())) {
        effects.add(new Effect.Report(new Fact.Refused(record.key(), found.lease())));
      }
      return;
    }
    boolean isSame =
        found != null && found.lease() == lease && found.value().equals(record.value());
    if (!isSame) {
      different.add(record);
    }
    if (found != null && found.lease() != lease) {
      effects.add(new Effect.Report(new Fact.GhostTaken(record.key(), found.lease())));
    }
  }

  private void queue(
      List<OwnRecord> different, boolean putsNode, SortedMap<String, KeyValue> found) {
    List<Compare> compares = new ArrayList<>();
    List<Put> puts = new ArrayList<>();
    if (putsNode) {
      compares.add(unchanged(node, found));
      puts.add(new Put(node.key(), node.value(), lease));
    } else {
      compares.add(new Compare.Lease(node.key(), lease));
    }
    for (OwnRecord record : different) {
      if (puts.size() == Txn.PUTS_MAX) {
        unwritten.add(new Txn(compares, puts));
        puts.clear();
        compares.clear();
        compares.add(new Compare.Lease(node.key(), lease));
      }
      compares.add(unchanged(record, found));
      puts.add(new Put(record.key(), record.value(), lease));
    }
    if (!puts.isEmpty()) {
      unwritten.add(new Txn(compares, puts));
    }
  }

  /** What the put relies on: still absent, or still under the lease that may be taken over. */
  private static Compare unchanged(OwnRecord record, SortedMap<String, KeyValue> found) {
    KeyValue kv = found.get(record.key());
    return kv == null || kv.lease() == 0
        ? new Compare.ModRevision(record.key(), kv == null ? 0 : kv.modRevision())
        : new Compare.Lease(record.key(), kv.lease());
  }

  private void writeNext(long nowMillis, List<Effect> effects) {
    Txn txn = unwritten.poll();
    if (txn != null) {
      phase = Phase.WRITE;
      effects.add(new Effect.Write(txn));
      return;
    }
    phase = Phase.HELD;
    read = null;
    if (!isReported && !refused.contains(node.key())) {
      isReported = true;
      int count = 1 + records.size() - refused.size();
      effects.add(new Effect.Report(new Fact.Registered(lease, count)));
    }
    if (nowMillis >= renewAt) {
      renew(effects);
    }
  }

  private void onTick(long nowMillis, List<Effect> effects) {
    if (retryAt > 0) {
      if (nowMillis >= retryAt) {
        retryAt = 0;
        boolean isUsable = phase != Phase.GRANT && phase != Phase.REMEMBER;
        if (isUsable && nowMillis >= renewAt) {
          renew(effects); // First things first; a round that is not finished is read again after.
        } else {
          retry(effects);
        }
      }
    } else if (phase == Phase.HELD && nowMillis >= renewAt) {
      renew(effects);
    }
  }

  private void renew(List<Effect> effects) {
    phase = Phase.RENEW;
    effects.add(new Effect.Renew(lease));
  }

  private void onRenewed(long nowMillis, List<Effect> effects) {
    scheduleRenewal(nowMillis);
    renewals++;
    if (!refused.isEmpty() || !isReported || renewals >= RENEWALS_PER_READ) {
      read(effects);
    } else {
      phase = Phase.HELD;
    }
  }

  private void onLeaseGone(List<Effect> effects) {
    effects.add(new Effect.Report(new Fact.LeaseLost(lease)));
    lease = 0;
    isReported = false;
    unwritten.clear();
    grant(effects);
  }

  private void onFailed(String reason, long nowMillis, List<Effect> effects) {
    if (!isInterrupted) {
      isInterrupted = true;
      effects.add(new Effect.Report(new Fact.Interrupted(reason)));
    }
    retryAt = nowMillis + backOff();
  }

  /** Does again what failed; a write is planned anew, since it may have been made. */
  private void retry(List<Effect> effects) {
    switch (phase) {
      case IDLE, HELD -> {}
      case GRANT -> grant(effects);
      case REMEMBER -> remember(effects);
      case READ, CHECK_LEASE, WRITE -> read(effects);
      case RENEW -> renew(effects);
    }
  }

  /** A third of the time to live, less or more a tenth of it. */
  private void scheduleRenewal(long nowMillis) {
    long third = Math.max(grantedMillis / 3, 1);
    renewAt = nowMillis + third - third / 10 + random.nextLong(Math.max(third / 5, 1));
  }

  /** Full jitter: anything up to a bound that doubles. */
  private long backOff() {
    long bound =
        Math.min(BACK_OFF_MAX_MILLIS, BACK_OFF_MIN_MILLIS << Math.min(failures, Byte.SIZE));
    failures++;
    return 1 + random.nextLong(bound);
  }
}
