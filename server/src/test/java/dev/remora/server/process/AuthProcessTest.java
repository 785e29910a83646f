package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles of a server in a process of its own. */
final class AuthProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Nothing else anywhere contains it. */
  private static final String CANARY = "canary-QzX81";

  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

  @TempDir private Path directory;

  @Test
  void aTokenHoldsAfterARestartAndNothingSecretIsLogged() {
    int port = StoreProcess.freePort();
    List<String> output = new ArrayList<>();
    String token;
    try (ServerProcess server = start(port)) {
      post(server, "auth/user/add", "{'name':'root','password':'%s'}".formatted(CANARY), "");
      post(server, "auth/user/grant", "{'user':'root','role':'root'}", "");
      post(server, "auth/enable", "{}", "");
      String credentials = "{'name':'root','password':'%s'}".formatted(CANARY);
      token = post(server, "auth/authenticate", credentials, "").body();
      token = token.replaceAll(".*\"token\":\"([^\"]*)\".*", "$1").strip();
      post(server, "auth/authenticate", credentials.replace("Q", "R"), "");
      basic(server, "root:" + CANARY);
      basic(server, "root:x" + CANARY);
      post(server, "kv/put", "{'key':'YQ==','value':'Yg=='}", token);
      server.process().terminate();
      server.process().awaitExit(PATIENCE);
      output.addAll(server.process().output());
    }

    try (ServerProcess again = start(port)) {
      assertThat(post(again, "kv/range", "{'key':'YQ=='}", token).body()).contains("\"Yg==\"");
      assertThat(post(again, "kv/range", "{'key':'YQ=='}", "").status()).isEqualTo(400);
      assertThat(basic(again, "root:" + CANARY)).isEqualTo(200);
      assertThat(basic(again, "root:x" + CANARY)).isEqualTo(401);
      output.addAll(again.process().output());
    }
    assertThat(String.join("\n", output)).doesNotContain(CANARY, token, "$2a$");
  }

  @Test
  void etcdctlOfV2ManagesUsersAndRoles() throws Exception {
    assumeTrue(Files.isExecutable(ETCDCTL), "etcdctl is not installed");
    try (ServerProcess server = start(StoreProcess.freePort())) {
      done(server, "user", "add", "root:pw");
      done(server, "user", "add", "bob:bpw");
      done(server, "role", "add", "r");
      done(server, "role", "grant", "r", "--path", "/a/*", "--readwrite");
      done(server, "user", "grant", "bob", "--roles", "r");
      assertThat(etcdctl(server, "user", "list")).isEqualTo("0 bob\nroot\n");
      assertThat(etcdctl(server, "role", "get", "r"))
          .isEqualTo("0 Role: r\nKV Read:\n\t/a/*\nKV Write:\n\t/a/*\n");

      done(server, "auth", "enable");
      done(server, "-u", "root:pw", "role", "revoke", "guest", "--path", "/*", "--readwrite");

      assertThat(etcdctl(server, "-u", "bob:bpw", "set", "/a/x", "1")).isEqualTo("0 1\n");
      assertThat(etcdctl(server, "-u", "bob:bpw", "get", "/b")).startsWith("4 ");
      assertThat(etcdctl(server, "-u", "bob:no", "get", "/a/x")).startsWith("4 ");
      assertThat(etcdctl(server, "get", "/a/x"))
          .isEqualTo(
              "4 Error:  110: The request requires user authentication (Insufficient credentials)"
                  + " [0]\n");
      assertThat(etcdctl(server, "user", "list")).isEqualTo("1 Insufficient credentials\n");
      done(server, "-u", "root:pw", "user", "remove", "bob");
      done(server, "-u", "root:pw", "auth", "disable");
      assertThat(etcdctl(server, "get", "/a/x")).isEqualTo("0 1\n");
    }
  }

  private ServerProcess start(int port) {
    return ServerProcess.start(directory.resolve("data"), port, "--bcrypt-cost", "4");
  }

  /** An answer. */
  private record Answer(int status, String body) {}

  private static Answer post(ServerProcess server, String call, String body, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.url().resolve("/v3/" + call))
            .POST(BodyPublishers.ofString(body.replace('\'', '"')));
    return send(token.isEmpty() ? request : request.header("Authorization", token));
  }

  private static int basic(ServerProcess server, String credentials) {
    String encoded =
        Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    return send(HttpRequest.newBuilder(server.url().resolve("/v2/auth/users"))
            .header("Authorization", "Basic " + encoded))
        .status();
  }

  private static Answer send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new AssertionError("no reply", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static void done(ServerProcess server, String... arguments) throws Exception {
    assertThat(etcdctl(server, arguments)).as(String.join(" ", arguments)).startsWith("0 ");
  }

  /** The exit code, then all it printed. */
  private static String etcdctl(ServerProcess server, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ETCDCTL.toString());
    command.addAll(List.of("--endpoint", server.url().toString()));
    command.addAll(List.of("--timeout", "60s", "--total-timeout", "60s"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "2");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("etcdctl did not end: " + output);
    }
    return process.exitValue() + " " + output;
  }
}
