package dev.remora.server.raft.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class InflightsTest {
  @Test
  void theWindowIsFullByCount() {
    Inflights inflights = new Inflights(2, 0);
    inflights.add(1, 1_000);
    assertThat(inflights.isFull()).isFalse();
    inflights.add(2, 1_000);

    assertThat(inflights.isFull()).isTrue();
    assertThatThrownBy(() -> inflights.add(3, 1)).isInstanceOf(IllegalStateException.class);

    inflights.freeUpTo(1);
    assertThat(inflights.isFull()).isFalse();
  }

  @Test
  void theWindowIsFullByBytes() {
    Inflights inflights = new Inflights(100, 10);
    inflights.add(1, 9);
    assertThat(inflights.isFull()).isFalse();
    inflights.add(2, 9);
    assertThat(inflights.isFull()).isTrue();

    inflights.freeUpTo(1);

    assertThat(inflights.isFull()).isFalse();
    assertThat(inflights.count()).isEqualTo(1);
  }

  @Test
  void freesInOrderHoweverTheRingTurns() {
    Random random = new Random(1);
    Inflights inflights = new Inflights(37, 0);
    Deque<Long> expected = new ArrayDeque<>();
    long next = 1;
    for (int round = 0; round < 20_000; round++) {
      if (random.nextBoolean() && !inflights.isFull()) {
        inflights.add(next, 1);
        expected.add(next);
        next += 1 + random.nextInt(3);
      } else {
        long upTo = next - random.nextInt(40);
        inflights.freeUpTo(upTo);
        expected.removeIf(index -> index <= upTo);
      }
      assertThat(inflights.count()).isEqualTo(expected.size());
      assertThat(inflights.isFull()).isEqualTo(expected.size() == 37);
    }
  }
}
