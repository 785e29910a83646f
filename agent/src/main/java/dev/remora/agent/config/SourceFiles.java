package dev.remora.agent.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Tells whether files have changed, by name, size, time and inode. It is asked for now and then:
 * that also sees the swapped links of a mounted ConfigMap, and costs a few system calls.
 */
public final class SourceFiles {
  private static final int FILES_MAX = 20_000;

  private SourceFiles() {}

  /** A text that differs once a file, or one in a directory, is another; never fails. */
  public static String fingerprint(Collection<Path> sources) {
    StringBuilder print = new StringBuilder();
    sources.forEach(source -> add(source, print));
    return print.toString();
  }

  private static void add(Path source, StringBuilder print) {
    if (!Files.isDirectory(source)) {
      addFile(source, print);
      return;
    }
    try (Stream<Path> entries = Files.list(source)) {
      entries
          .filter(Definitions::isDefinition)
          .sorted()
          .limit(FILES_MAX)
          .forEach(file -> addFile(file, print));
    } catch (IOException e) {
      print.append(source).append(" cannot be listed\n");
    }
  }

  private static void addFile(Path file, StringBuilder print) {
    print.append(file);
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      print.append(' ').append(found.size()).append(' ').append(found.lastModifiedTime());
      print.append(' ').append(found.fileKey());
    } catch (IOException e) {
      print.append(Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? " unreadable" : " missing");
    }
    print.append('\n');
  }
}
