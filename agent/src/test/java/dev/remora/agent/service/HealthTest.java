package dev.remora.agent.service;

import static dev.remora.agent.service.CheckStatus.CRITICAL;
import static dev.remora.agent.service.CheckStatus.PASSING;
import static dev.remora.agent.service.CheckStatus.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HealthTest {
  private static final Probe TCP = new Probe.Tcp("127.0.0.1", 1, Probe.Tls.OFF);
  private static final CheckSpec PLAIN = new CheckSpec(TCP, 1_000, 100, 1, 1, 1, CRITICAL);
  private static final Instance WEB =
      new Instance(
          "web",
          "web-1",
          "10.0.0.1",
          80,
          List.of(),
          Map.of(),
          1,
          1,
          Instance.Status.PASSING,
          "n",
          "");

  @Test
  void withoutChecksItPasses() {
    assertThat(status(health(), 0)).isEqualTo("passing");
  }

  @Test
  void theFirstResultCountsAtOnceWhateverTheThresholds() {
    CheckSpec slow = new CheckSpec(TCP, 1_000, 100, 3, 3, 3, CRITICAL);
    Health good = health(slow);
    Health bad = health(slow);

    assertThat(status(good, 0)).isEqualTo("critical");
    good.found(0, PASSING, "", 1);
    bad.found(0, CRITICAL, "", 1);

    assertThat(status(good, 1)).isEqualTo("passing");
    assertThat(status(bad, 1)).isEqualTo("critical");
  }

  @Test
  void laterChangesTakeAsManyEqualResultsInARow() {
    Health health = health(new CheckSpec(TCP, 1_000, 100, 2, 3, 3, CRITICAL));
    List<String> seen = new ArrayList<>();

    for (CheckStatus result :
        List.of(
            PASSING, CRITICAL, CRITICAL, PASSING, CRITICAL, CRITICAL, CRITICAL, WARNING, CRITICAL,
            WARNING, PASSING)) {
      health.found(0, result, "", 0);
      seen.add(status(health, 0));
    }

    assertThat(seen)
        .containsExactly(
            "passing",
            "passing",
            "passing",
            "passing",
            "passing",
            "passing",
            "critical",
            "critical",
            "critical",
            "critical",
            "passing");
  }

  @Test
  void fewerFailuresCanWarnBeforeMoreAreCritical() {
    Health health = health(new CheckSpec(TCP, 1_000, 100, 1, 2, 4, CRITICAL));
    health.found(0, PASSING, "", 0);
    List<String> seen = new ArrayList<>();

    for (int i = 0; i < 4; i++) {
      health.found(0, CRITICAL, "", 0);
      seen.add(status(health, 0));
    }

    assertThat(seen).containsExactly("passing", "warning", "warning", "critical");
  }

  @Test
  void theWorstOfSeveralChecksIsShown() {
    Health health = health(PLAIN, PLAIN);
    health.found(0, PASSING, "", 0);
    assertThat(status(health, 0)).isEqualTo("critical");

    health.found(1, WARNING, "", 0);

    assertThat(status(health, 0)).isEqualTo("warning");
  }

  @Test
  void aFlappingCheckChangesTheStatusAtMostOnceADampingPeriod() {
    Health health = health(PLAIN);
    health.found(0, PASSING, "", 0);
    List<Long> changes = new ArrayList<>();
    String last = status(health, 0);

    // Bad for 5 s, good for 5 s, for an hour.
    for (long now = 5_000; now < 3_600_000; now += 5_000) {
      health.found(0, now % 10_000 == 0 ? PASSING : CRITICAL, "", now);
      if (!status(health, now).equals(last)) {
        last = status(health, now);
        changes.add(now);
      }
    }

    assertThat(changes).as("before the hold begins").hasSizeLessThanOrEqualTo(3);
    assertThat(last).isEqualTo("critical");
    assertThat(health.shown(3_600_000).reason()).startsWith("flapping: penalty");
  }

  @Test
  void aHoldEndsOnceThePenaltyHasDecayedAndTheChecksStayedGood() {
    Health health = flapped();
    assertThat(health.shown(4_000).status()).isEqualTo(Instance.Status.CRITICAL);
    long due = health.nextDeadline().orElseThrow();

    // From about 4 down to 1 are two half-lives.
    assertThat(due).isBetween(100_000L, 130_000L);
    assertThat(health.shown(due - 1_000).status()).isEqualTo(Instance.Status.CRITICAL);
    assertThat(health.shown(due)).isEqualTo(new Health.Shown(Instance.Status.PASSING, true, ""));
    assertThat(health.nextDeadline()).isEmpty();
  }

  @Test
  void aHoldHasAnEndHoweverLongItFlapped() {
    Health health = health(PLAIN);
    for (long now = 0; now < 3_600_000; now += 100) {
      health.found(0, now % 200 == 0 ? PASSING : CRITICAL, "", now);
    }
    health.found(0, PASSING, "", 3_600_000);

    assertThat(health.nextDeadline().orElseThrow()).isLessThan(3_600_000 + 240_000);
  }

  @Test
  void aHeldInstanceIsNeverShownBetterThanItsChecks() {
    Health health = health(PLAIN);
    for (CheckStatus each : List.of(PASSING, WARNING, PASSING, WARNING, PASSING, WARNING)) {
      health.found(0, each, "", 0);
    }
    assertThat(status(health, 0)).isEqualTo("warning");

    health.found(0, CRITICAL, "", 1_000);

    assertThat(status(health, 1_000)).isEqualTo("critical");
  }

  @Test
  void whoIsCriticalForTooLongIsTakenOutAndComesBackWhenBetter() {
    Health health =
        new Health(new ServiceSpec(WEB, List.of(PLAIN), Damping.DEFAULT, 60_000), 1_000);
    assertThat(health.nextDeadline()).hasValue(61_000);
    assertThat(health.shown(60_999).isRegistered()).isTrue();
    assertThat(health.shown(61_000).isRegistered()).isFalse();
    assertThat(health.nextDeadline()).isEmpty();

    health.found(0, PASSING, "", 70_000);

    assertThat(health.shown(70_000)).isEqualTo(new Health.Shown(Instance.Status.PASSING, true, ""));
  }

  @Test
  void anApplicationThatStopsReportingIsCriticalAtOnce() {
    Health health = health(new CheckSpec(new Probe.Ttl(5_000), 0, 0, 1, 3, 3, CRITICAL));
    health.found(0, PASSING, "fine", 1_000);
    assertThat(health.nextDeadline()).hasValue(6_000);
    assertThat(status(health, 5_999)).isEqualTo("passing");

    assertThat(status(health, 6_000)).isEqualTo("critical");

    assertThat(health.checks().getFirst().reason())
        .isEqualTo("no report for 5000 ms; the last one: fine");
    assertThat(health.nextDeadline()).isEmpty();
    health.found(0, PASSING, "fine", 7_000);
    assertThat(status(health, 7_000)).isEqualTo("passing");
  }

  @Test
  void whatAnEarlierLifeShowedStandsUntilTheFirstResult() {
    Health health = health(PLAIN);
    health.adopt(PASSING, 0);
    assertThat(status(health, 0)).isEqualTo("passing");

    health.found(0, CRITICAL, "", 1);
    health.adopt(PASSING, 2);

    assertThat(status(health, 2)).isEqualTo("critical");
  }

  @Test
  void maintenanceAndDrainingStandAboveTheChecks() {
    Health health = health(PLAIN);
    health.found(0, PASSING, "", 0);

    health.maintain("new disk");
    assertThat(health.shown(0))
        .isEqualTo(new Health.Shown(Instance.Status.MAINTENANCE, true, "new disk"));
    health.maintain(null);
    assertThat(status(health, 0)).isEqualTo("passing");
    health.drain();
    health.maintain("too late");
    assertThat(status(health, 0)).isEqualTo("draining");
  }

  /** Has gone up and down four times in as many seconds, and is well again. */
  private static Health flapped() {
    Health health = health(PLAIN);
    health.found(0, PASSING, "", 0);
    for (int second = 1; second <= 4; second++) {
      health.found(0, second % 2 == 0 ? PASSING : CRITICAL, "", second * 1_000L);
    }
    return health;
  }

  private static Health health(CheckSpec... checks) {
    return new Health(new ServiceSpec(WEB, List.of(checks), Damping.DEFAULT, ServiceSpec.NEVER), 0);
  }

  private static String status(Health health, long now) {
    return health.shown(now).status().text();
  }
}
