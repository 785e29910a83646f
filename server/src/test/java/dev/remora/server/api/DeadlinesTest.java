package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines(100);
  private final List<String> timedOut = new ArrayList<>();

  @Test
  void whatIsNotAnsweredInTimeIsGivenUpOnce() {
    Deadlines.Waiting late = deadlines.add(0, () -> timedOut.add("late"));
    deadlines.add(50, () -> timedOut.add("later"));

    deadlines.expire(99);
    deadlines.expire(100);
    deadlines.expire(100);

    assertThat(timedOut).containsExactly("late");
    assertThat(deadlines.end(late)).isFalse();
  }

  @Test
  void whatIsAnsweredTakesNoRoom() {
    Deadlines.Waiting first = deadlines.add(0, () -> timedOut.add("first"));
    Deadlines.Waiting second = deadlines.add(0, () -> timedOut.add("second"));

    assertThat(deadlines.end(second)).isTrue();
    assertThat(deadlines.end(first)).isTrue();
    deadlines.expire(1_000);

    assertThat(deadlines.size()).isZero();
    assertThat(timedOut).isEmpty();
  }
}
