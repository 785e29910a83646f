import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The members of Debian's ZooKeeper on 127.0.0.1, and their own Java client, {@code
 * bench/ZooKeeperPut.java}. Both run on the JDK that runs this. The log is forced to the disk, as
 * it is by default.
 */
final class ZooKeeper implements AutoCloseable {
  private static final Path JARS = Path.of("/usr/share/java");
  private static final List<String> WANTED =
      List.of(
          "zookeeper.jar",
          "zookeeper-jute.jar",
          "netty-all.jar",
          "slf4j-api.jar",
          "slf4j-nop.jar",
          "snappy-java.jar",
          "metrics-core.jar",
          "commons-io.jar");
  private static final int PATIENCE_SECONDS = 60;

  private final Bench bench;
  private final Path dir;
  private final List<Integer> ports;
  private final List<Child> children = new ArrayList<>();

  /** Starts new members, and waits until one of them leads. */
  ZooKeeper(Bench bench, int count) throws IOException, InterruptedException {
    this.bench = bench;
    this.dir = bench.newDirectory(Kind.ZOOKEEPER.label);
    List<Integer> all = Bench.freePorts(3 * count);
    this.ports = all.subList(0, count);
    List<String> ensemble = new ArrayList<>();
    for (int i = 0; count > 1 && i < count; i++) {
      ensemble.add(
          "server.%d=127.0.0.1:%d:%d".formatted(i + 1, all.get(count + i), all.get(2 * count + i)));
    }
    for (int i = 0; i < count; i++) {
      Path data = Files.createDirectory(dir.resolve("m" + i));
      Files.writeString(data.resolve("myid"), i + 1 + "\n");
      Path config = dir.resolve("m" + i + ".cfg");
      Files.writeString(config, config(data, ports.get(i), ensemble));
      children.add(
          bench
              .processes()
              .start(
                  "ZooKeeper " + i,
                  "(it logs nothing)",
                  List.of(
                      Bench.java(),
                      "-Xmx1g",
                      "-cp",
                      classPath(),
                      "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                      config.toString())));
    }
    try {
      leaderPort();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Whether Debian's packages are there. */
  static boolean isInstalled() {
    return WANTED.subList(0, 2).stream().allMatch(jar -> Files.exists(JARS.resolve(jar)));
  }

  /** As the name of its jar has it. */
  static String version() throws IOException {
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(JARS, "zookeeper-[0-9]*.jar")) {
      for (Path jar : jars) {
        return jar.getFileName().toString().replaceAll("zookeeper-|\\.jar", "");
      }
    }
    return "unknown";
  }

  private static String classPath() {
    return WANTED.stream()
        .map(JARS::resolve)
        .filter(Files::exists)
        .map(Path::toString)
        .collect(Collectors.joining(":"));
  }

  private static String config(Path data, int port, List<String> ensemble) {
    Stream<String> own =
        Stream.of(
            "dataDir=" + data,
            "clientPort=" + port,
            "clientPortAddress=127.0.0.1",
            "tickTime=2000",
            "initLimit=10",
            "syncLimit=5",
            "maxClientCnxns=0",
            "admin.enableServer=false");
    return Stream.concat(own, ensemble.stream()).collect(Collectors.joining("\n", "", "\n"));
  }

  private int leaderPort() throws IOException, InterruptedException {
    int[] found = {0};
    Bench.await(
        "a leader of ZooKeeper: " + children.getFirst().lastLines(),
        PATIENCE_SECONDS,
        () -> {
          for (int port : ports) {
            String status = status(port);
            if (status.contains("Mode: leader") || status.contains("Mode: standalone")) {
              found[0] = port;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  private static String status(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // It does not listen yet.
    }
  }

  /**
   * Writes to the leader.
   *
   * @return a line as that of v2.lua
   */
  String drive(int connections) throws IOException, InterruptedException {
    return bench
        .processes()
        .run(
            List.of(
                Bench.java(),
                "-cp",
                classPath(),
                bench.root().resolve("bench/ZooKeeperPut.java").toString(),
                "127.0.0.1:" + leaderPort(),
                connections + "",
                bench.settings().seconds() + ""));
  }

  long cpuMicros() throws IOException {
    long sum = 0;
    for (Child child : children) {
      sum += child.cpuMicros();
    }
    return sum;
  }

  @Override
  public void close() throws IOException {
    for (Child child : children) {
      child.kill();
    }
    Bench.delete(dir);
  }
}
