package dev.remora.agent;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Halves the time a program takes to start, since tests start the agent and the server by the
 * dozen: an archive of its classes, which the JVM maps instead of parsing. Made by one start and
 * stop, for this test JVM alone, and gone with it.
 */
final class ClassArchive {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final String OWN = "test-" + ProcessHandle.current().pid() + "-";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private ClassArchive() {}

  /**
   * Trains an archive.
   *
   * @param name of the program, a part of file names
   * @param java the JVM and its flags
   * @param program the class path and main class, or the jar; jars alone can be archived
   * @param arguments of the program in a new working directory, which is deleted in the end
   * @param sign what its output says once the classes to archive are loaded
   * @return {@code java} with the archive; without one, if none was made, tests are only slower
   */
  static List<String> train(
      String name, List<String> java, List<String> program, Arguments arguments, String sign) {
    Path archive = TARGET.resolve(OWN + name + ".jsa");
    archive.toFile().deleteOnExit();
    List<String> command = new ArrayList<>(java);
    command.add("-XX:ArchiveClassesAtExit=" + archive);
    command.addAll(program);
    try {
      Path directory = Files.createDirectories(TARGET.resolve(OWN + name));
      try {
        command.addAll(arguments.in(directory));
        startAndStop(command, directory, sign);
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> trained = new ArrayList<>(java);
    if (Files.isReadable(archive)) {
      trained.add("-XX:SharedArchiveFile=" + archive);
    }
    return List.copyOf(trained);
  }

  /** The arguments of a program, which may lay out files for it. */
  interface Arguments {
    List<String> in(Path directory) throws IOException;
  }

  private static void startAndStop(List<String> command, Path directory, String sign)
      throws IOException {
    Path log = directory.resolve("training.log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> !process.isAlive() || Files.readString(log).contains(sign));
      process.destroy();
      process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ConditionTimeoutException _) {
      return; // A slow machine: then the tests are slower too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** The class path of this JVM without the tests, and our own classes as a jar. */
  static String classPathOfJars() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath().normalize();
      if (path.equals(TARGET.resolve("classes"))) {
        entries.add(pack(path, TARGET.resolve(OWN + "classes.jar")).toString());
      } else if (!path.equals(TARGET.resolve("test-classes"))) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path pack(Path classes, Path jar) {
    jar.toFile().deleteOnExit();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> found = Files.walk(classes)) {
      for (Path path : found.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        Files.copy(path, out);
        out.closeEntry();
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      found.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
