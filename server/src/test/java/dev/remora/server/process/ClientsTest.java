package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Use;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs that use unchanged clients of v2 as their authors meant them, each in a process of its
 * own. etcd shows that the program is right. A client that is absent is skipped.
 */
final class ClientsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The build puts etcd4j there, with the libraries it was released with. */
  private static final Path ETCD4J = Path.of("target", "etcd4j");

  /** Debian's own, for which python3-etcd is installed. */
  private static final String PYTHON = "/usr/bin/python3";

  @TempDir private Path directory = Path.of("unset");

  @ParameterizedTest
  @EnumSource(Stores.class)
  void etcd4jWorks(Stores which) throws Exception {
    try (StoreProcess store = which.start(at("data"))) {
      assertDone(etcd4j(store.url().toString()));
    }
  }

  @Test
  void etcd4jWorksOverTls() throws Exception {
    TestAuthority authority = new TestAuthority("authority");
    String ca = authority.write(at("ca")).toString();
    authority.issue("server", Use.SERVER).write(at("cert"), at("key"));
    authority.issue("alice", Use.CLIENT).write(at("alice.cert"), at("alice.key"));
    int port = StoreProcess.freePort();
    String url = "https://127.0.0.1:" + port;
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of("--listen-client-urls", url, "--advertise-client-urls", url));
    flags.addAll(List.of("--cert-file", at("cert").toString()));
    flags.addAll(List.of("--key-file", at("key").toString()));
    flags.addAll(List.of("--trusted-ca-file", ca, "--client-cert-auth"));
    try (ServerProcess _ =
        ServerProcess.start(at("data"), port, flags.toArray(String[]::new))) {
      assertDone(etcd4j(url, ca, at("alice.cert").toString(), at("alice.key").toString()));
    }
  }

  @ParameterizedTest
  @EnumSource(Stores.class)
  void pythonEtcdWorksWithLocksAndAnElection(Stores which) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of(PYTHON)) && succeeds(PYTHON, "-c", "import etcd"),
        "python-etcd is absent (apt-get install python3-etcd)");
    try (StoreProcess store = which.start(at("data"))) {
      String port = Integer.toString(store.url().getPort());
      assertDone(ChildProcess.start(List.of(PYTHON, resource("python_etcd.py"), port)));
    }
  }

  @ParameterizedTest
  @EnumSource(Stores.class)
  void nodeEtcdWorks(Stores which) throws Exception {
    assumeTrue(
        EtcdProcess.isOnPath("node") && succeeds("node", "-e", "require('node-etcd')"),
        "node-etcd is absent (npm install node-etcd; NODE_PATH=…/node_modules)");
    try (StoreProcess store = which.start(at("data"))) {
      assertDone(
          ChildProcess.start(
              List.of(
                  "node",
                  "--no-deprecation",
                  resource("node_etcd.js"),
                  store.url().toString())));
    }
  }

  private static ChildProcess etcd4j(String... arguments) throws IOException {
    assumeTrue(Files.isDirectory(ETCD4J), "etcd4j is absent (mvn process-test-resources)");
    String classPath;
    try (Stream<Path> jars = Files.list(ETCD4J)) {
      classPath = jars.map(Path::toString).sorted().collect(Collectors.joining(":"));
    }
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of("-cp", classPath, resource("Etcd4j.java")));
    command.addAll(List.of(arguments));
    return ChildProcess.start(command);
  }

  private static void assertDone(ChildProcess program) {
    int exitCode = program.awaitExit(PATIENCE);

    assertThat(exitCode).as(String.join("\n", program.output())).isZero();
    assertThat(program.output().getLast()).startsWith("done");
  }

  private static boolean succeeds(String... command) {
    return ChildProcess.start(List.of(command)).awaitExit(PATIENCE) == 0;
  }

  private static String resource(String name) {
    try {
      return Path.of(
              Objects.requireNonNull(ClientsTest.class.getResource("/clients/" + name)).toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private Path at(String name) {
    return directory.resolve(name);
  }
}
