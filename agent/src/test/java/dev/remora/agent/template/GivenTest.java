package dev.remora.agent.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Variables from outside, texts of the configuration, and expressions that give a list. */
final class GivenTest {
  private static final FakeValues VALUES =
      new FakeValues()
          .with("/sites/a", "1")
          .with("/sites/b", "2")
          .with("/services/web/w1", "{\"address\":\"10.0.0.1\",\"port\":80}");

  private final Templates templates =
      new Templates(
          new FakeFiles().with("t", "{{ site.name }}={{ key(site.path) }} {{ n }}"),
          Limits.DEFAULT,
          System::nanoTime);

  @Test
  void whatIsGivenIsAVariableForOneEvaluation() {
    TemplateResult result =
        templates.render(
            "t", Map.of("site", Map.of("name", "a", "path", "/sites/a"), "n", 7L), VALUES);

    assertThat(result)
        .isInstanceOfSatisfying(
            TemplateResult.Rendered.class, made -> assertThat(made.text()).isEqualTo("a=1 7"));
    assertThat(templates.render("t", VALUES))
        .isInstanceOfSatisfying(
            TemplateResult.Failed.class,
            failed -> assertThat(failed.message()).startsWith("t:1:4: site is not defined"));
  }

  @Test
  void aTextOfTheConfigurationIsEvaluatedAndIsNoFile() {
    TemplateResult result =
        templates.renderText(
            "destination",
            "/etc/{{ site }}-{{ key('/sites/b') }}.conf",
            Map.of("site", "x"),
            VALUES);

    assertThat(result)
        .isInstanceOfSatisfying(
            TemplateResult.Rendered.class,
            made -> assertThat(made.text()).isEqualTo("/etc/x-2.conf"));
    assertThat(result.dependencies().files()).isEmpty();
    assertThat(result.dependencies().keys()).containsExactly("/sites/b");
    assertThat(templates.renderText("destination", "a\n{{ nope }}", Map.of(), VALUES))
        .isInstanceOfSatisfying(
            TemplateResult.Failed.class,
            failed ->
                assertThat(failed.message())
                    .isEqualTo("destination:2:4: nope is not defined\n    {{ nope }}"));
  }

  @Test
  void anExpressionGivesWhatALoopWouldGoThrough() {
    assertThat(found("ls('/sites')").stream().map(each -> ((Map<?, ?>) each).get("name")).toList())
        .isEqualTo(List.of("a", "b"));
    assertThat(found("services()")).isEqualTo(List.of("web"));
    assertThat(found("key('/none', null)")).isEmpty();
    assertThat(found("{'a': 1}")).isEqualTo(List.of(Map.of("key", "a", "value", 1L)));
    Items items = templates.items("for_each.in", "ls('/sites')", Map.of(), VALUES);
    assertThat(items.dependencies().prefixes()).containsExactly("/sites/");
    assertThat(items.dependencies().files()).isEmpty();
  }

  @Test
  void anExpressionThatGivesNoListIsRefusedWithItsPosition() {
    assertThat(refused("key('/sites/a')")).contains("for needs a list or a map");
    assertThat(refused("key('/none')")).startsWith("for_each.in:1:4: key /none is missing");
    assertThat(refused("nope")).startsWith("for_each.in:1:4: nope is not defined");
    assertThat(refused("services() }} {{ nodes()")).contains("not one expression");
    assertThat(refused("range(1, 100000000)")).contains("stopped");
  }

  private List<?> found(String expression) {
    Items items = templates.items("for_each.in", expression, Map.of(), VALUES);
    assertThat(items).isInstanceOf(Items.Found.class);
    return ((Items.Found) items).elements();
  }

  private String refused(String expression) {
    Items items = templates.items("for_each.in", expression, Map.of(), VALUES);
    assertThat(items).isInstanceOf(Items.NotFound.class);
    return switch (((Items.NotFound) items).reason()) {
      case TemplateResult.Missing missing -> missing.message();
      case TemplateResult.Failed failed -> failed.message();
      case TemplateResult.Rendered _ -> throw new AssertionError("rendered");
    };
  }
}
