package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.template.TemplateFiles;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Templates;
import dev.remora.agent.template.Values;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A template that would fill the memory fails; the agent, which ends when it runs out, goes on. */
final class HeapTest {
  /** As the launcher sets it, or less. */
  private static final List<String> SMALL =
      List.of("-XX:+UseSerialGC", "-Xmx24m", "-Xss256k", "-XX:+ExitOnOutOfMemoryError");

  private static final List<String> BOMBS =
      List.of(
          "{% for i in 1..9999999 %}0123456789012345678901234567890123456789{% endfor %}",
          "{% for i in 1..9999999 %}{{ i }}éЖ{% endfor %}",
          "{% for i in 1..99999 %}" + "x".repeat(1000) + "{% endfor %}",
          "{% for i in 1..99999 %}" + "Ж".repeat(1000) + "{% endfor %}",
          "{{ range(1, 9999999) | length }}",
          "{{ key('/list') | parse_json | length }}",
          "{{ key('/lists') | parse_json | length }}",
          "{% set a = [] %}{% for i in 1..9999999 %}{% set a = [a, i ~ 'xxxxxxxxxxxxxxxx'] %}{%"
              + " endfor %}",
          "{% set a = 'xxxx' %}{% for i in 1..60 %}{% set a = a ~ a %}{% endfor %}",
          "{% set a = [1] %}{% for i in 1..60 %}{% set a = a | merge(a) %}{% endfor %}",
          "{% set a = [1] %}{% for i in 1..60 %}{% set a = a + a %}{% endfor %}",
          "{% set a = [1] %}{% for i in 1..60 %}{% set a = [a, a] %}{% endfor %}{{ a | json }}",
          "{{ key('/long') | split('a') | length }}",
          "{% macro m() %}{% for i in 1..9999999 %}0123456789{% endfor %}{% endmacro %}{{ m() }}",
          "{% include 't' %}");

  @Test
  void noTemplateEndsTheProcess() throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(SMALL);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Bombs.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      assertThat(said.lines().filter(line -> line.startsWith("t:1:")))
          .as(said)
          .hasSize(BOMBS.size());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Renders one after the other, in a JVM of its own. */
  static final class Bombs {
    private Bombs() {}

    public static void main(String[] arguments) {
      Heap heap = new Heap();
      for (String bomb : BOMBS) {
        TemplateFiles files =
            path ->
                path.equals("t")
                    ? new TemplateFiles.Content.Text(bomb)
                    : new TemplateFiles.Content.Refused("no such file");
        TemplateResult result =
            new Templates(files, heap.limits(), heap).render("t", new HugeValues());
        System.out.println(
            switch (result) {
              case TemplateResult.Failed failed -> failed.message().replace('\n', ' ');
              case TemplateResult.Missing _, TemplateResult.Rendered _ -> "no failure: " + bomb;
            });
      }
    }
  }

  /** Values as large as the registry takes. */
  private static final class HugeValues implements Values {
    @Override
    public Optional<String> key(String path) {
      return Optional.of(
          switch (path) {
            case "/list" -> "[" + "1,".repeat(700_000) + "1]";
            case "/lists" -> "[" + "[1],".repeat(350_000) + "1]";
            default -> "a".repeat(1_400_000);
          });
    }

    @Override
    public List<KeyText> tree(String prefix) {
      return List.of();
    }

    @Override
    public String node() {
      return "n";
    }

    @Override
    public Optional<String> env(String name) {
      return Optional.empty();
    }

    @Override
    public long ageSeconds() {
      return 0;
    }
  }
}
