package dev.remora.agent.output;

import dev.remora.agent.runner.OutputFiles;
import dev.remora.agent.runner.TemplateSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Rendered files.
 *
 * <p>A destination that is a symbolic link stands for what it points to: the target is replaced and
 * the link stays, as an editor does it. A link that points nowhere is refused, and so is anything
 * but a regular file. Where it is a value of the registry that names the file, no link is followed.
 */
public final class Destinations implements OutputFiles {
  private static final String STAGED_PREFIX = ".remora-";
  private static final String STAGED_SUFFIX = ".tmp";
  private static final int STAGED_RANDOM_BYTES = 8;
  private static final Pattern STAGED = Pattern.compile("\\.remora-.*\\.[0-9a-f]{16}\\.tmp");
  private static final long TEXT_BYTES_MAX = 64L << 20;

  private final Path staging;
  private final SecureRandom random = new SecureRandom();

  /** Stages what cannot lie beside its destination in {@code staged} of the data directory. */
  public Destinations(Path dataDirectory) {
    this.staging = dataDirectory.resolve("staged");
  }

  @Override
  public Optional<String> hash(Path destination) throws IOException {
    Path file = resolved(destination);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(Contents.hash(in));
    } catch (FileSystemException e) {
      throw DurableFiles.explained("cannot read " + destination, e);
    }
  }

  @Override
  public Optional<String> text(Path destination) throws IOException {
    Path file = resolved(destination);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > TEXT_BYTES_MAX) {
        throw new IOException(destination + " is larger than " + TEXT_BYTES_MAX + " bytes");
      }
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileSystemException e) {
      throw DurableFiles.explained("cannot read " + destination, e);
    }
  }

  /** What a message calls a file: one that a value has named goes by the text that it came of. */
  private static String shown(Output output) {
    return output.how().forEach() == null
        ? output.destination().toString()
        : output.how().destination();
  }

  @Override
  public Optional<String> malformed(List<Output> outputs) throws IOException {
    for (Output output : outputs) {
      byte[] content = Contents.bytes(output.content());
      Optional<String> mistake = FormatCheck.mistake(output.how().format(), content);
      if (mistake.isPresent()) {
        return Optional.of(shown(output) + ": " + mistake.get());
      }
    }
    return Optional.empty();
  }

  @Override
  public Staged stage(List<Output> outputs, List<Path> stale, boolean isDirectory)
      throws IOException {
    List<StagedFile> files = new ArrayList<>();
    List<Path> made = new ArrayList<>();
    String trying = outputs.isEmpty() ? staging.toString() : shown(outputs.getFirst());
    try {
      SortedMap<Path, Path> linked = linked(outputs, made);
      for (Output output : outputs) {
        trying = shown(output);
        Path fresh = linked.get(output.destination().getParent());
        if (output.how().write() == TemplateSpec.Write.SYMLINK_DIR) {
          if (fresh != null) {
            files.add(stage(output, fresh.resolve(output.destination().getFileName()), made));
          }
        } else if (!isThere(output)) {
          files.add(stage(output, staged(output), made));
        }
      }
      trying = staging.toString();
      Path checked =
          isDirectory || files.isEmpty() ? copies(outputs, made) : files.getFirst().path();
      return new Staged(files, stale, checked);
    } catch (IOException e) {
      remove(made, e);
      throw DurableFiles.explained("cannot write " + trying + " (the old file stands)", e);
    }
  }

  /** By directory, where the next version of those is staged that are swapped as a whole. */
  private SortedMap<Path, Path> linked(List<Output> outputs, List<Path> made) throws IOException {
    TreeMap<Path, Path> linked = new TreeMap<>();
    for (Output output : outputs) {
      Path directory = parent(output.destination());
      boolean isLinked = output.how().write() == TemplateSpec.Write.SYMLINK_DIR;
      if (isLinked && !linked.containsKey(directory) && !isThere(output)) {
        Path fresh = LinkedDirectory.fresh(directory, unique());
        made.add(fresh);
        linked.put(directory, fresh);
      }
    }
    return linked;
  }

  private boolean isThere(Output output) throws IOException {
    boolean isLinkWanted = output.how().write() == TemplateSpec.Write.SYMLINK_DIR;
    if (isLinkWanted && !LinkedDirectory.isLinked(output.destination())) {
      return false;
    }
    return hash(output.destination())
        .equals(Optional.of(Contents.hash(Contents.bytes(output.content()))));
  }

  private Path staged(Output output) throws IOException {
    Path file = resolved(output.destination());
    if (output.how().forEach() != null) {
      confine(output);
    }
    if (output.how().write() == TemplateSpec.Write.INPLACE) {
      return ownDirectory().resolve(stagedName(file));
    }
    return file.resolveSibling(stagedName(file));
  }

  private StagedFile stage(Output output, Path staged, List<Path> made) throws IOException {
    made.add(staged);
    DurableFiles.create(staged, Contents.bytes(output.content()));
    Dress.put(staged, resolved(output.destination()), output.how());
    DurableFiles.sync(staged);
    return new StagedFile(staged, output);
  }

  /** A value has named the file: it stays in the directory that the configuration names. */
  private static void confine(Output output) throws IOException {
    String pattern = output.how().destination();
    String written = pattern.substring(0, Math.max(0, pattern.indexOf('{')));
    Path base = Path.of(written.substring(0, written.lastIndexOf('/') + 1)).toRealPath();
    Path directory = parent(output.destination()).toRealPath();
    if (!directory.startsWith(base) || Files.isSymbolicLink(output.destination())) {
      throw new IOException("a symbolic link leads out of " + base);
    }
  }

  /**
   * Copies of all files as they are to be, for a check: below one directory, as they lie below the
   * deepest one that is common to them.
   */
  private Path copies(List<Output> outputs, List<Path> made) throws IOException {
    Path directory = ownDirectory().resolve(unique());
    made.addFirst(directory);
    Files.createDirectory(directory, ownerOnly());
    Path common = outputs.isEmpty() ? directory : parent(outputs.getFirst().destination());
    for (Output output : outputs) {
      while (!output.destination().startsWith(common)) {
        common = parent(common);
      }
    }
    for (Output output : outputs) {
      Path copy = directory.resolve(common.relativize(output.destination()));
      Files.createDirectories(parent(copy), ownerOnly());
      DurableFiles.createUnsynced(copy, Contents.bytes(output.content()));
    }
    return directory;
  }

  @Override
  public void replace(Staged staged) throws IOException {
    Undo undo = new Undo();
    boolean isOne = staged.files().size() == 1;
    TreeSet<Path> directories = new TreeSet<>();
    TreeMap<Path, List<StagedFile>> linked = new TreeMap<>();
    try {
      for (StagedFile file : staged.files()) {
        Path destination = file.output().destination();
        switch (file.output().how().write()) {
          case SYMLINK_DIR ->
              linked.computeIfAbsent(parent(destination), _ -> new ArrayList<>()).add(file);
          case INPLACE -> overwrite(file, undo);
          case RENAME -> {
            if (rename(file, undo, isOne)) {
              directories.add(parent(resolved(destination)));
            }
          }
        }
      }
      for (var each : linked.entrySet()) {
        LinkedDirectory.swap(
            each.getKey(),
            parent(each.getValue().getFirst().path()),
            each.getValue().stream()
                .map(file -> file.output().destination().getFileName().toString())
                .toList(),
            undo);
      }
    } catch (IOException e) {
      undo.takeBack(e);
      throw e;
    }
    for (Path stale : staged.stale()) {
      if (Files.isSymbolicLink(stale) && !LinkedDirectory.isLinked(stale)) {
        continue; // Somebody else has put it there.
      }
      if (Files.deleteIfExists(stale)) {
        directories.add(parent(stale));
      }
    }
    for (Path directory : directories) {
      DurableFiles.sync(directory);
    }
    undo.done();
    tidy(staged);
  }

  /** Removes what is left of staging where all that was staged has gone to its place. */
  private void tidy(Staged staged) throws IOException {
    for (StagedFile file : staged.files()) {
      if (file.output().how().write() != TemplateSpec.Write.SYMLINK_DIR) {
        Files.deleteIfExists(file.path());
      }
    }
    if (staged.checked().startsWith(staging)) {
      LinkedDirectory.remove(staged.checked());
    }
  }

  /** Whether it was a rename; else the file is a mount of its own, and was written in place. */
  private boolean rename(StagedFile staged, Undo undo, boolean isOne) throws IOException {
    Path file = resolved(staged.output().destination());
    if (!isOne) {
      remember(file, undo);
    }
    try {
      Files.move(staged.path(), file, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException e) {
      if (!isMount(e)) {
        throw DurableFiles.explained("cannot replace " + shown(staged.output()), e);
      }
      overwrite(staged, undo);
      return false;
    }
  }

  /** A second name for the old file, by which it comes back. */
  private void remember(Path file, Undo undo) throws IOException {
    if (!Files.exists(file)) {
      undo.push(() -> Files.deleteIfExists(file), () -> {});
      return;
    }
    Path old = file.resolveSibling(stagedName(file));
    try {
      Files.createLink(old, file);
    } catch (UnsupportedOperationException | FileSystemException _) {
      Files.copy(file, old, StandardCopyOption.COPY_ATTRIBUTES);
    }
    undo.push(
        () -> Files.move(old, file, StandardCopyOption.ATOMIC_MOVE),
        () -> Files.deleteIfExists(old));
  }

  private static void overwrite(StagedFile staged, Undo undo) throws IOException {
    Path file = resolved(staged.output().destination());
    byte[] before = Files.exists(file) ? Files.readAllBytes(file) : null;
    DurableFiles.overwrite(file, Files.readAllBytes(staged.path()), staged.output().how());
    undo.push(
        () -> {
          if (before != null) {
            DurableFiles.overwrite(file, before, staged.output().how());
          } else {
            Files.deleteIfExists(file);
          }
        },
        () -> {});
  }

  @Override
  public void discard(Staged staged) throws IOException {
    tidy(staged);
    for (StagedFile file : staged.files()) {
      if (file.output().how().write() == TemplateSpec.Write.SYMLINK_DIR) {
        LinkedDirectory.remove(parent(file.path()));
      }
    }
  }

  @Override
  public void dress(List<Output> outputs) throws IOException {
    for (Output output : outputs) {
      Dress.correct(resolved(output.destination()), output.how());
    }
  }

  /**
   * Removes what a killed agent left staged for this template. To be called at start, before
   * anything is staged.
   */
  public void removeStale(TemplateSpec template) throws IOException {
    String written = template.destination();
    boolean isOne = template.forEach() == null;
    Path file = isOne ? resolved(Path.of(written)) : null;
    Path directory =
        file == null ? Path.of(written.substring(0, written.indexOf('{'))) : parent(file);
    if (file == null && !written.substring(0, written.indexOf('{')).endsWith("/")) {
      directory = parent(directory);
    }
    String prefix = file == null ? STAGED_PREFIX : STAGED_PREFIX + file.getFileName() + ".";
    int length = prefix.length() + 2 * STAGED_RANDOM_BYTES + STAGED_SUFFIX.length();
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            directory,
            path -> {
              String name = path.getFileName().toString();
              return name.startsWith(prefix)
                  && STAGED.matcher(name).matches()
                  && (file == null || name.length() == length)
                  && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
            })) {
      for (Path stale : left) {
        Files.deleteIfExists(stale);
      }
    }
  }

  /** Removes what a killed agent left staged in the data directory. To be called at start. */
  public void removeStale() throws IOException {
    LinkedDirectory.remove(staging);
  }

  /** The file that is meant: the target of a link, and nothing but a regular file. */
  private static Path resolved(Path destination) throws IOException {
    Path file = destination.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(file)) {
      if (LinkedDirectory.isLinked(file) && !Files.exists(file)) {
        return file.resolveSibling("..data/" + file.getFileName());
      }
      try {
        file = file.toRealPath();
      } catch (IOException e) {
        throw new IOException(
            "destination " + destination + " is a symbolic link that leads nowhere: remove it", e);
      }
    }
    if (Files.isDirectory(file)) {
      throw new IOException("destination " + destination + " is a directory: name a file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("destination " + destination + " is not a regular file");
    }
    return file;
  }

  private Path ownDirectory() throws IOException {
    return Files.createDirectories(staging, ownerOnly());
  }

  private static java.nio.file.attribute.FileAttribute<?> ownerOnly() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  private String stagedName(Path file) {
    return STAGED_PREFIX + file.getFileName() + "." + unique() + STAGED_SUFFIX;
  }

  private String unique() {
    byte[] bytes = new byte[STAGED_RANDOM_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Whether a rename failed since the destination is a mount of its own, as in a container. */
  private static boolean isMount(FileSystemException e) {
    String reason = String.valueOf(e.getReason()).toLowerCase(Locale.ROOT);
    return e instanceof AtomicMoveNotSupportedException || reason.contains("busy");
  }

  static Path parent(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent == null) {
      throw new IOException("destination " + file + " is not a file");
    }
    return parent;
  }

  private static void remove(List<Path> made, IOException cause) {
    for (Path each : made.reversed()) {
      try {
        if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
          LinkedDirectory.remove(each);
        } else {
          Files.deleteIfExists(each);
        }
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
