package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and roles of three members. ann may read and write what is below {@code /a}. */
final class AuthClusterTest {
  private static final List<String> MEMBERS = List.of("a", "b", "c");

  @TempDir private Path directory = Path.of("unset");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private record Answer(int status, String body) {}

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void usersRolesAndTokensHoldAtEachMember() {
    try (ServerCluster cluster = start()) {
      enable(cluster.url("a"));
      for (String member : MEMBERS) {
        await()
            .atMost(ServerCluster.PATIENCE)
            .until(() -> put(cluster.url(member), "/v2/keys/a/" + member, "ann").status() == 201);
        assertThat(put(cluster.url(member), "/v2/keys/b", "ann").status()).isEqualTo(401);
        assertThat(put(cluster.url(member), "/v2/keys/b", "").status()).isEqualTo(401);
      }
      assertThat(send(cluster.url("a"), "GET", "/v2/keys/b", basic("root"), "").status())
          .as("what was refused was not done")
          .isEqualTo(404);

      String token = token(cluster.url("b"));
      for (String member : MEMBERS) {
        assertThat(v3(cluster.url(member), "kv/put", "{'key':'L2Ev','value':'eA=='}", token))
            .as("a put at %s with the token of another", member)
            .contains("revision");
        assertThat(v3(cluster.url(member), "kv/put", "{'key':'L2I=','value':'eA=='}", token))
            .contains("permission denied");
      }

      assertThatARevokedRightIsUsedNowhere(cluster);

      v3(cluster.url("c"), "auth/user/changepw", "{'name':'ann','password':'x'}", rootToken(cluster));
      for (String member : MEMBERS) {
        await()
            .atMost(ServerCluster.PATIENCE)
            .until(() -> v3(cluster.url(member), "kv/range", "{'key':'L2Ev'}", token)
                .contains("invalid auth token"));
      }
    }
  }

  private ServerCluster start() {
    return ServerCluster.start(directory, List.of("--bcrypt-cost", "4"), "a", "b", "c");
  }

  /**
   * A write that begins after a right was revoked is not done, whichever member it comes to: a
   * member that does not know yet stamps it with what it knows, the log refuses that, and the
   * member judges it again.
   */
  private void assertThatARevokedRightIsUsedNowhere(ServerCluster cluster) {
    for (int round = 0; round < 4; round++) {
      String key = "/v2/keys/a/round" + round;
      change(cluster.url("a"), "revoke");
      for (String member : MEMBERS) {
        assertThat(put(cluster.url(member), key, "ann").status()).as(member).isEqualTo(401);
      }
      change(cluster.url("b"), "grant");
      for (String member : MEMBERS) {
        await()
            .atMost(ServerCluster.PATIENCE)
            .until(() -> put(cluster.url(member), key, "ann").status() != 401);
      }
    }
  }

  private void change(URI at, String what) {
    String body = "{'user':'ann','" + what + "':['r']}";
    assertThat(send(at, "PUT", "/v2/auth/users/ann", basic("root"), json(body)).status())
        .isEqualTo(200);
  }

  private void enable(URI at) {
    done(at, "/v2/auth/users/root", "{'user':'root','password':'pw-root'}");
    done(at, "/v2/auth/users/ann", "{'user':'ann','password':'pw-ann'}");
    String keys = "{'kv':{'read':['/a/*'],'write':['/a/*']}}";
    done(at, "/v2/auth/roles/r", "{'role':'r','permissions':" + keys + "}");
    String range = "{'permType':'READWRITE','key':'L2Ev','range_end':'L2Ew'}";
    assertThat(v3(at, "auth/role/add", "{'name':'r3'}", "")).contains("header");
    assertThat(v3(at, "auth/role/grant", "{'name':'r3','perm':" + range + "}", ""))
        .contains("header");
    assertThat(v3(at, "auth/user/grant", "{'user':'ann','role':'r3'}", "")).contains("header");
    done(at, "/v2/auth/users/ann", "{'user':'ann','grant':['r']}");
    done(at, "/v2/auth/enable", "");
    String revoke = "{'role':'guest','revoke':{'kv':{'read':['/*'],'write':['/*']}}}";
    assertThat(send(at, "PUT", "/v2/auth/roles/guest", basic("root"), json(revoke)).status())
        .isEqualTo(200);
  }

  private void done(URI at, String path, String body) {
    assertThat(send(at, "PUT", path, "", json(body)).status()).as(path).isIn(200, 201);
  }

  private String rootToken(ServerCluster cluster) {
    return token(cluster.url("a"), "root");
  }

  private String token(URI at) {
    return token(at, "ann");
  }

  private String token(URI at, String user) {
    String credentials = "{'name':'%s','password':'pw-%s'}".formatted(user, user);
    return v3(at, "auth/authenticate", credentials, "")
        .replaceAll(".*\"token\":\"([^\"]*)\".*", "$1")
        .strip();
  }

  private Answer put(URI at, String path, String user) {
    return send(at, "PUT", path + "?value=1", user.isEmpty() ? "" : basic(user), "");
  }

  private String v3(URI at, String call, String body, String token) {
    return send(at, "POST", "/v3/" + call, token, json(body)).body();
  }

  private static String basic(String user) {
    String credentials = user + ":pw-" + user;
    return "Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private Answer send(URI at, String method, String path, String authorization, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(at + path))
            .timeout(ServerCluster.PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new AssertionError("no reply", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
