package dev.remora.agent.template;

/** The template directory: the only files a template can include or read. */
public interface TemplateFiles {
  /**
   * Reads one file.
   *
   * @param path relative to the template directory, with {@code /} between segments, never empty,
   *     absolute, nor holding {@code .} or {@code ..}
   */
  Content read(String path);

  /** What was found. */
  sealed interface Content {
    /** The file's whole text. */
    record Text(String text) implements Content {}

    /**
     * There is no such file, or it may not be read.
     *
     * @param reason such as {@code no such file}, without the path
     */
    record Refused(String reason) implements Content {}
  }
}
