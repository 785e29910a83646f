package dev.remora.agent.template;

import static dev.remora.agent.template.Rendering.failure;
import static dev.remora.agent.template.Rendering.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FiltersTest {
  private static final String HOSTILE =
      "$(reboot) `id` 'a' \"b\" \\ \n\r\t${x} {{ y }} #{z} é 😀 ; } -- <b>";

  @ParameterizedTest(name = "{0}")
  @MethodSource("applications")
  void filterGives(String template, String expected) {
    assertThat(text(template)).isEqualTo(expected);
  }

  static Stream<Arguments> applications() {
    return Stream.of(
        Arguments.of("{{ [1, 'a', true, null, [], 1.5] | json }}", "[1,\"a\",true,null,[],1.5]"),
        Arguments.of("{{ 'a\"b' | json }}", "\"a\\\"b\""),
        Arguments.of(
            "{{ '{\"b\":{\"x\":[1,{\"y\":2}]},\"a\":\"no\"}' | parse_json | json }}",
            "{\"b\":{\"x\":[1,{\"y\":2}]},\"a\":\"no\"}"),
        Arguments.of(
            "{{ '{\"b\":{\"x\":[1,{\"k\":2,\"z\":\"\"}]},\"a\":\"no\",\"c\":[]}' | parse_json |"
                + " yaml }}",
            "b:\n  x:\n    - 1\n    -\n      k: 2\n      z: \"\"\na: \"no\"\nc: []"),
        Arguments.of("{{ [1, 'x y', 'plain'] | yaml }}", "- 1\n- \"x y\"\n- plain"),
        Arguments.of(
            "{{ '{\"b\":{\"x\":[1,2],\"n\":{\"m\":true}},\"a"
                + " b\":\"s\",\"l\":[{\"k\":1},{\"k\":2}]}' | parse_json | toml }}",
            """
            "a b" = "s"

            [b]
            x = [1, 2]

            [b.n]
            m = true

            [[l]]
            k = 1

            [[l]]
            k = 2\
            """),
        Arguments.of("{{ ['a', 1] | toml }}", "[\"a\", 1]"),
        Arguments.of("{{ 'é' | base64 }}", "w6k="),
        Arguments.of("{{ 'w6k=' | base64decode }}", "é"),
        Arguments.of("{{ 'a\"b' | quote }}", "\"a\\\"b\""),
        Arguments.of("{{ \"a'b $(reboot)\" | shell }}", "'a'\\''b $(reboot)'"),
        Arguments.of("{{ '' | shell }}", "''"),
        Arguments.of(
            "{{ 'abc' | sha256 }}",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Arguments.of("{{ '[3,1]' | parse_json | sort | json }}", "[1,3]"),
        Arguments.of("{{ '[\"b\",10,9,\"a\"]' | parse_json | sort | json }}", "[9,10,\"a\",\"b\"]"),
        Arguments.of("{{ ['b','a'] | rsort | join(',') }}", "b,a"),
        Arguments.of("{{ ['b','a'] | reverse | join }}", "ab"),
        Arguments.of("{{ [1,2] | merge([3]) | join('-') }}", "1-2-3"),
        Arguments.of("{{ {'a':1} | merge({'a':2}) | json }}", "{\"a\":2}"),
        Arguments.of(
            "{{ {'zone': 1, 'tags': 2, 'a': 3} | json }}", "{\"a\":3,\"tags\":2,\"zone\":1}"),
        Arguments.of("{% for e in {'zone': 1, 'tags': 2} %}{{ e.key }};{% endfor %}", "tags;zone;"),
        Arguments.of("{{ 'ab' | replace({'b': 'c', 'a': 'b'}) }}", "cc"),
        Arguments.of("{{ 'web-1.a_b' | safe_name }}", "web-1.a_b"),
        Arguments.of("{{ 'a b' | safe_name }} {{ 'a_b' | safe_name }}", "a_b_c8687a08 a_b"),
        Arguments.of("{{ 'é' | safe_name('-') }} {{ '' | safe_name }}", "--4a99557e _e3b0c442"),
        Arguments.of("{{ 'a.b.c' | split('.') | join('/') }}", "a/b/c"),
        Arguments.of("{{ 'a.b' | replace({'.': '$1'}) }}", "a$1b"),
        Arguments.of("{{ 'abcdef' | slice(1, 3) }}{{ [1,2,3] | slice(1, 99) | join }}", "bc23"),
        Arguments.of("{{ 'aBc' | upper }}{{ 'aBc' | lower }}{{ 'abc' | length }}", "ABCabc3"),
        Arguments.of("{{ ' a ' | trim }}{{ 'a b&' | urlencode }}", "aa+b%26"),
        Arguments.of("{{ [1,2] | first }}{{ [1,2] | last }}", "12"),
        Arguments.of("{{ '<a>' | escape }}", "&lt;a&gt;"),
        Arguments.of("{{ (0 - 2) | abs }}", "2"),
        Arguments.of("{{ 'x' | default('d') }}{{ nope | default('d') }}", "xd"));
  }

  @Test
  void linesAfterTheFirstAreIndented() {
    FakeValues values = new FakeValues().with("/t", "a\nb\n\nc");

    assertThat(text("  x: {{ key('/t') | indent(4) }}", values))
        .isEqualTo("  x: a\n    b\n\n    c");
  }

  @Test
  void aHostileValueSurvivesEveryFormatUnchanged() throws IOException {
    FakeValues values = new FakeValues().with("/h", HOSTILE);
    ObjectMapper json = new ObjectMapper();
    ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

    assertThat(text("{{ key('/h') }}", values)).isEqualTo(HOSTILE);
    assertThat(json.readValue(text("{{ key('/h') | json }}", values), String.class))
        .isEqualTo(HOSTILE);
    assertThat(json.readValue(text("{{ key('/h') | quote }}", values), String.class))
        .isEqualTo(HOSTILE);
    assertThat(
            yaml.readTree(text("{{ {'k': [key('/h')]} | yaml }}", values)).at("/k/0").textValue())
        .isEqualTo(HOSTILE);
    assertThat(text("{{ key('/h') | base64 | base64decode }}", values)).isEqualTo(HOSTILE);
  }

  @Test
  void aShellReadsAQuotedHostileValueAsOneWord() throws IOException, InterruptedException {
    FakeValues values = new FakeValues().with("/h", HOSTILE);
    String script = text("printf %s {{ key('/h') | shell }}", values);

    Process shell = new ProcessBuilder("/bin/sh", "-c", script).start();
    String printed =
        new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

    assertThat(shell.waitFor()).isZero();
    assertThat(printed).isEqualTo(HOSTILE);
  }

  @Test
  void aNulIsDataWhereItCanBeAndRefusedWhereItCannot() {
    FakeValues values = new FakeValues().with("/n", "a\0b");

    assertThat(text("{{ key('/n') }}", values)).isEqualTo("a\0b");
    assertThat(text("{{ key('/n') | json }}", values)).isEqualTo("\"a\\u0000b\"");
    assertThat(failure("{{ key('/n') | shell }}", values)).contains("NUL").doesNotContain("\0");
  }

  @ParameterizedTest
  @MethodSource("yamlTraps")
  void aStringThatYamlWouldReadAsSomethingElseIsQuoted(String trap) throws IOException {
    FakeValues values = new FakeValues().with("/v", trap);

    Object read =
        new ObjectMapper(new YAMLFactory())
            .readValue(text("{{ [key('/v')] | yaml }}", values), List.class)
            .getFirst();

    assertThat(read).isEqualTo(trap);
  }

  static List<String> yamlTraps() {
    return List.of(
        "no",
        "Yes",
        "null",
        "~",
        "1",
        "1.5",
        "0x1f",
        "2024-01-01",
        "a: b",
        "- a",
        "# c",
        "",
        " ",
        "*a",
        "&a",
        "!t",
        "|",
        ">",
        "%x",
        "@x",
        "a #b",
        "12:30:45",
        ".inf",
        "=",
        "true");
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void misuseIsAnErrorWithAPosition(String template, String reason) {
    assertThat(failure(template, new FakeValues().with("/secret", "s3cret")))
        .startsWith("t:1:")
        .contains(reason)
        .doesNotContain("s3cret");
  }

  static Stream<Arguments> misuses() {
    return Stream.of(
        Arguments.of("{{ key('/secret') | parse_json }}", "not JSON"),
        Arguments.of("{{ key('/secret') | base64decode }}", "not"),
        Arguments.of("{{ key('/secret') | sort }}", "needs a list"),
        Arguments.of("{{ key('/secret') | join }}", "needs a list"),
        Arguments.of("{{ key('/secret') | abs }}", "abs cannot take this value"),
        Arguments.of("{{ [null] | toml }}", "no null"),
        Arguments.of("{{ 'a' | indent(-1) }}", "indent"),
        Arguments.of("{{ 'a' | indent(5000) }}", "indent"),
        Arguments.of("{{ 'a' | split('') }}", "empty"),
        Arguments.of("{{ 'a' | replace({'': 'x'}) }}", "empty"),
        Arguments.of("{{ 'a' | date('yyyy') }}", "Filter [date] does not exist"),
        Arguments.of("{% for x in key('/secret') %}{% endfor %}", "needs a list or a map"),
        Arguments.of("{{ [1] }}", "cannot be printed"),
        Arguments.of("{% set m = {'a': 1} %}{{ m[key('/secret')] }}", "a computed name"),
        Arguments.of("{{ key('/secret') * 2 }}", "t:1"),
        Arguments.of("{{ key('/secret') > 2 }}", "t:1"),
        Arguments.of("{% include key('/secret') %}", "t:1"));
  }
}
