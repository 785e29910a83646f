package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Use;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's etcdctl 3.4, unchanged, by the v2 API; skipped where it is absent. */
final class EtcdctlTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path directory = Path.of("unset");

  @BeforeEach
  void isThere() {
    assumeTrue(EtcdProcess.isOnPath("etcdctl"), "etcdctl is absent (apt-get install etcd-client)");
  }

  /** What a command printed, and its exit code. */
  private record Ran(int exitCode, List<String> output) {}

  @Test
  void itsCommandsDoWhatTheyDoWithEtcd() {
    try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
      List<String> at = List.of("--endpoints", server.url().toString());

      assertThat(run(at, "set", "/message", "Hello")).isEqualTo(new Ran(0, List.of("Hello")));
      assertThat(run(at, "get", "/message")).isEqualTo(new Ran(0, List.of("Hello")));
      assertThat(run(at, "update", "/message", "Bye")).isEqualTo(new Ran(0, List.of("Bye")));
      assertThat(run(at, "mk", "/message", "x").output())
          .singleElement()
          .asString()
          .startsWith("Error:  105: Key already exists (/message)");
      assertThat(run(at, "mk", "/new", "1")).isEqualTo(new Ran(0, List.of("1")));
      assertThat(run(at, "set", "--swap-with-value", "0", "/new", "2").exitCode()).isEqualTo(4);
      assertThat(run(at, "mkdir", "/dir").exitCode()).isZero();
      assertThat(run(at, "set", "/dir/a", "1").exitCode()).isZero();
      assertThat(run(at, "ls", "-r", "--sort").output())
          .containsExactly("/dir", "/dir/a", "/message", "/new");
      assertThat(run(at, "rmdir", "/dir").exitCode()).isEqualTo(4);
      assertThat(run(at, "rm", "/dir/a").output()).containsExactly("PrevNode.Value: 1");
      assertThat(run(at, "rmdir", "/dir").exitCode()).isZero();
      assertThat(run(at, "get", "/dir").exitCode()).isEqualTo(4);
      assertThat(run(at, "member", "list").output())
          .singleElement()
          .asString()
          .contains("name=default", "clientURLs=" + server.url(), "isLeader=true");
      assertThat(run(at, "cluster-health").output()).last().isEqualTo("cluster is healthy");
    }
  }

  @Test
  void directoriesAreMadeAndKeptAndWatchesTell() throws Exception {
    try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
      List<String> at = List.of("--endpoints", server.url().toString());

      assertThat(run(at, "setdir", "/w").exitCode()).isZero();
      assertThat(run(at, "setdir", "/w").exitCode()).isEqualTo(4);
      assertThat(run(at, "updatedir", "--ttl", "600", "/w").exitCode()).isZero();
      assertThat(run(at, "mk", "--in-order", "/w/queue", "first").exitCode()).isZero();
      assertThat(run(at, "-o", "json", "ls", "/w").output())
          .singleElement()
          .asString()
          .contains("\"key\":\"/w/queue\",\"dir\":true");

      ChildProcess watch = start(at, "watch", "-r", "/w");
      awaitWatchers(server, 1);
      assertThat(run(at, "set", "/w/a", "told").exitCode()).isZero();
      watch.awaitLine("told", PATIENCE);
      assertThat(watch.awaitExit(PATIENCE)).isZero();

      String[] command = {
        "exec-watch", "-r", "/w", "--", "sh", "-c", "echo \"$ETCD_WATCH_ACTION $ETCD_WATCH_VALUE.\""
      };
      ChildProcess execWatch = start(at, command);
      awaitWatchers(server, 1);
      assertThat(run(at, "set", "/w/a", "1").exitCode()).isZero();
      execWatch.awaitLine("set 1.", PATIENCE);
      assertThat(run(at, "rm", "/w/a").exitCode()).isZero();
      execWatch.awaitLine("delete .", PATIENCE);
      execWatch.kill();

      ChildProcess past = start(at, "watch", "-r", "--after-index", "1", "/w");
      assertThat(past.awaitExit(PATIENCE)).isZero();
      assertThat(run(at, "rm", "-r", "/w").exitCode()).isZero();
    }
  }

  private static void awaitWatchers(ServerProcess server, int count) {
    URI stats = server.url().resolve("/v2/stats/store");
    try (HttpClient client = HttpClient.newHttpClient()) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              client
                  .send(HttpRequest.newBuilder(stats).build(), BodyHandlers.ofString())
                  .body()
                  .contains("\"watchers\":" + count));
    }
  }

  @Test
  void itIsServedOverTlsWithItsCertificate() {
    TestAuthority authority = new TestAuthority("authority");
    String ca = authority.write(directory.resolve("ca")).toString();
    authority.issue("server", Use.SERVER).write(at("cert"), at("key"));
    authority.issue("alice", Use.CLIENT).write(at("alice.cert"), at("alice.key"));
    int port = StoreProcess.freePort();
    String url = "https://127.0.0.1:" + port;
    try (ServerProcess _ =
        ServerProcess.start(
            at("data"),
            port,
            "--listen-client-urls",
            url,
            "--advertise-client-urls",
            url,
            "--cert-file",
            at("cert").toString(),
            "--key-file",
            at("key").toString(),
            "--trusted-ca-file",
            ca)) {
      List<String> unknown = List.of("--endpoints", url, "--ca-file", ca);
      List<String> known = new ArrayList<>(unknown);
      known.addAll(List.of("--cert-file", at("alice.cert").toString()));
      known.addAll(List.of("--key-file", at("alice.key").toString()));

      assertThat(run(known, "set", "/a", "1")).isEqualTo(new Ran(0, List.of("1")));
      assertThat(run(unknown, "get", "/a").exitCode()).isNotZero();
    }
  }

  private static Ran run(List<String> global, String... command) {
    ChildProcess process = start(global, command);
    int exitCode = process.awaitExit(PATIENCE);
    return new Ran(exitCode, process.output().stream().filter(line -> !line.isBlank()).toList());
  }

  private static ChildProcess start(List<String> global, String... command) {
    List<String> line = new ArrayList<>(List.of("env", "ETCDCTL_API=2", "etcdctl"));
    // By itself it gives up after a second, which is not what is tested on a busy machine.
    line.addAll(List.of("--timeout", "60s", "--total-timeout", "60s"));
    line.addAll(global);
    line.addAll(List.of(command));
    return ChildProcess.start(line);
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
