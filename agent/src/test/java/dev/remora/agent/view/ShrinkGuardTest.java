package dev.remora.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShrinkGuardTest {
  private static final KeyRange WEB = new KeyRange.Prefix("/services/web/");
  private static final KeyRange ALL = new KeyRange.Prefix("/services/");
  private static final long HOLD = 30_000;

  private final ShrinkGuard half = new ShrinkGuard("/services/", new GuardSettings(0, 50, HOLD));

  @Test
  void withoutSettingsEverythingIsBelieved() {
    ShrinkGuard off = new ShrinkGuard("/services/", GuardSettings.OFF);
    off.filter(WEB, web(10), 0);

    assertThat(off.filter(WEB, List.of(), 1)).isEmpty();
  }

  @Test
  void allGoneAtOnceIsHeldWithItsReasonAndReleasedInTheEnd() {
    half.filter(WEB, web(4), 0);

    assertThat(half.filter(WEB, List.of(), 1_000)).isEqualTo(web(4));
    assertThat(half.held())
        .containsExactly("web shrank from 4 to 0 instances: the former are shown for 30000 ms");
    assertThat(half.nextRelease()).hasValue(1_000 + HOLD);
    assertThat(half.filter(WEB, List.of(), 999 + HOLD)).isEqualTo(web(4));
    assertThat(half.filter(WEB, List.of(), 1_000 + HOLD)).isEmpty();
    assertThat(half.held()).isEmpty();
    assertThat(half.nextRelease()).isEmpty();
  }

  @Test
  void aLossWithinTheLimitIsBelievedAtOnceAndGrowthAlways() {
    half.filter(WEB, web(4), 0);

    assertThat(half.filter(WEB, web(2), 1)).isEqualTo(web(2));
    assertThat(half.filter(WEB, web(9), 2)).isEqualTo(web(9));
  }

  @Test
  void slowLossStepByStepIsComparedWithWhatWasBelieved() {
    half.filter(WEB, web(10), 0);
    assertThat(half.filter(WEB, web(4), 1)).isEqualTo(web(10));
    assertThat(half.filter(WEB, web(3), 2)).as("the hold goes on").isEqualTo(web(10));

    assertThat(half.filter(WEB, web(6), 3)).as("it has grown back").isEqualTo(web(6));
    assertThat(half.held()).isEmpty();
  }

  @Test
  void tooFewInstancesAreHeldWhateverTheShare() {
    ShrinkGuard two = new ShrinkGuard("/services/", new GuardSettings(2, 100, HOLD));
    two.filter(WEB, web(3), 0);

    assertThat(two.filter(WEB, web(2), 1)).isEqualTo(web(2));
    assertThat(two.filter(WEB, web(1), 2)).isEqualTo(web(2));
  }

  @Test
  void everyServiceOfARangeIsGuardedByItself() {
    List<KeyValue> both = new ArrayList<>(web(2));
    both.add(0, kv("/services/db/1"));
    both.add(kv("/services/zoo/1"));
    half.filter(ALL, both, 0);

    List<KeyValue> shown = half.filter(ALL, List.of(kv("/services/db/1")), 1);

    assertThat(shown).isEqualTo(both);
    assertThat(half.held()).hasSize(2);
  }

  @Test
  void otherKeysPassAsTheyAre() {
    KeyRange everything = new KeyRange.Prefix("/");
    half.filter(everything, List.of(kv("/app/color"), kv("/services/web/0")), 0);

    assertThat(half.filter(everything, List.of(kv("/services")), 1))
        .containsExactly(kv("/services"), kv("/services/web/0"));
    assertThat(half.filter(new KeyRange.Key("/services/web/0"), List.of(), 2)).isEmpty();
    assertThat(half.filter(new KeyRange.Prefix("/services/web/0"), List.of(), 2)).isEmpty();
  }

  private static List<KeyValue> web(int count) {
    List<KeyValue> instances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      instances.add(kv("/services/web/" + i));
    }
    return instances;
  }

  private static KeyValue kv(String key) {
    return new KeyValue(key, "{}", 1, 1, 7);
  }
}
