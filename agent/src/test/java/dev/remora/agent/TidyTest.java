package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Source files are formatted by google-java-format, and stay short.
 *
 * <p>{@code mvn test -Dtest=TidyTest -Dtidy.fix=true} formats them in place.
 */
final class TidyTest {
  private static final boolean FIX = Boolean.getBoolean("tidy.fix");
  private static final int LINES_MAX = 500;

  @ParameterizedTest
  @MethodSource("sources")
  void isTidy(Path source) throws IOException, FormatterException {
    String text = Files.readString(source);
    String formatted = new Formatter().formatSourceAndFixImports(text);
    if (FIX && !formatted.equals(text)) {
      Files.writeString(source, formatted);
      return;
    }
    assertThat(text).as("formatted; fix with -Dtidy.fix=true").isEqualTo(formatted);
    assertThat(text.lines().count()).as("lines").isLessThanOrEqualTo(LINES_MAX);
  }

  static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }
}
