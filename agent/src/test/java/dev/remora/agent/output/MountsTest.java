package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.agent.runner.OutputFiles.Staged;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.runner.TemplateSpec.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems that refuse: full, read-only, and a file that is a mount of its own. Needs root. */
final class MountsTest {
  private static final String OLD = "the old file";

  @TempDir private Path directory;
  private Path volume;
  private Path file;
  private Destinations destinations;

  @BeforeEach
  void mount() throws Exception {
    destinations = new Destinations(directory.resolve("data"));
    volume = Files.createDirectory(directory.resolve("volume"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", volume.toString()),
        "only root may mount");
    file = Files.writeString(volume.resolve("app.conf"), OLD);
  }

  @AfterEach
  void unmount() throws Exception {
    if (run("mountpoint", "-q", volume.toString())) {
      run("umount", "-l", volume.toString());
    }
  }

  @Test
  void onAFullDiskTheOldFileStandsAndNothingIsLeft() throws Exception {
    for (Write write : List.of(Write.RENAME, Write.INPLACE, Write.SYMLINK_DIR)) {
      assertThatThrownBy(() -> destinations.replace(stage(write, "x".repeat(100_000))))
          .as(write.toString())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left");

      assertThat(Files.readString(file)).as(write.toString()).isEqualTo(OLD);
      assertThat(names()).containsExactly("app.conf");
    }
  }

  @Test
  void aReadOnlyDestinationIsAClearError() throws Exception {
    assumeTrue(run("mount", "-o", "remount,ro", volume.toString()), "no remount");

    for (Write write : Write.values()) {
      assertThatThrownBy(() -> destinations.replace(stage(write, "new")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Read-only file system");
    }
    assertThat(Files.readString(file)).isEqualTo(OLD);
  }

  @Test
  void aFileThatIsAMountOfItsOwnIsWrittenInPlace() throws Exception {
    Path source = Files.writeString(directory.resolve("source"), "longer than the new one");
    assumeTrue(run("mount", "--bind", source.toString(), file.toString()), "no bind mounts");
    try {
      destinations.replace(stage(Write.RENAME, "new"));

      assertThat(source).hasContent("new");
      assertThat(names()).containsExactly("app.conf");
    } finally {
      run("umount", "-l", file.toString());
    }
  }

  private Staged stage(Write write, String text) throws IOException {
    TemplateSpec how = Outputs.of(file, null, write);
    return destinations.stage(List.of(Outputs.text(how, text)), List.of(), false);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(volume)) {
      return files.map(each -> each.getFileName().toString()).toList();
    }
  }

  private static boolean run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
