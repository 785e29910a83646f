package dev.remora.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each duration is counted below the first bound that it does not pass. */
final class ForceTimesTest {
  private final ForceTimes times = new ForceTimes();

  @Test
  void theBoundsAreThoseOfEtcd() {
    assertThat(ForceTimes.bounds())
        .startsWith(0.001, 0.002, 0.004)
        .endsWith(4.096, 8.192, Double.POSITIVE_INFINITY)
        .hasSize(15);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0",
    "0, 0",
    "999999, 0",
    "1000000, 0",
    "1000001, 1",
    "2000000, 1",
    "2000001, 2",
    "4000000, 2",
    "4000001, 3",
    "8192000000, 13",
    "8192000001, 14",
    "9223372036854775807, 14"
  })
  void aDurationIsInOneBucket(long nanos, int bucket) {
    times.add(nanos);

    List<Long> counts = times.counts();
    assertThat(counts.get(bucket)).isEqualTo(1);
    assertThat(counts.stream().mapToLong(count -> count).sum()).isEqualTo(1);
  }

  @Test
  void theSumIsInSeconds() {
    times.add(1_500_000_000);
    times.add(250_000_000);

    assertThat(times.sumSeconds()).isCloseTo(1.75, within(1e-9));
  }
}
