package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class UnifiedDiffTest {
  @TempDir Path directory;

  @Test
  void aChangedLineIsShownWithItsContext() {
    String diff = UnifiedDiff.of("f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nX\n6\n7\n8\n9\n");

    assertThat(diff)
        .isEqualTo("--- f\n+++ f (new)\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8\n");
  }

  @Test
  void equalTextsHaveNoDifference() {
    assertThat(UnifiedDiff.of("f", "a\n", "a\n")).isEmpty();
  }

  /** The judge is patch: it turns the old text into the new one. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void patchAppliesIt(long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    String before = text(random);
    String after = text(random);
    Path file = Files.writeString(directory.resolve("f"), before);
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/patch")), "patch is not installed");

    Process patch =
        new ProcessBuilder("patch", "-s", "-F0", "-u", file.toString())
            .redirectErrorStream(true)
            .start();
    patch
        .getOutputStream()
        .write(UnifiedDiff.of("f", before, after).getBytes(StandardCharsets.UTF_8));
    patch.getOutputStream().close();
    String said = new String(patch.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(patch.waitFor()).as("seed %d: %s", seed, said).isZero();
    String patched = Files.exists(file) ? Files.readString(file) : "";
    assertThat(patched).as("seed %d", seed).isEqualTo(after);
  }

  static LongStream seeds() {
    return LongStream.range(0, 60);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int lines = random.nextInt(30);
    for (int i = 0; i < lines; i++) {
      text.append((char) ('a' + random.nextInt(4)))
          .append(i + 1 < lines || random.nextBoolean() ? "\n" : "");
    }
    return text.toString();
  }
}
