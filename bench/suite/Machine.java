import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where it was measured, and what. */
final class Machine {
  private static final int FSYNCS = 200;
  private static final int BLOCK_BYTES = 4_096;

  private Machine() {}

  /** In the order they are to be read. */
  static Map<String, String> facts(Path root, Path dir, Processes processes, boolean hasZooKeeper)
      throws IOException, InterruptedException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
    facts.put(
        "processors",
        Runtime.getRuntime().availableProcessors() + " × " + field("/proc/cpuinfo", "model name"));
    facts.put("memory", field("/proc/meminfo", "MemTotal"));
    facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("file system", Files.getFileStore(dir).type());
    facts.put("fsync of 4 KiB", fsync(dir));
    facts.put("load before", load());
    facts.put("Remora", version(processes, root.resolve("remora").toString(), "server"));
    facts.put("etcd", version(processes, "etcd"));
    if (hasZooKeeper) {
      facts.put("ZooKeeper", ZooKeeper.version());
    }
    facts.put("JDK", Runtime.version().toString());
    return facts;
  }

  /** How many processes ran or waited to, over 1, 5 and 15 minutes. */
  static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).replaceAll(" \\S+/.*\\s*", "");
  }

  /** How many files a process may have open; the JVM raises itself to the hard limit. */
  static long filesMax() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith("Max open files")) {
        String hard = line.trim().split("\\s+")[4];
        return hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
      }
    }
    return Long.MAX_VALUE;
  }

  private static String field(String file, String name) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  private static String version(Processes processes, String... command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(command));
    words.add("--version");
    return processes
        .run(words)
        .lines()
        .reduce((first, last) -> command.length > 1 ? last : first)
        .orElse("unknown");
  }

  /** What a forced write at the end of a file costs: the least that an acknowledged write can. */
  private static String fsync(Path dir) throws IOException {
    Path file = dir.resolve("fsync");
    long[] nanos = new long[FSYNCS];
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < FSYNCS; i++) {
        long startNanos = System.nanoTime();
        channel.write(ByteBuffer.allocate(BLOCK_BYTES));
        channel.force(false);
        nanos[i] = System.nanoTime() - startNanos;
      }
    }
    Files.delete(file);
    Arrays.sort(nanos);
    return String.format(
        Locale.ROOT,
        "p50 %.2f ms, p99 %.2f ms",
        nanos[FSYNCS / 2] / 1e6,
        nanos[FSYNCS * 99 / 100] / 1e6);
  }
}
