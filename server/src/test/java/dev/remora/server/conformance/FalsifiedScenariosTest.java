package dev.remora.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A scenario with one wrong expectation fails, so that one that passes means something.
 *
 * <p>Needs a server of which it is known that all scenarios pass: {@code -Dconformance.url}. One
 * variant a scenario is run, of the kind of expectation that is rarest in all of them; {@code
 * -Dconformance.falsify=all} runs every variant of each.
 */
final class FalsifiedScenariosTest {
  private static final int KINDS_MIN = 12;

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  @EnabledIfSystemProperty(
      named = "conformance.url",
      matches = ".+",
      disabledReason = "needs -Dconformance.url of an etcd 3.4")
  void aWrongExpectationIsNoticed(Falsifier.Variant variant) {
    Target etcd = Target.given().orElseThrow();
    assumeTrue(variant.scenario().nodes() <= etcd.members().size(), "needs more members");

    Optional<String> problem = etcd.run(variant.scenario());

    assertThat(problem).as("%s", variant).isPresent();
    assertThat(problem.orElseThrow())
        .as("%s fails at the wrong expectation and nowhere before", variant)
        .startsWith(variant.place());
  }

  @Test
  void everyScenarioAndADozenKindsOfExpectationAreFalsified() {
    List<Falsifier.Variant> variants = variants();

    assertThat(variants.stream().map(variant -> variant.scenario().id()).distinct())
        .containsExactlyElementsOf(
            Scenario.all().stream().map(Scenario::id).collect(Collectors.toList()));
    assertThat(variants.stream().map(Falsifier.Variant::kind).distinct())
        .hasSizeGreaterThanOrEqualTo(KINDS_MIN);
  }

  static List<Falsifier.Variant> variants() {
    List<List<Falsifier.Variant>> all = Scenario.all().stream().map(Falsifier::variants).toList();
    if (System.getProperty("conformance.falsify", "").equals("all")) {
      return all.stream().flatMap(List::stream).toList();
    }
    Map<String, Integer> frequency = new TreeMap<>();
    all.forEach(each -> each.forEach(one -> frequency.merge(one.kind(), 1, Integer::sum)));
    List<Falsifier.Variant> chosen = new ArrayList<>();
    for (List<Falsifier.Variant> each : all) {
      each.stream()
          .min(Comparator.comparing(one -> frequency.getOrDefault(one.kind(), 0)))
          .ifPresent(chosen::add);
    }
    return chosen;
  }
}
