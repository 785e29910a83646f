package dev.remora.agent.template;

import static org.assertj.core.api.Assertions.assertThat;

/** Shortcuts of the tests: one template named {@code t}. */
final class Rendering {
  private Rendering() {}

  static TemplateResult render(String template, Values values) {
    return render(template, values, Limits.DEFAULT);
  }

  static TemplateResult render(String template, Values values, Limits limits) {
    return new Templates(new FakeFiles().with("t", template), limits, System::nanoTime)
        .render("t", values);
  }

  static String text(String template, Values values) {
    TemplateResult result = render(template, values);
    assertThat(result).isInstanceOf(TemplateResult.Rendered.class);
    return ((TemplateResult.Rendered) result).text();
  }

  static String text(String template) {
    return text(template, new FakeValues());
  }

  static String failure(String template, Values values) {
    TemplateResult result = render(template, values);
    assertThat(result).isInstanceOf(TemplateResult.Failed.class);
    return ((TemplateResult.Failed) result).message();
  }

  static String failure(String template) {
    return failure(template, new FakeValues());
  }
}
