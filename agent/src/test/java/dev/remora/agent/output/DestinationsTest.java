package dev.remora.agent.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.agent.runner.OutputFiles.Staged;
import dev.remora.agent.runner.TemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DestinationsTest {
  @TempDir Path directory;
  private Destinations destinations;

  @BeforeEach
  void make() {
    destinations = new Destinations(directory.resolve("data"));
  }

  @Test
  void aNewFileGets0644AndNothingIsLeftBeside() throws IOException {
    Path file = directory.resolve("app.conf");

    destinations.replace(stage(file, "new é\n", null));

    assertThat(Files.readString(file)).isEqualTo("new é\n");
    assertThat(mode(file)).isEqualTo("rw-r--r--");
    assertThat(names()).containsExactly("app.conf");
  }

  @Test
  void theModeOfTheExistingFileIsKeptUnlessOneIsGiven() throws IOException {
    Path file = Files.writeString(directory.resolve("app.conf"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    destinations.replace(stage(file, "new", null));
    String kept = mode(file);
    destinations.replace(stage(file, "newer", 0600));

    assertThat(kept).isEqualTo("rw-r-----");
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void theOwnerOfTheExistingFileIsKept() throws IOException {
    Path file = Files.writeString(directory.resolve("app.conf"), "old");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid")), "needs root");
    Files.setAttribute(file, "unix:uid", 12_345);
    Files.setAttribute(file, "unix:gid", 12_346);

    destinations.replace(stage(file, "new", null));

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(12_345);
    assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(12_346);
  }

  @Test
  void theOldFileStandsUntilTheReplacementAndAfterADiscard() throws IOException {
    Path file = Files.writeString(directory.resolve("app.conf"), "old");

    Staged staged = stage(file, "new", null);
    String during = Files.readString(file);
    destinations.discard(staged);
    destinations.discard(staged);

    assertThat(during).isEqualTo("old");
    assertThat(Files.readString(file)).isEqualTo("old");
    assertThat(names()).containsExactly("app.conf");
  }

  @Test
  void aLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path real = Files.createDirectory(directory.resolve("real"));
    Path target = Files.writeString(real.resolve("app.conf"), "old");
    Path link = Files.createSymbolicLink(directory.resolve("link.conf"), target);

    destinations.replace(stage(link, "new", null));

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(target)).isEqualTo("new");
  }

  @Test
  void aDirectoryADanglingLinkAndADeviceAreRefused() throws IOException {
    Path dangling =
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));

    assertThatThrownBy(() -> stage(directory, "x", null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> stage(dangling, "x", null)).hasMessageContaining("leads nowhere");
    assertThatThrownBy(() -> destinations.hash(Path.of("/dev/zero")))
        .hasMessageContaining("not a regular file");
  }

  @Test
  void aDirectoryThatIsNotThereIsAClearError() {
    Path file = directory.resolve("no/such/app.conf");

    assertThatThrownBy(() -> stage(file, "secret", null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("make it first")
        .hasMessageNotContaining("secret");
  }

  @Test
  void anUnwritableDestinationKeepsTheOldFileByteForByte() {
    // /proc refuses new files for everyone, root included.
    Path file = Path.of("/proc/version");
    byte[] before = read(file);

    assertThatThrownBy(() -> stage(file, "x", null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/proc/version");

    assertThat(read(file)).isEqualTo(before);
  }

  @Test
  void theHashIsThatOfTheBytesAndEmptyForNoFile() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "abc");

    assertThat(destinations.hash(file))
        .hasValue("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(destinations.hash(directory.resolve("no"))).isEmpty();
    assertThat(destinations.text(file)).hasValue("abc");
  }

  @Test
  void whatAKilledAgentLeftIsRemovedAndNothingElse() throws IOException {
    Path file = directory.resolve("app.conf");
    Path other = directory.resolve("other.conf");
    Staged left = stage(file, "x", null);
    Staged others = stage(other, "x", null);
    Path mine = Files.writeString(directory.resolve(".remora-app.conf.notes.tmp"), "mine");

    destinations.removeStale(Outputs.of(file, null));

    assertThat(left.files().getFirst().path()).doesNotExist();
    assertThat(others.files().getFirst().path()).exists();
    assertThat(mine).exists();
  }

  @Test
  void inPlaceTheInodeStaysAndALongerOldFileIsCut() throws IOException {
    Path file = Files.writeString(directory.resolve("mounted"), "a much longer old text");
    Object inode = Files.getAttribute(file, "unix:ino");
    TemplateSpec how = Outputs.of(file, null, TemplateSpec.Write.INPLACE);

    destinations.replace(destinations.stage(List.of(Outputs.text(how, "new")), List.of(), false));

    assertThat(Files.readString(file)).isEqualTo("new");
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
    assertThat(names()).contains("mounted").noneMatch(name -> name.startsWith(".remora"));
  }

  @Test
  void aStagedFileIsSecretUntilItIsDressed() throws IOException {
    Path fresh = directory.resolve("fresh");

    DurableFiles.create(fresh, new byte[] {1});

    assertThat(mode(fresh)).isEqualTo("rw-------");
    assertThatThrownBy(() -> DurableFiles.create(fresh, new byte[] {2}))
        .isInstanceOf(java.nio.file.FileAlreadyExistsException.class);
  }

  private Staged stage(Path file, String text, @Nullable Integer mode) throws IOException {
    return destinations.stage(
        List.of(Outputs.text(Outputs.of(file, mode), text)), List.of(), false);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
