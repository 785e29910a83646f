package dev.remora.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs seeds of the simulation. {@code -Dsimulation.seeds=…}, {@code -Dsimulation.minutes=…} for
 * more, {@code -Dsimulation.seed=…} for one; {@link SimulationMain} does the same without a test's
 * bounds.
 */
final class SimulationTest {
  private static final long SEEDS = Long.getLong("simulation.seeds", 1_000);

  /** For each kind; what a busy machine does not reach, the next run may. */
  private static final long MILLIS_MAX = Long.getLong("simulation.minutes", 0) * 60_000;

  private static final long USUAL_MILLIS_MAX = 40_000;

  /** A run of so many seeds must have reached every mark. */
  private static final long SEEDS_FOR_ALL_MARKS = 10_000;

  @BeforeAll
  static void quiet() {
    SimulationMain.quiet();
  }

  @ParameterizedTest
  @EnumSource
  void everyInvariantHoldsAfterEveryEventAndTheGroupRecovers(Kind kind) {
    Long one = Long.getLong("simulation.seed");
    Seeds seeds = new Seeds(kind, Group.Watching.CHECKED);

    Seeds.Result result =
        one == null ? seeds.run(0, SEEDS, millisMax()) : seeds.run(one, 1, millisMax());

    System.out.println(kind + ": " + result.report());
    for (Simulation.Outcome failure : result.failures()) {
      assertThat(failure.violation()).as(() -> explain(seeds, failure)).isNull();
    }
    if (result.count() >= SEEDS_FOR_ALL_MARKS) {
      assertThat(result.marks().missing(kind)).as("situations that were never reached").isEmpty();
    }
  }

  private static long millisMax() {
    return MILLIS_MAX == 0 ? USUAL_MILLIS_MAX : MILLIS_MAX;
  }

  private static String explain(Seeds seeds, Simulation.Outcome failure) {
    Seeds.Shrunk shrunk = seeds.shrink(failure.seed());
    return """
    seed %d: %s
    again: -Dsimulation.seed=%d
    enough are the faults %s; then the last that happened is:
    %s\
    """
        .formatted(
            failure.seed(),
            failure.violation(),
            failure.seed(),
            shrunk.faults(),
            String.join("\n", shrunk.outcome().lines()));
  }

  @Test
  void aSeedIsOneHistoryInEveryProcess() throws Exception {
    List<Long> here = TraceHashes.of(0, 20);

    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TraceHashes.class.getName(),
                "0",
                "20")
            .redirectError(new File("/dev/null"))
            .start();
    String there = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(there.lines().map(Long::valueOf).toList()).isEqualTo(here);
    assertThat(here).as("of different seeds").doesNotHaveDuplicates();
  }

  @Test
  void aFailingSeedIsShrunkToTheFaultsThatMatter() {
    Seeds seeds = new Seeds(Kind.CORE, Bug.RETRIED_FORCE::seams, Group.Watching.CHECKED);
    long failing = 0;
    while (seeds.run(failing).violation() == null) {
      failing++;
    }

    Seeds.Shrunk shrunk = seeds.shrink(failing);

    assertThat(shrunk.outcome().violation()).isNotNull();
    assertThat(shrunk.faults().size()).isLessThan(seeds.plan(failing).size() / 3);
    assertThat(String.join("\n", shrunk.outcome().lines())).contains("FAIL_FORCE");
  }

  /** A lease needs clocks that go alike and no pauses, but no wall clock. */
  @Test
  void readsByALeaseSurviveAJumpingWallClock() {
    Seeds seeds = new Seeds(Kind.CORE, () -> new LeaseSeams(null), Group.Watching.CHECKED);

    Seeds.Result result = seeds.run(0, 50, millisMax());

    assertThat(result.failures()).extracting(Simulation.Outcome::violation).isEmpty();
  }
}
