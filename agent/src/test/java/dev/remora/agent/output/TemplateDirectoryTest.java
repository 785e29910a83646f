package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.template.TemplateFiles.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TemplateDirectoryTest {
  @TempDir Path directory;

  private Path templates;
  private TemplateDirectory read;

  @BeforeEach
  void makeDirectories() throws IOException {
    templates = Files.createDirectories(directory.resolve("templates"));
    Files.createDirectories(templates.resolve("parts"));
    Files.writeString(templates.resolve("parts/a"), "inside");
    Files.createDirectories(directory.resolve("templates-other"));
    Files.writeString(directory.resolve("templates-other/secret"), "outside");
    read = new TemplateDirectory(templates);
  }

  @Test
  void aLinkIsFollowedWithinTheDirectoryOnly() throws IOException {
    Files.createSymbolicLink(templates.resolve("in"), Path.of("parts/a"));
    Files.createSymbolicLink(templates.resolve("out"), Path.of("../templates-other/secret"));
    Files.createSymbolicLink(templates.resolve("dir"), directory.resolve("templates-other"));
    Files.createSymbolicLink(templates.resolve("loop"), Path.of("loop"));

    assertThat(read.read("in")).isEqualTo(new Content.Text("inside"));
    assertThat(read.read("out"))
        .isEqualTo(new Content.Refused("it leads out of the template directory"));
    assertThat(read.read("dir/secret"))
        .isEqualTo(new Content.Refused("it leads out of the template directory"));
    assertThat(read.read("loop")).isInstanceOf(Content.Refused.class);
  }

  @Test
  void aDirectoryThatIsItselfALinkIsFine() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), templates);

    assertThat(new TemplateDirectory(link).read("parts/a")).isEqualTo(new Content.Text("inside"));
  }

  @Test
  void whatIsNoTextIsRefusedWithoutItsPath() throws IOException {
    Files.write(templates.resolve("binary"), new byte[] {(byte) 0xff, 0});
    Files.write(templates.resolve("large"), new byte[(4 << 20) + 1]);

    assertThat(read.read("binary")).isEqualTo(new Content.Refused("not UTF-8 text"));
    assertThat(read.read("large")).isEqualTo(new Content.Refused("larger than 4194304 bytes"));
    assertThat(read.read("parts")).isEqualTo(new Content.Refused("not a regular file"));
    assertThat(read.read("none")).isEqualTo(new Content.Refused("no such file"));
  }
}
