package dev.remora.agent.template;

import static dev.remora.agent.template.Rendering.failure;
import static dev.remora.agent.template.Rendering.render;
import static dev.remora.agent.template.Rendering.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FunctionsTest {
  private static final FakeValues VALUES =
      new FakeValues()
          .with("/a/b", "1")
          .with("/a/c/d", "2")
          .with("/a/c/e", "3")
          .with("/ab", "other")
          .with("/empty", "")
          .with("/nodes/n2", "{\"zone\":\"z\"}")
          .with("/nodes/n1", "{}")
          .with("/nodes/bad", "[")
          .withEnvironment("HOME", "/root");

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void functionGives(String template, String expected) {
    assertThat(text(template, VALUES)).isEqualTo(expected);
  }

  static Stream<Arguments> calls() {
    return Stream.of(
        Arguments.of("{{ key('/a/b') }}", "1"),
        Arguments.of("{{ key('a/b') }}", "1"),
        Arguments.of("{{ key('/empty') }}", ""),
        Arguments.of("{{ key('/empty', 'd') }}", ""),
        Arguments.of("{{ key('/no', 'd') }}", "d"),
        Arguments.of("{{ key('/no', default=null) }}", ""),
        Arguments.of("{{ key('/no') | default('d') }}", "d"),
        Arguments.of(
            "{{ exists('/a/b') }} {{ exists('/a') }} {{ exists('/no') }}", "true true false"),
        Arguments.of("{% if exists('/a/b/') %}y{% else %}n{% endif %}", "n"),
        Arguments.of(
            "{% for c in ls('/a') %}{{ c.name }},{{ c.path }},{{ c.value }},{{ c.directory }};"
                + "{% endfor %}",
            "b,/a/b,1,false;c,/a/c,,true;"),
        Arguments.of(
            "{% for k in tree('/a/') %}{{ k.name }}={{ k.value }}@{{ k.path }};{% endfor %}",
            "b=1@/a/b;c/d=2@/a/c/d;c/e=3@/a/c/e;"),
        Arguments.of("{{ ls('/no') | length }}", "0"),
        Arguments.of("{{ node() }}", "node-1"),
        Arguments.of("{% for n in nodes() %}{{ n.node }};{% endfor %}", "n1;n2;"),
        Arguments.of("{{ env('HOME') }}{{ env('NO', 'x') }}", "/rootx"),
        Arguments.of("{{ age() + 1 }}", "8"),
        Arguments.of("{% for i in range(1, 3) %}{{ i }}{% endfor %}", "123"),
        Arguments.of("{% for i in 3..1 %}{{ i }}{% else %}none{% endfor %}", "none"),
        Arguments.of("{% for i in range(5, 1, -2) %}{{ i }}{% endfor %}", "531"),
        Arguments.of("{{ max(1, 5, 3) }}{{ min(4, 2) }}", "52"));
  }

  @Test
  void aFileOfTheTemplateDirectoryIsReadAsText() {
    FakeFiles files =
        new FakeFiles().with("t", "{{ file('certs/ca.pem') }}").with("certs/ca.pem", "PEM");

    TemplateResult result =
        new Templates(files, Limits.DEFAULT, System::nanoTime).render("t", VALUES);

    assertThat(result).isInstanceOf(TemplateResult.Rendered.class);
    assertThat(((TemplateResult.Rendered) result).text()).isEqualTo("PEM");
    assertThat(result.dependencies().files()).containsExactly("certs/ca.pem", "t");
  }

  @ParameterizedTest
  @MethodSource("pathsOutside")
  void noFileOutsideOfTheTemplateDirectoryIsRead(String path) {
    assertThat(failure("{{ file('" + path + "') }}")).startsWith("t:1:4: ");
    assertThat(failure("{% include '" + path + "' %}")).startsWith("t:1:1: ");
  }

  static Stream<String> pathsOutside() {
    return Stream.of("/etc/passwd", "../secret", "a/../../secret", "", "/", "..");
  }

  @Test
  void whatAnEvaluationAskedForIsItsDependencies() {
    TemplateResult result =
        render(
            "{{ key('/a/b') }}{{ key('/x', '') }}{% if exists('/y') %}{% endif %}{{ ls('/a')|length"
                + " }}{{ service('web')|length }}{{ services()|length }}{{ nodes()|length }}",
            VALUES);

    assertThat(result.dependencies().keys()).containsExactly("/a/b", "/x", "/y");
    assertThat(result.dependencies().prefixes())
        .containsExactly("/a/", "/nodes/", "/services/", "/services/web/", "/y/");
    assertThat(result.dependencies().touchedBy("/services/web/1")).isTrue();
    assertThat(result.dependencies().touchedBy("/ab")).isFalse();
  }

  @Test
  void dependenciesAreKnownAlsoWhenTheEvaluationFailed() {
    TemplateResult missing = render("{{ key('/a/b') }}{{ key('/no') }}{{ key('/later') }}", VALUES);
    TemplateResult failed = render("{{ key('/a/b') }}{{ nope }}", VALUES);

    assertThat(missing).isInstanceOf(TemplateResult.Missing.class);
    assertThat(missing.dependencies().keys()).containsExactly("/a/b", "/no");
    assertThat(failed.dependencies().keys()).containsExactly("/a/b");
  }

  @Test
  void anUnsetEnvironmentVariableIsAnError() {
    assertThat(failure("{{ env('NO') }}")).startsWith("t:1:").contains("variable NO is not set");
  }
}
