package dev.remora.agent.service;

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

  /** What the registry holds under our lease, as far as we know: value by key. */
  private final TreeMap<String, String> written = new TreeMap<>();

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
  private boolean isDoubted;
  private @Nullable Txn underWay;
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

  /** Whether the registry holds just what is wanted, as far as it is ours to write. */
  public boolean isSettled() {
    return isIdle() && isReported;
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
    if (isAnswer(input)) {
      failures = 0;
      isInterrupted = false;
    }
    switch (input) {
      case Input.Start() -> grant(effects);
      case Input.Wanted(List<OwnRecord> wanted) -> onWanted(wanted, nowMillis, effects);
      case Input.Doubted() -> onDoubted(effects);
      case Input.Tick() -> onTick(nowMillis, effects);
      case Input.Granted(long granted, long ttl) -> onGranted(granted, ttl, nowMillis, effects);
      case Input.Remembered() -> read(effects);
      case Input.KeysRead(List<KeyValue> found) -> onRead(found, nowMillis, effects);
      case Input.LeaseChecked(boolean isAlive) -> onLeaseChecked(isAlive, nowMillis, effects);
      case Input.Written() -> onWritten(nowMillis, effects);
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

  /** Whether the registry or the disk has just answered something usable. */
  private static boolean isAnswer(Input input) {
    return switch (input) {
      case Input.Failed _, Input.Tick _, Input.Wanted _, Input.Doubted _ -> false;
      case Input.Start _,
          Input.Granted _,
          Input.Remembered _,
          Input.KeysRead _,
          Input.LeaseChecked _,
          Input.Written _,
          Input.WriteRefused _,
          Input.Renewed _,
          Input.LeaseGone _ ->
          true;
    };
  }

  private void onWanted(List<OwnRecord> wanted, long nowMillis, List<Effect> effects) {
    records.clear();
    wanted.forEach(record -> records.put(record.key(), record));
    refused.removeIf(key -> !isWanted(key));
    if (isIdle()) {
      writeDifferences(nowMillis, effects);
    }
  }

  private void onDoubted(List<Effect> effects) {
    if (isIdle()) {
      read(effects);
    } else {
      isDoubted = true;
    }
  }

  /** Everything is done, and nothing is awaited but the next renewal. */
  private boolean isIdle() {
    return phase == Phase.HELD && retryAt == 0;
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
    isDoubted = false;
    List<String> keys = new ArrayList<>();
    keys.add(node.key());
    keys.addAll(records.keySet());
    written.keySet().stream()
        .filter(key -> !key.equals(node.key()) && !records.containsKey(key))
        .forEach(keys::add);
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
      if (isWanted(kv.key()) && !mayTake(kv) && !foreign.contains(kv.lease())) {
        phase = Phase.CHECK_LEASE;
        askedLease = kv.lease();
        effects.add(new Effect.CheckLease(askedLease));
        return;
      }
    }
    written.clear();
    found.values().stream()
        .filter(kv -> kv.lease() == lease)
        .forEach(kv -> written.put(kv.key(), kv.value()));
    TreeSet<String> nowRefused = new TreeSet<>();
    records.values().forEach(record -> sort(record, found.get(record.key()), nowRefused, effects));
    sort(node, found.get(node.key()), nowRefused, effects);
    refused.clear();
    refused.addAll(nowRefused);
    queue(found);
    writeNext(nowMillis, effects);
  }

  private boolean isWanted(String key) {
    return key.equals(node.key()) || records.containsKey(key);
  }

  private boolean mayTake(KeyValue kv) {
    return kv.lease() == 0 || leases.contains(kv.lease());
  }

  /** Tells of a record that is somebody else's, or was ours in an earlier life. */
  private void sort(
      OwnRecord record, @Nullable KeyValue found, Set<String> nowRefused, List<Effect> effects) {
    if (found == null) {
      return;
    }
    if (!mayTake(found)) {
      nowRefused.add(record.key());
      if (!refused.contains(record.key())) {
        effects.add(new Effect.Report(new Fact.Refused(record.key(), found.lease())));
      }
    } else if (found.lease() != lease) {
      effects.add(new Effect.Report(new Fact.GhostTaken(record.key(), found.lease())));
    }
  }

  /** Writes what is wanted otherwise than it was written, without a read before. */
  private void writeDifferences(long nowMillis, List<Effect> effects) {
    queue(new TreeMap<>());
    if (!unwritten.isEmpty()) {
      writeNext(nowMillis, effects);
    }
  }

  /**
   * Makes transactions of every difference between what is wanted and what is written. All need the
   * agent's own record, so that the first puts it where it is missing.
   */
  private void queue(SortedMap<String, KeyValue> found) {
    unwritten.clear();
    if (refused.contains(node.key())) {
      return;
    }
    Batch batch = new Batch(node.key(), lease, written, unwritten);
    if (isDifferent(node)) {
      batch.put(node, found.get(node.key()));
    } else {
      batch.guard();
    }
    for (OwnRecord record : records.values()) {
      if (isDifferent(record) && !refused.contains(record.key())) {
        batch.put(record, found.get(record.key()));
      }
    }
    for (String key : written.keySet()) {
      if (!isWanted(key)) {
        batch.delete(key);
      }
    }
    batch.end();
  }

  private boolean isDifferent(OwnRecord record) {
    return !record.value().equals(written.get(record.key()));
  }

  private void onWritten(long nowMillis, List<Effect> effects) {
    Txn done = underWay;
    if (done != null) {
      done.puts().forEach(put -> written.put(put.key(), put.value()));
      done.deletes().forEach(written::remove);
    }
    writeNext(nowMillis, effects);
  }

  private void writeNext(long nowMillis, List<Effect> effects) {
    if (unwritten.isEmpty()) {
      queue(new TreeMap<>()); // Something else may be wanted by now.
    }
    Txn txn = unwritten.poll();
    underWay = txn;
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
    if (!refused.isEmpty() || !isReported || isDoubted || renewals >= RENEWALS_PER_READ) {
      read(effects);
    } else {
      writeNext(nowMillis, effects);
    }
  }

  private void onLeaseGone(List<Effect> effects) {
    effects.add(new Effect.Report(new Fact.LeaseLost(lease)));
    lease = 0;
    isReported = false;
    unwritten.clear();
    written.clear();
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
