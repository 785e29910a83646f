package dev.remora.agent.output;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory whose files change all at once, as in a ConfigMap volume of Kubernetes: the files lie
 * in a directory of their own, {@code ..data} is a link to it, and each name is a link through
 * {@code ..data}.
 */
final class LinkedDirectory {
  private static final String DATA = "..data";
  private static final String DATA_FRESH = "..data_tmp";
  private static final String FRESH_PREFIX = "..remora-";

  private LinkedDirectory() {}

  /** Makes the directory in which the next version is staged. */
  static Path fresh(Path directory, String unique) throws IOException {
    Path fresh = directory.resolve(FRESH_PREFIX + unique);
    Files.createDirectory(
        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    return fresh;
  }

  /** Makes a staged version the one that is seen. */
  static void swap(Path directory, Path fresh, List<String> names, Undo undo) throws IOException {
    DurableFiles.sync(fresh);
    Path data = directory.resolve(DATA);
    Path before = Files.isSymbolicLink(data) ? Files.readSymbolicLink(data) : null;
    undo.push(
        () -> {
          if (before != null) {
            point(directory, before);
          }
        },
        () -> removeOthers(directory, fresh));
    point(directory, fresh.getFileName());
    for (String name : names) {
      Path through = Path.of(DATA, name);
      Path link = directory.resolve(name);
      if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(through)) {
        continue;
      }
      Path made = directory.resolve(FRESH_PREFIX + name);
      Files.deleteIfExists(made);
      Files.createSymbolicLink(made, through);
      Files.move(made, link, StandardCopyOption.ATOMIC_MOVE);
    }
    DurableFiles.sync(directory);
  }

  /** Whether a name is a link that {@link #swap} has made. */
  static boolean isLinked(Path file) throws IOException {
    return Files.isSymbolicLink(file)
        && Files.readSymbolicLink(file).equals(Path.of(DATA, file.getFileName().toString()));
  }

  private static void point(Path directory, Path target) throws IOException {
    Path fresh = directory.resolve(DATA_FRESH);
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, target);
    Files.move(fresh, directory.resolve(DATA), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void removeOthers(Path directory, Path current) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, FRESH_PREFIX + "*")) {
      for (Path old : found) {
        if (!old.equals(current) && Files.isDirectory(old, LinkOption.NOFOLLOW_LINKS)) {
          remove(old);
        }
      }
    }
  }

  /** Removes a directory of files. */
  static void remove(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path each : found.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
