package dev.remora.agent.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.view.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CoverageTest {
  @Test
  void aRangeInsideAnotherIsLeftOut() {
    assertThat(
            Coverage.least(
                List.of(
                    new KeyRange.Key("/a/x"),
                    new KeyRange.Prefix("/a/"),
                    new KeyRange.Prefix("/a/b/"),
                    new KeyRange.Key("/b"),
                    new KeyRange.Key("/b"))))
        .containsExactly(new KeyRange.Prefix("/a/"), new KeyRange.Key("/b"));
  }

  @Test
  void aPrefixHoldsTheKeyOfItsOwnName() {
    assertThat(Coverage.least(List.of(new KeyRange.Key("/a"), new KeyRange.Prefix("/a"))))
        .containsExactly(new KeyRange.Prefix("/a"));
  }

  @Test
  void aPrefixIsNotCoveredByKeys() {
    assertThat(
            Coverage.isCovered(
                List.of(new KeyRange.Prefix("/a/")), List.of(new KeyRange.Key("/a/"))))
        .isFalse();
  }
}
