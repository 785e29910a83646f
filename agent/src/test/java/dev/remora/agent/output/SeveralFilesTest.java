package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.agent.runner.BackupStore;
import dev.remora.agent.runner.OutputFiles.Content;
import dev.remora.agent.runner.OutputFiles.Output;
import dev.remora.agent.runner.OutputFiles.Staged;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.runner.TemplateSpec.Format;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SeveralFilesTest {
  @TempDir private Path directory;
  private Destinations destinations;

  @BeforeEach
  void make() {
    destinations = new Destinations(directory.resolve("data"));
  }

  @Test
  void whatIsCheckedLiesAsItWillLieAndIsGoneAfterwards() throws IOException {
    Path below = Files.createDirectory(directory.resolve("conf.d"));
    List<Output> outputs =
        List.of(text(directory.resolve("main.conf"), "m"), text(below.resolve("x.conf"), "x"));

    Staged staged = destinations.stage(outputs, List.of(), true);

    assertThat(staged.checked().resolve("main.conf")).hasContent("m");
    assertThat(staged.checked().resolve("conf.d/x.conf")).hasContent("x");
    assertThat(mode(staged.checked().resolve("conf.d/x.conf"))).isEqualTo("rw-------");
    destinations.replace(staged);
    assertThat(below.resolve("x.conf")).hasContent("x");
    assertThat(staged.checked()).doesNotExist();
    assertThat(names(directory)).containsExactlyInAnyOrder("conf.d", "data", "main.conf");
  }

  @Test
  void onlyWhatDiffersIsWritten() throws IOException {
    Path same = Files.writeString(directory.resolve("same"), "s");
    Object inode = Files.getAttribute(same, "unix:ino");

    Staged staged =
        destinations.stage(
            List.of(text(same, "s"), text(directory.resolve("new"), "n")), List.of(), false);
    destinations.replace(staged);

    assertThat(staged.files()).hasSize(1);
    assertThat(Files.getAttribute(same, "unix:ino")).isEqualTo(inode);
  }

  @Test
  void whereOneFileCannotBeReplacedAllOldOnesStand() throws IOException {
    Path first = Files.writeString(directory.resolve("a"), "old a");
    Path second = directory.resolve("b");
    Path third = Files.writeString(directory.resolve("c"), "old c");
    Staged staged =
        destinations.stage(
            List.of(text(first, "a"), text(second, "b"), text(third, "c")), List.of(), false);
    Files.delete(third);
    Files.createDirectory(third);

    assertThatThrownBy(() -> destinations.replace(staged)).isInstanceOf(IOException.class);
    destinations.discard(staged);

    assertThat(first).hasContent("old a");
    assertThat(second).doesNotExist();
    assertThat(names(directory)).noneMatch(name -> name.startsWith(".remora"));
  }

  @Test
  void aDirectoryIsSwappedAsAWholeAndStaleNamesGo() throws IOException {
    Path volume = Files.createDirectory(directory.resolve("volume"));
    TemplateSpec x = linked(volume.resolve("x"));
    TemplateSpec y = linked(volume.resolve("y"));
    destinations.replace(
        destinations.stage(List.of(Outputs.text(x, "1"), Outputs.text(y, "1")), List.of(), false));
    Path before = volume.resolve("..data").toRealPath();

    destinations.replace(
        destinations.stage(List.of(Outputs.text(x, "2")), List.of(volume.resolve("y")), false));

    assertThat(Files.readSymbolicLink(volume.resolve("x"))).isEqualTo(Path.of("..data/x"));
    assertThat(volume.resolve("x")).hasContent("2");
    assertThat(volume.resolve("y").toFile().exists()).isFalse();
    assertThat(before).doesNotExist();
    assertThat(names(volume)).hasSize(3).contains("..data", "x");
    assertThat(destinations.hash(volume.resolve("x"))).isPresent();
  }

  @Test
  void aLinkThatLeadsOutOfTheDirectoryOfManyFilesIsRefused() throws IOException {
    Path base = Files.createDirectory(directory.resolve("base"));
    Path outside = Files.writeString(directory.resolve("outside"), "mine");
    Files.createSymbolicLink(base.resolve("x.conf"), outside);
    TemplateSpec each =
        new TemplateSpec(
            Path.of("t.peb"),
            base + "/{{ i }}.conf",
            null,
            null,
            null,
            Format.ANY,
            false,
            TemplateSpec.Write.RENAME,
            new TemplateSpec.ForEach("i", "x"));
    Output output = new Output(base.resolve("x.conf"), new Content.Text("theirs"), each);

    assertThatThrownBy(() -> destinations.stage(List.of(output), List.of(), false))
        .hasMessageContaining("symbolic link");
    assertThat(outside).hasContent("mine");
  }

  @Test
  void aSensitiveFileIsItsOwnersAloneWhateverItWas() throws IOException {
    Path file = Files.writeString(directory.resolve("secret"), "s");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    TemplateSpec how =
        new TemplateSpec(
            Path.of("t.peb"),
            file.toString(),
            null,
            null,
            null,
            Format.ANY,
            true,
            TemplateSpec.Write.RENAME,
            null);

    destinations.dress(List.of(Outputs.text(how, "s")));
    String corrected = mode(file);
    destinations.replace(destinations.stage(List.of(Outputs.text(how, "t")), List.of(), false));

    assertThat(corrected).isEqualTo("rw-------");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JSON | {\"a\": [1, true]} | {\"a\": s3cret}",
        "JSON | [] | [] []",
        "YAML | 'a: {b: [1]}' | 'a: [s3cret'",
        "TOML | a = \"x\" | a = s3cret",
        "XML | <a b=\"c\"/> | <a>s3cret</b>",
        "PROPERTIES | a=b | 'a=\\u00zz'"
      })
  void aFormatIsCheckedWithoutAWordOfTheContent(Format format, String good, String bad) {
    assertThat(FormatCheck.mistake(format, good.getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(FormatCheck.mistake(format, bad.getBytes(StandardCharsets.UTF_8)))
        .hasValueSatisfying(
            mistake -> assertThat(mistake).startsWith("is not " + format).doesNotContain("s3c"));
  }

  @Test
  void anEntityOfAnotherFileIsNotRead() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "<not xml");
    String text = "<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><a>&x;</a>";

    assertThat(FormatCheck.mistake(Format.XML, text.getBytes(StandardCharsets.UTF_8))).isEmpty();
  }

  @Test
  void earlierVersionsComeBackNewestFirstAndTheOldestIsForgotten() throws IOException {
    Path file = Files.writeString(directory.resolve("a.conf"), "1");
    BackupFiles backups = new BackupFiles(directory.resolve("data"));
    List<BackupStore.Kept> files = List.of(new BackupStore.Kept(file, file, 0));
    backups.keep("g", 2, "h1", files);
    backups.keep("g", 2, "h1", files);
    Files.writeString(file, "2");
    backups.keep("g", 2, "h2", files);
    Files.writeString(file, "3");
    backups.keep("g", 2, "h3", files);

    assertThat(backups.count("g")).isEqualTo(2);
    BackupStore.Version newest = backups.newest("g", "h3").orElseThrow();
    assertThat(newest.hash()).isEqualTo("h2");
    assertThat(newest.files().getFirst().copy()).hasContent("2");
    assertThat(mode(newest.files().getFirst().copy())).isEqualTo("rw-------");
    backups.forget(newest);
    assertThat(backups.newest("g", "h3")).isEmpty();
  }

  private static Output text(Path file, String text) {
    return Outputs.text(Outputs.of(file, null), text);
  }

  private static TemplateSpec linked(Path file) {
    return Outputs.of(file, null, TemplateSpec.Write.SYMLINK_DIR);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
