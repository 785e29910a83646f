package dev.remora.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VerdictTest {
  private static final Scenario SCENARIO =
      new Scenario("auth-x", "auth", "about x", 1, List.of(), List.of());
  private static final Optional<String> PROBLEM = Optional.of("step 1: status: want 200, got 404");
  private static final Optional<String> REASON = Optional.of("comes later");

  @Test
  void aScenarioThatIsDuePassesOrFails() {
    assertThat(Verdict.of(SCENARIO, Optional.empty(), Optional.empty()))
        .isEqualTo(new Verdict.Passed());
    assertThat(Verdict.of(SCENARIO, Optional.empty(), PROBLEM))
        .isEqualTo(new Verdict.Failed("auth-x: about x: step 1: status: want 200, got 404"));
  }

  @Test
  void aPendingScenarioIsSkippedWithItsReason() {
    assertThat(Verdict.of(SCENARIO, REASON, PROBLEM))
        .isEqualTo(new Verdict.Skipped("pending: auth-x: comes later"));
  }

  @Test
  void aPendingScenarioThatPassesMustLeaveTheList() {
    assertThat(Verdict.of(SCENARIO, REASON, Optional.empty()))
        .isEqualTo(new Verdict.Failed("remove auth-x from v2/pending.txt: it passes"));
  }

  @Test
  void aPendingScenarioHasAReasonAndStandsOnce() {
    assertThat(Pending.parse("# why\n\nauth-x   comes later\n").reasons())
        .isEqualTo(Map.of("auth-x", "comes later"));
    assertThatThrownBy(() -> Pending.parse("auth-x\n")).hasMessageContaining("no reason");
    assertThatThrownBy(() -> Pending.parse("auth-x a\nauth-x b\n")).hasMessageContaining("twice");
  }
}
