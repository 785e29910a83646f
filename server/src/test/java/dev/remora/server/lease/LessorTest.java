package dev.remora.server.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LessorTest {
  private final Lessor lessor = new Lessor();

  @Test
  void aLeaseLivesItsWholeTtlAndNotLonger() {
    lessor.start(7, 10, seconds(100));

    assertThat(lessor.takeExpired(seconds(110) - 1, 9)).isEmpty();
    assertThat(lessor.takeExpired(seconds(110), 9)).containsExactly(7L);
    assertThat(lessor.takeExpired(seconds(111), 9)).as("only once").isEmpty();
  }

  @Test
  void aKeepAliveGivesTheFullTtlAgain() {
    lessor.start(7, 10, seconds(0));

    assertThat(lessor.keepAlive(7, seconds(9))).hasValue(10L);

    assertThat(lessor.takeExpired(seconds(18), 9)).isEmpty();
    assertThat(lessor.remainingSeconds(7, seconds(18))).hasValue(1L);
    assertThat(lessor.takeExpired(seconds(19), 9)).containsExactly(7L);
  }

  @Test
  void aLeaseThatHasRunOutIsNotKeptAlive() {
    lessor.start(7, 10, seconds(0));

    assertThat(lessor.keepAlive(7, seconds(10))).isEmpty();
    assertThat(lessor.takeExpired(seconds(10), 9)).containsExactly(7L);
    assertThat(lessor.keepAlive(7, seconds(10))).isEmpty();
  }

  @Test
  void aRevokedLeaseDoesNotExpire() {
    lessor.start(7, 10, seconds(0));
    lessor.start(8, 20, seconds(0));

    lessor.stop(7);

    assertThat(lessor.nextExpiryNanos()).hasValue(seconds(20));
    assertThat(lessor.takeExpired(seconds(60), 9)).containsExactly(8L);
    assertThat(lessor.remainingSeconds(7, seconds(0))).isEmpty();
  }

  @Test
  void leasesExpireInTheOrderOfTheirTimeAFewAtATime() {
    lessor.start(1, 30, seconds(0));
    lessor.start(2, 10, seconds(0));
    lessor.start(3, 20, seconds(0));

    assertThat(lessor.takeExpired(seconds(60), 2)).containsExactly(2L, 3L);
    assertThat(lessor.takeExpired(seconds(60), 2)).containsExactly(1L);
  }

  @Test
  void aPostponedLeaseComesUpAgainAndStaysRunOut() {
    lessor.start(7, 10, seconds(0));
    lessor.start(8, 10, seconds(0));
    lessor.takeExpired(seconds(10), 9).forEach(id -> lessor.postpone(id, seconds(10)));
    lessor.stop(8);

    assertThat(lessor.keepAlive(7, seconds(10) + 1)).isEmpty();
    assertThat(lessor.takeExpired(seconds(11) - 1, 9)).isEmpty();
    assertThat(lessor.takeExpired(seconds(11), 9)).containsExactly(7L);
    assertThat(lessor.takeExpired(seconds(60), 9)).as("only once").isEmpty();
  }

  @Test
  void theLongestTtlDoesNotOverflow() {
    lessor.start(7, Lease.TTL_MAX_SECONDS, Long.MAX_VALUE - seconds(5));

    assertThat(lessor.takeExpired(Long.MAX_VALUE - 1, 9)).isEmpty();
  }

  private static long seconds(long count) {
    return Duration.ofSeconds(count).toNanos();
  }
}
