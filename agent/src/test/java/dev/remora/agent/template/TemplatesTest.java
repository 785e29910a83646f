package dev.remora.agent.template;

import static dev.remora.agent.template.Rendering.failure;
import static dev.remora.agent.template.Rendering.render;
import static dev.remora.agent.template.Rendering.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TemplatesTest {
  @Test
  void aMissingKeyIsNamedWithFileLineColumnAndTheLine() {
    TemplateResult result =
        render("server {\n  # port\n  listen {{ key('/app/port') }};\n}\n", new FakeValues());

    assertThat(result).isInstanceOf(TemplateResult.Missing.class);
    TemplateResult.Missing missing = (TemplateResult.Missing) result;
    assertThat(missing.key()).isEqualTo("/app/port");
    assertThat(missing.position()).isEqualTo(new Position("t", 3, 13));
    assertThat(missing.message())
        .isEqualTo("t:3:13: key /app/port is missing\n    listen {{ key('/app/port') }};");
  }

  @Test
  void theColumnIsThatOfTheKeyThatIsMissingNotOfAnotherOnTheLine() {
    FakeValues values = new FakeValues().with("/a", "1");

    TemplateResult result = render("{{ key('/a') }} {{ key('/b') }}", values);

    assertThat(((TemplateResult.Missing) result).position()).isEqualTo(new Position("t", 1, 20));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultIsShownWithItsPosition(String template, String position, String reason) {
    assertThat(failure(template)).startsWith(position + ": ").contains(reason);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("a\n{{ nope }}", "t:2:4", "nope is not defined"),
        Arguments.of("{% set m = {'a': 1} %}\n\n {{ m.b }}", "t:3:7", "b is not defined"),
        Arguments.of("{% set l = [1] %}{{ l[3] }}", "t:1:23", "3 is not defined"),
        Arguments.of("x {{ nope() }}", "t:1:6", "[nope] does not exist"),
        Arguments.of("x {{ 'a' | nope }}", "t:1:12", "[nope] does not exist"),
        Arguments.of("{{ 1 is nope }}", "t:1:9", "[nope] does not exist"),
        Arguments.of("a\n{% nope %}", "t:2:1", "nope"),
        Arguments.of("{% if true %}", "t:1:1", "endif"),
        Arguments.of("a {{ 'b }}", "t:1:3", ""),
        Arguments.of("{{ key() }}", "t:1:4", "key needs path"),
        Arguments.of("{{ key(1, 2, 3) }}", "t:1:1", "position 3"),
        Arguments.of("{{ service('a/b') }}", "t:1:4", "slash"),
        Arguments.of("{% cache 'x' %}{% endcache %}", "t:1:1", "cache"),
        Arguments.of("{% parallel %}{% endparallel %}", "t:1:1", "parallel"),
        Arguments.of("{{ i18n('messages', 'x') }}", "t:1:4", "[i18n] does not exist"));
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void aTemplateReachesNoMethodFieldOrClass(String template) {
    assertThat(render(template, new FakeValues().with("/k", "v")))
        .isInstanceOf(TemplateResult.Failed.class);
  }

  static List<String> escapes() {
    return List.of(
        "{{ ''.getClass() }}",
        "{{ ''.class }}",
        "{{ \"\".getClass().forName('java.lang.Runtime').getRuntime().exec('id') }}",
        "{{ (1).TYPE }}",
        "{{ (1).MAX_VALUE }}",
        "{{ ''.CASE_INSENSITIVE_ORDER }}",
        "{{ ''.length() }}",
        "{{ ''.bytes }}",
        "{{ [].size() }}",
        "{{ [].class }}",
        "{{ {}.entrySet() }}",
        "{{ {'a': 1}.class }}",
        "{{ {'a': 1}['class'] }}",
        "{{ key('/k').chars() }}",
        "{{ key('/k').toString() }}",
        "{{ template }}",
        "{{ template.engine }}",
        "{{ template.getName() }}",
        "{{ template.name }}",
        "{{ locale }}",
        "{{ locale.class }}",
        "{{ _context }}",
        "{{ _context | json }}",
        "{{ [template] | json }}",
        "{{ beans }}",
        "{% for x in template %}{% endfor %}",
        "{% for x in [1] %}{{ loop.getClass() }}{% endfor %}",
        "{% import 't' as self %}{{ self.class }}");
  }

  @ParameterizedTest
  @MethodSource("explosions")
  void endlessOrExplosiveWorkIsStoppedWithAPosition(String template) {
    Limits limits = new Limits(100_000, 1_000_000, 16, 60_000);

    TemplateResult result =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(20), () -> render(template, new FakeValues(), limits));

    assertThat(result).isInstanceOf(TemplateResult.Failed.class);
    TemplateResult.Failed failed = (TemplateResult.Failed) result;
    assertThat(failed.position().line()).isPositive();
    assertThat(failed.position().column()).isPositive();
    assertThat(failed.message()).containsAnyOf("stopped", "nested");
  }

  static List<String> explosions() {
    return List.of(
        "{% for i in range(1, 1000000000000) %}{% endfor %}",
        "{% for i in 1..9223372036854775807 %}{% endfor %}",
        "{% for a in range(1,9999) %}{% for b in range(1,9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(1,99999) %}0123456789{% endfor %}",
        "{% set a = 'aaaaaaaa' %}{% for i in range(1, 60) %}{% set a = a ~ a %}{% endfor %}",
        "{% set a = 'aaaaaaaa' %}{% for i in range(1, 60) %}{% set a = a + a %}{% endfor %}",
        "{% set a = 'aa' %}{% for i in range(1, 60) %}{% set a = a | replace({'a': 'aa'}) %}{%"
            + " endfor %}",
        "{% set a = [1] %}{% for i in range(1, 60) %}{% set a = a + a %}{% endfor %}",
        "{% set a = [1] %}{% for i in range(1, 60) %}{% set a = a | merge(a) %}{% endfor %}",
        "{% set a = [1] %}{% for i in range(1, 60) %}{% set a = [a, a] %}{% endfor %}{{ a | json"
            + " }}",
        "{% set a = [1] %}{% for i in range(1, 60) %}{% set a = [a, a] %}{% endfor %}{{ a | yaml"
            + " }}",
        "{% set a = [1] %}{% for i in range(1, 60) %}{% set a = [a, a] %}{% endfor %}{{ a | toml"
            + " }}",
        "{% set a = '0123456789' %}{% for i in range(1, 60) %}{% set a = [a, a] | join(a) %}{%"
            + " endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% macro m() %}{% for i in range(1,99999) %}0123456789{% endfor %}{% endmacro %}"
            + "{% set x = m() %}",
        "{% filter upper %}{% for i in range(1,99999) %}0123456789{% endfor %}{% endfilter %}",
        "{% include 't' %}",
        "{% extends 't' %}",
        "{% block b %}{% include 't' %}{% endblock %}",
        "{% set a = '0123\n' %}{% for i in range(1, 60) %}{% set a = a ~ (a|indent(9)) %}"
            + "{% endfor %}");
  }

  @Test
  void aHundredMegabytesAreStopped() {
    String line = "x".repeat(1000);

    TemplateResult result =
        render("{% for i in range(1, 100000) %}" + line + "{% endfor %}", new FakeValues());

    assertThat(result).isInstanceOf(TemplateResult.Failed.class);
    assertThat(((TemplateResult.Failed) result).message())
        .startsWith("t:1:1: stopped: the output is longer than 16777216 characters");
  }

  @Test
  void hugeNestingInATemplateIsAFailureNotACrash() {
    String template = "{{ " + "(".repeat(200_000) + "1" + ")".repeat(200_000) + " }}";

    assertThat(render(template, new FakeValues())).isInstanceOf(TemplateResult.Failed.class);
  }

  @Test
  void theNextEvaluationIsUnharmedByAFailedOne() {
    FakeFiles files =
        new FakeFiles().with("bad", "{% include 'bad' %}").with("good", "{{ key('/k') }}");
    Templates templates = new Templates(files, Limits.DEFAULT, System::nanoTime);
    templates.render("bad", new FakeValues());

    TemplateResult result = templates.render("good", new FakeValues().with("/k", "v"));

    assertThat(result).isInstanceOf(TemplateResult.Rendered.class);
    assertThat(result.dependencies().keys()).containsExactly("/k");
  }

  @Test
  void valuesAreDataAndNeverTemplates() {
    FakeValues values = new FakeValues().with("/k", "{{ key('/other') }}{% include 't' %}#{1}");

    assertThat(text("{{ key('/k') }}", values))
        .isEqualTo("{{ key('/other') }}{% include 't' %}#{1}");
    assertThat(failure("a\n{{ \"#{key('/k')}\" }}", values))
        .startsWith("t:2:")
        .contains("join with ~");
    assertThat(text("{{ '#{1}' }}")).isEqualTo("#{1}");
  }

  @Test
  void aNewlineIsDroppedAfterATagAndKeptAfterAValue() {
    FakeValues values = new FakeValues().with("/k", "v");

    String text =
        text(
            """
            a {{ key('/k') }}
            {# note #}
            {% for i in [1, 2] %}
              - {{ i }}
            {% endfor %}
            {% if true -%}
               b
            {%- endif %}
            end
            """,
            values);

    assertThat(text).isEqualTo("a v\n  - 1\n  - 2\nbend\n");
    assertThat(text("{% if true %}\r\nb\r\n{% endif %}\r\n{{ 1 }}\r\n")).isEqualTo("b\r\n1\r\n");
  }

  @Test
  void verbatimTextIsNotTouched() {
    assertThat(text("{% verbatim %}\n{{ a }}\n{% if %}\n{% endverbatim %}\nb"))
        .isEqualTo("{{ a }}\n{% if %}\nb");
  }

  @Test
  void delimitersInsideOfStringsAndMapsDoNotEndATag() {
    assertThat(text("{{ {'a': {'b': '}}'}} | json }}\n{% set x = '%}' %}\n{{ x }}\n"))
        .isEqualTo("{\"a\":{\"b\":\"}}\"}}\n%}\n");
  }

  @Test
  void aChangedTemplateFileIsSeenAtTheNextRender() {
    FakeFiles files = new FakeFiles().with("t", "{% include 'part' %}").with("part", "old");
    Templates templates = new Templates(files, Limits.DEFAULT, System::nanoTime);
    templates.render("t", new FakeValues());
    files.with("part", "new");

    TemplateResult result = templates.render("t", new FakeValues());

    assertThat(((TemplateResult.Rendered) result).text()).isEqualTo("new");
    assertThat(result.dependencies().files()).containsExactly("part", "t");
  }

  @Test
  void includesMacrosAndInheritanceWorkAcrossFiles() {
    FakeFiles files =
        new FakeFiles()
            .with(
                "t",
                "{% extends 'base/layout' %}{% block body %}{% include 'parts/a' %}{% endblock %}")
            .with("base/layout", "[{% block body %}{% endblock %}]")
            .with("parts/a", "{% import './macros' as m %}{{ m.twice('x') }}")
            .with("parts/macros", "{% macro twice(s) %}{{ s }}{{ s }}{% endmacro %}");

    TemplateResult result =
        new Templates(files, Limits.DEFAULT, System::nanoTime).render("t", new FakeValues());

    assertThat(result).isInstanceOf(TemplateResult.Rendered.class);
  }

  @Test
  void anErrorInAnIncludedFileNamesThatFile() {
    FakeFiles files =
        new FakeFiles()
            .with("t", "a\n{% include 'sub/part' %}")
            .with("sub/part", "b\nc {{ key('/no') }}");

    TemplateResult result =
        new Templates(files, Limits.DEFAULT, System::nanoTime).render("t", new FakeValues());

    assertThat(((TemplateResult.Missing) result).message())
        .startsWith("sub/part:2:6: key /no is missing");
  }

  @Test
  void aTemplateThatIsNotThereIsNamed() {
    TemplateResult result =
        new Templates(new FakeFiles(), Limits.DEFAULT, System::nanoTime)
            .render("t", new FakeValues());

    assertThat(((TemplateResult.Failed) result).message()).isEqualTo("t: template t: no such file");
  }

  @Test
  void noOutcomeButTheTextHoldsAValue() {
    FakeValues values = new FakeValues().with("/secret", "s3cret").with("/json", "{\"s3cret\":");

    for (String template :
        List.of(
            "{{ key('/secret').x }}",
            "{{ env(key('/secret')) }}",
            "{{ file(key('/secret')) }}",
            "{% include key('/secret') %}",
            "{% extends key('/secret') %}",
            "{% import key('/secret') %}",
            "{{ key('/json') | parse_json }}",
            "{% for i in key('/secret') %}{% endfor %}",
            "{{ range(key('/secret'), 3) }}",
            "{{ {} | merge(key('/secret')) }}",
            "{{ key('/secret') - 1 }}",
            "{{ -key('/secret') }}",
            "{{ service(key('/secret') ~ '/') }}")) {
      TemplateResult result = render(template, values);

      assertThat(result).as(template).isInstanceOf(TemplateResult.Failed.class);
      assertThat(((TemplateResult.Failed) result).message()).doesNotContain("s3cret");
    }
  }
}
