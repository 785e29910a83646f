package dev.remora.torture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.torture.nemesis.FaultKind;
import dev.remora.torture.nemesis.Strike;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ReportTest {
  @Test
  void aGapBeginsWithTheLastWriteBeforeAFaultAndEndsWithTheFirstAfterIt() {
    TreeSet<Long> writes = new TreeSet<>(List.of(10L, 90L, 95L, 180L, 400L));

    assertThat(Report.gap(writes, new Strike(FaultKind.KILL, "", 100, 150, 180))).isEqualTo(85);
  }

  @Test
  void theLongestOfSeveralGapsCounts() {
    TreeSet<Long> writes = new TreeSet<>(List.of(10L, 110L, 150L, 160L));

    assertThat(Report.gap(writes, new Strike(FaultKind.KILL, "", 100, 155, 160))).isEqualTo(100);
  }
}
