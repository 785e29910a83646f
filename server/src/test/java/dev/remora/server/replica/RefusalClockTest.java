package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RefusalClockTest {
  private static final long SECOND = 1_000_000_000;

  private final RefusalClock clock = new RefusalClock(Duration.ofSeconds(15));

  @Test
  void whoIsRefusedAgainAndAgainIsRefusedForGoodAtLast() {
    for (long second = 0; second <= 15; second++) {
      assertThat(clock.refused(7, -100 * SECOND + second * SECOND)).isFalse();
    }

    assertThat(clock.refused(7, -100 * SECOND + 16 * SECOND)).isTrue();
    assertThat(clock.refused(8, -100 * SECOND + 16 * SECOND)).as("by another").isFalse();
  }

  @Test
  void aWelcomeBetweenBeginsTheTimeAnew() {
    clock.refused(7, 0);
    clock.welcomed(7);

    assertThat(clock.refused(7, 10 * SECOND)).isFalse();
    assertThat(clock.refused(7, 20 * SECOND)).isFalse();
    assertThat(clock.refused(7, 26 * SECOND)).isTrue();
  }

  @Test
  void aRefusalOfLongAgoDoesNotCount() {
    clock.refused(7, 0);

    assertThat(clock.refused(7, 3_600 * SECOND)).isFalse();
  }
}
