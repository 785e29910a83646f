package dev.remora.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A thousand agents whose registry was away: their cores, one made-up clock. */
final class HerdTest {
  private static final int AGENTS = 1_000;
  private static final long TTL = 30_000;
  private static final long BACK_AT = 120_000;

  private final TreeMap<Long, List<Runnable>> agenda = new TreeMap<>();

  /** Requests a second, from the return of the registry on. */
  private final TreeMap<Long, Integer> requests = new TreeMap<>();

  private long now;

  @Test
  void aRegistryThatComesBackIsNotRunOverAndHasEverythingSoon() {
    List<Registration> all = new ArrayList<>();
    for (int i = 0; i < AGENTS; i++) {
      Registration agent =
          new Registration(
              new OwnRecord("/nodes/" + i, "{}"),
              List.of(new OwnRecord("/services/web/" + i, "{}")),
              TTL,
              List.of(),
              new SplittableRandom(i));
      all.add(agent);
      feed(agent, new Input.Start());
    }
    long whole = -1;
    while (now < BACK_AT + TTL) {
      var next = agenda.pollFirstEntry();
      now = next.getKey();
      next.getValue().forEach(Runnable::run);
      if (whole < 0 && now > BACK_AT && all.stream().allMatch(Registration::isSettled)) {
        whole = now;
      }
    }

    int peak = requests.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    System.out.printf(
        "%d agents after %d s without a registry: all registered after %d ms, at most %d requests"
            + " a second%n",
        AGENTS, BACK_AT / 1000, whole - BACK_AT, peak);
    assertThat(whole - BACK_AT).isBetween(0L, 5_000L);
    // Each needs four: grant, read, write, and one that failed before.
    assertThat(peak).isLessThan(AGENTS * 4 / 2);
  }

  private void at(long millis, Runnable what) {
    agenda.computeIfAbsent(millis, _ -> new ArrayList<>()).add(what);
  }

  private void feed(Registration agent, Input input) {
    for (Effect effect : agent.step(input, now)) {
      if (!(effect instanceof Effect.Report)) {
        if (now >= BACK_AT && !(effect instanceof Effect.Remember)) {
          requests.merge(now / 1000, 1, Integer::sum);
        }
        at(now + 2, () -> feed(agent, answer(effect)));
      }
    }
    agent.nextDeadline().ifPresent(due -> at(Math.max(now + 1, due), () -> tick(agent, due)));
  }

  /** A deadline that has moved is not due. */
  private void tick(Registration agent, long due) {
    if (agent.nextDeadline().orElse(-1) == due) {
      feed(agent, new Input.Tick());
    }
  }

  private Input answer(Effect effect) {
    boolean isRemote = !(effect instanceof Effect.Remember);
    if (isRemote && now < BACK_AT) {
      return new Input.Failed("away");
    }
    return switch (effect) {
      case Effect.Grant(long ttl) -> new Input.Granted(now + 1, ttl);
      case Effect.Remember _ -> new Input.Remembered();
      case Effect.Read _ -> new Input.KeysRead(List.of());
      case Effect.CheckLease _ -> new Input.LeaseChecked(false);
      case Effect.Write _ -> new Input.Written();
      case Effect.Renew _ -> new Input.Renewed();
      case Effect.Report _ -> throw new IllegalStateException("a report is not answered");
    };
  }
}
