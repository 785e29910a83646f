package dev.remora.agent.output;

import dev.remora.agent.runner.OutputFiles.Content;
import dev.remora.agent.runner.OutputFiles.Output;
import dev.remora.agent.runner.TemplateSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Outputs of templates that nobody evaluates. */
final class Outputs {
  private Outputs() {}

  static TemplateSpec of(Path destination, @Nullable Integer mode) {
    return of(destination, mode, TemplateSpec.Write.RENAME);
  }

  static TemplateSpec of(Path destination, @Nullable Integer mode, TemplateSpec.Write write) {
    return new TemplateSpec(
        Path.of("t.peb"),
        destination.toString(),
        mode,
        null,
        null,
        TemplateSpec.Format.ANY,
        false,
        write,
        null);
  }

  static Output text(TemplateSpec how, String text) {
    return new Output(how.path(), new Content.Text(text), how);
  }
}
