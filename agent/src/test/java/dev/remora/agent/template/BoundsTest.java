package dev.remora.agent.template;

import static dev.remora.agent.template.Rendering.failure;
import static dev.remora.agent.template.Rendering.render;
import static dev.remora.agent.template.Rendering.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a hostile value or a careless template cannot do. */
final class BoundsTest {
  private static final String DOUBLED =
      "{% set a = [1] %}{% set b = [1] %}{% for i in range(1, 60) %}"
          + "{% set a = [a, a] %}{% set b = [b, b] %}{% endfor %}";

  private static final FakeValues VALUES =
      new FakeValues()
          .with("/long", "a".repeat(1_400_000))
          .with("/needle", "a".repeat(700_000) + "b")
          .with("/huge", "1e999999999")
          .with("/digits", "9".repeat(60))
          .with("/id", "{\"id\": 18446744073709551615, \"f\": 1.25, \"n\": -0.5e3}")
          .with("/secret", "s3cretvalue")
          .with("/apps/web/name", "x");

  @ParameterizedTest
  @MethodSource("endless")
  void whatWouldTakeForEverIsStopped(String template) {
    TemplateResult result =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> render(template, VALUES));

    assertThat(result)
        .isInstanceOfSatisfying(
            TemplateResult.Failed.class,
            failed -> assertThat(failed.message()).startsWith("t:1:").contains("stopped"));
  }

  static List<String> endless() {
    return List.of(
        DOUBLED + "{{ a == b }}",
        DOUBLED + "{{ a != b }}",
        DOUBLED + "{{ a equals b }}",
        DOUBLED + "{{ [a] contains [b] }}",
        "{{ key('/long') contains key('/needle') }}",
        "{{ key('/long') | replace({(key('/needle')): 'c'}) | length }}",
        "{{ key('/long') | split(key('/needle')) | length }}");
  }

  @Test
  void theClockEndsAnEvaluationThatIsSlowOverAll() {
    AtomicLong seconds = new AtomicLong();
    Templates templates =
        new Templates(
            new FakeFiles().with("t", "a\n {% for i in 1..999999 %}{% endfor %}"),
            Limits.DEFAULT,
            () -> Duration.ofSeconds(seconds.getAndIncrement()).toNanos());

    assertThat(templates.render("t", VALUES))
        .isInstanceOfSatisfying(
            TemplateResult.Failed.class,
            failed ->
                assertThat(failed.message())
                    .startsWith("t:2:2: stopped after 10000 ms: an endless loop?"));
  }

  @Test
  void anEvaluationEndsWhenMemoryIsShort() {
    Machine full =
        new Machine() {
          @Override
          public long nanos() {
            return 0;
          }

          @Override
          public boolean isShortOfMemory() {
            return true;
          }
        };
    FakeFiles files = new FakeFiles().with("t", "{% for i in 1..9999 %}{% endfor %}").with("u", "");

    assertThat(new Templates(files, Limits.DEFAULT, full).render("t", VALUES))
        .isInstanceOfSatisfying(
            TemplateResult.Failed.class,
            failed -> assertThat(failed.message()).contains("more memory than the agent has"));
    assertThat(new Templates(files, Limits.DEFAULT, full).render("u", VALUES))
        .isInstanceOf(TemplateResult.Rendered.class);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void numbersAreExactOrRefused(String template, String expected) {
    switch (render(template, VALUES)) {
      case TemplateResult.Rendered made -> assertThat(made.text()).isEqualTo(expected);
      case TemplateResult.Failed failed -> assertThat(failed.message()).contains(expected);
      case TemplateResult.Missing missing -> assertThat(missing.message()).isEmpty();
    }
  }

  static Stream<Arguments> numbers() {
    return Stream.of(
        Arguments.of("{{ (key('/id') | parse_json).id }}", "18446744073709551615"),
        Arguments.of("{{ (key('/id') | parse_json).id + 1 }}", "18446744073709551616"),
        Arguments.of(
            "{{ key('/id') | parse_json | json }}",
            "{\"id\":18446744073709551615,\"f\":1.25,\"n\":-500}"),
        Arguments.of(
            "{% set n = (key('/id') | parse_json).id %}"
                + "{% for i in 1..9 %}{% set n = n * n %}{% endfor %}{{ n }}",
            "more than 100 digits"),
        Arguments.of("{{ key('/huge') | parse_json }}", "a number is too large"),
        Arguments.of("{{ key('/digits') | parse_json }}", "a number is too large"),
        Arguments.of("{{ 9223372036854775807 + 1 }}", "more than 64 bits"),
        Arguments.of("{{ 4611686018427387904 * 2 }}", "more than 64 bits"),
        Arguments.of(
            "{{ 7 - 9 }} {{ 3 * 4 }} {{ 7 / 2 }} {{ 7 % 4 }} {{ 1.5 * 2 }}", "-2 12 3 3 3"),
        Arguments.of("{{ 'a' * 2 }}", "* needs numbers"),
        Arguments.of(
            "{{ 1 == 1.0 }} {{ '1' == 1 }} {{ [1, {'a': 2}] == [1, {'a': 2}] }}",
            "true false true"),
        Arguments.of("{{ null == null }} {{ 'a' != 'b' }} {{ [1] == 1 }}", "true true false"));
  }

  @Test
  void containsLooksIntoListsMapsAndStrings() {
    assertThat(
            text(
                "{{ [1, 2] contains 2 }} {{ [1, 2] contains [2, 3] }} {{ {'a': 1} contains 'a' }} "
                    + "{{ 'abc' contains 'bc' }} {{ [[1]] contains [[1]] }} {{ null contains 1 }}"))
        .isEqualTo("true false true true true false");
    assertThat(failure("{{ 5 contains 1 }}")).contains("contains needs");
  }

  @Test
  void aMissingKeyIsNamedButNotWithAValue() {
    assertThat(missing("{{ key(key('/secret')) }}")).isEqualTo("key /(computed) is missing");
    assertThat(missing("{{ key('/app/' ~ key('/secret') ~ '/port') }}"))
        .isEqualTo("key /app/(computed)/port is missing");
    assertThat(missing("{% for app in ls('/apps') %}\n{{ key(app.path ~ '/port') }}{% endfor %}"))
        .isEqualTo("key /apps/web/port is missing");
    assertThat(missing("{{ key('/nodes/' ~ node() ~ '/x') }}"))
        .isEqualTo("key /nodes/node-1/x is missing");
  }

  @Test
  void aMissingKeyIsNamedByTheItemItIsFor() {
    Templates templates =
        new Templates(
            new FakeFiles().with("t", "{{ key(site.path ~ '/' ~ site.value) }}"),
            Limits.DEFAULT,
            () -> 0);
    Map<String, ?> site = Map.of("site", Map.of("path", "/sites/a", "value", "s3cretvalue"));

    assertThat(templates.render("t", site, VALUES))
        .isInstanceOfSatisfying(
            TemplateResult.Missing.class,
            missing ->
                assertThat(missing.message())
                    .startsWith("t:1:4: key /sites/a/(computed) is missing"));
  }

  @Test
  void aSmallHeapMakesASmallResult() {
    assertThat(Limits.ofHeap(32 << 20).outputChars()).isEqualTo(2 << 20);
    assertThat(Limits.ofHeap(1).outputChars()).isEqualTo(1 << 16);
    assertThat(Limits.ofHeap(Long.MAX_VALUE)).isEqualTo(Limits.DEFAULT);
  }

  private static String missing(String template) {
    TemplateResult result = render(template, VALUES);
    assertThat(result).isInstanceOf(TemplateResult.Missing.class);
    String first = ((TemplateResult.Missing) result).message().lines().findFirst().orElseThrow();
    assertThat(((TemplateResult.Missing) result).key()).doesNotContain("s3cret");
    return first.substring(first.indexOf(' ') + 1);
  }
}
