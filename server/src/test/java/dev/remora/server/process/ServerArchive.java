package dev.remora.server.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Halves the time the server takes to start, since tests start it by the dozen: its classes as a
 * jar, and an archive of them that the JVM maps instead of parsing (class data sharing wants jars).
 * Made once in each test JVM, by one start and stop.
 *
 * @param classPath the class path of the server without the tests
 * @param flags what makes the JVM use the archive
 */
record ServerArchive(String classPath, List<String> flags) {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  ServerArchive {
    flags = List.copyOf(flags);
  }

  /** The archive of this test JVM. */
  static ServerArchive get() {
    return Holder.ARCHIVE;
  }

  private static final class Holder {
    private static final ServerArchive ARCHIVE = make();
  }

  private static ServerArchive make() {
    String own = "test-server-" + ProcessHandle.current().pid();
    Path jar = TARGET.resolve(own + ".jar");
    Path archive = TARGET.resolve(own + ".jsa");
    jar.toFile().deleteOnExit();
    archive.toFile().deleteOnExit();
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry).toAbsolutePath().normalize();
      if (path.equals(TARGET.resolve("classes"))) {
        entries.add(pack(path, jar).toString());
      } else if (!path.equals(TARGET.resolve("test-classes"))) {
        entries.add(entry);
      }
    }
    String classPath = String.join(File.pathSeparator, entries);
    train(new ServerArchive(classPath, List.of("-XX:ArchiveClassesAtExit=" + archive)));
    return new ServerArchive(
        classPath,
        Files.isReadable(archive) ? List.of("-XX:SharedArchiveFile=" + archive) : List.of());
  }

  /**
   * One start, a write and a read, and a clean stop; without an archive the tests are slower and
   * nothing else.
   */
  private static void train(ServerArchive training) {
    Path dataDir = TARGET.resolve("test-server-" + ProcessHandle.current().pid() + "-data");
    int port = StoreProcess.freePort();
    ChildProcess process = ChildProcess.start(ServerProcess.command(training, dataDir, port));
    try {
      process.awaitLine(StoreProcess.READY, Duration.ofMinutes(2));
      writeAndRead(URI.create("http://127.0.0.1:" + port + "/v2/keys/training"));
      process.terminate();
      process.awaitExit(Duration.ofMinutes(2));
    } finally {
      process.kill();
      delete(dataDir);
    }
  }

  private static void writeAndRead(URI key) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(key).header("Content-Type", "application/x-www-form-urlencoded");
      client.send(
          request.PUT(BodyPublishers.ofString("value=x")).build(), BodyHandlers.discarding());
      client.send(request.GET().build(), BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static Path pack(Path classes, Path jar) {
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

  private static void delete(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      found.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
