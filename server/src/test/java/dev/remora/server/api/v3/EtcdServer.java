package dev.remora.server.api.v3;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real etcd, empty, on ports of its own. */
final class EtcdServer implements AutoCloseable {
  private final Process process;
  private final String url;

  private EtcdServer(Path directory) throws IOException {
    url = "http://127.0.0.1:" + freePort();
    String peerUrl = "http://127.0.0.1:" + freePort();
    process =
        new ProcessBuilder(
                List.of(
                    "etcd",
                    "--data-dir=" + directory.resolve("data"),
                    "--listen-client-urls=" + url,
                    "--advertise-client-urls=" + url,
                    "--listen-peer-urls=" + peerUrl,
                    "--initial-advertise-peer-urls=" + peerUrl,
                    "--initial-cluster=default=" + peerUrl))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    JsonClient client = new JsonClient(url);
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").status() == 200);
  }

  /** Whether an etcd 3.4 is installed here. */
  static boolean isInstalled() {
    return Stream.of(System.getProperty("java.library.path"), "/usr/bin:/usr/local/bin")
        .flatMap(path -> Stream.of(path.split(":")))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "etcd")));
  }

  static EtcdServer start(Path directory) throws IOException {
    return new EtcdServer(directory);
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
