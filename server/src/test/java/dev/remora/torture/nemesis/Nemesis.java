package dev.remora.torture.nemesis;

import dev.remora.torture.client.History;
import dev.remora.torture.cluster.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Strikes, waits, heals and sees that the cluster recovers, again and again; each kind of fault as
 * often as the others. For one thread; {@link #strikes} from any.
 */
public final class Nemesis {
  private static final Duration RECOVERY_MAX = Duration.ofSeconds(60);
  private static final int HOLD_MILLIS_LEAST = 1_000;
  private static final int HOLD_MILLIS_MAX = 5_000;
  private static final int CALM_MILLIS_MAX = 2_500;

  private final Cluster cluster;
  private final History history;
  private final Random random;
  private final List<FaultKind> kinds;
  private final List<FaultKind> next = new ArrayList<>();
  private final List<Strike> strikes = Collections.synchronizedList(new ArrayList<>());
  private final List<String> problems = new ArrayList<>();

  /** Of these kinds, those that can be made here are used. */
  public Nemesis(Cluster cluster, History history, List<FaultKind> kinds, Random random) {
    this.cluster = cluster;
    this.history = history;
    this.random = random;
    this.kinds = kinds.stream().filter(kind -> kind.fault().isPossible(cluster)).toList();
  }

  /** The kinds that are used. */
  public List<FaultKind> kinds() {
    return kinds;
  }

  /** Strikes until this time, by {@link System#nanoTime}; everything is healed at the end. */
  public void run(long endNanos) throws InterruptedException {
    while (System.nanoTime() < endNanos && problems.isEmpty() && !kinds.isEmpty()) {
      if (next.isEmpty()) {
        next.addAll(kinds);
        Collections.shuffle(next, random);
      }
      strike(next.removeLast());
      Thread.sleep(random.nextInt(CALM_MILLIS_MAX));
    }
  }

  private void strike(FaultKind kind) throws InterruptedException {
    long struck = System.nanoTime();
    Fault.Blow blow;
    try {
      blow = kind.fault().strike(cluster, random);
    } catch (IllegalStateException e) {
      problems.add("%s: %s".formatted(kind.label(), e.getMessage()));
      return;
    }
    blow.problems().forEach(problem -> problems.add(kind.label() + ": " + problem));
    Thread.sleep(random.nextInt(HOLD_MILLIS_LEAST, HOLD_MILLIS_MAX));
    try {
      blow.heal().run();
    } catch (IllegalStateException e) {
      problems.add("%s of %s: %s".formatted(kind.label(), blow.detail(), e.getMessage()));
    }
    long healed = System.nanoTime();
    if (!awaitWriteAfter(healed)) {
      problems.add(
          "%s of %s: no write within %s after it was healed"
              .formatted(kind.label(), blow.detail(), RECOVERY_MAX));
    }
    strikes.add(new Strike(kind, blow.detail(), struck, healed, history.lastWriteNanos()));
    awaitAll(kind, blow);
  }

  private boolean awaitWriteAfter(long nanos) throws InterruptedException {
    while (history.lastWriteNanos() < nanos) {
      if (System.nanoTime() - nanos > RECOVERY_MAX.toNanos()) {
        return false;
      }
      Thread.sleep(5);
    }
    return true;
  }

  /** The next blow shall not meet what this one has left. */
  private void awaitAll(FaultKind kind, Fault.Blow blow) {
    try {
      cluster.awaitServing(RECOVERY_MAX);
    } catch (IllegalStateException e) {
      problems.add("%s of %s: %s".formatted(kind.label(), blow.detail(), e.getMessage()));
    }
  }

  /** What was done so far. */
  public List<Strike> strikes() {
    synchronized (strikes) {
      return List.copyOf(strikes);
    }
  }

  /** What members did that they must not do; the run ends with the first. */
  public List<String> problems() {
    return List.copyOf(problems);
  }
}
