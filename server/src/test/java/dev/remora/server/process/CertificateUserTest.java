package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.tls.TestAuthority;
import dev.remora.server.tls.TestAuthority.Use;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A certificate's common name as a user. alice may read and write what is below {@code /a}, by
 * either door.
 */
final class CertificateUserTest {
  private static final String A = "{'key':'L2Ev','value':'eA=='}";
  private static final String B = "{'key':'L2I=','value':'eA=='}";

  @TempDir private Path directory = Path.of("unset");

  private final TestAuthority authority = new TestAuthority("authority");
  private final int secure = StoreProcess.freePort();
  private final int plain = StoreProcess.freePort();
  private final HttpClient anybody =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpClient alice = holder("alice");
  private final HttpClient stranger = holder("nobody");

  @BeforeEach
  void issue() {
    authority.write(directory.resolve("ca"));
    authority
        .issue("server", Use.SERVER)
        .write(directory.resolve("cert"), directory.resolve("key"));
  }

  @AfterEach
  void close() {
    List.of(anybody, alice, stranger).forEach(HttpClient::close);
  }

  private HttpClient holder(String name) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(authority.client(List.of(authority.issue(name, Use.CLIENT))))
        .build();
  }

  @Test
  void aVerifiedNameIsTheUserAndNoHeaderIs() {
    try (ServerProcess _ = start("--client-cert-auth")) {
      enable();

      assertThat(v2(alice, secure, "PUT", "/a/x?value=1")).startsWith("201");
      assertThat(v2(alice, secure, "GET", "/a/x")).startsWith("200");
      assertThat(v2(alice, secure, "PUT", "/b?value=1")).startsWith("401");
      assertThat(v3(alice, secure, A)).contains("revision");
      assertThat(v3(alice, secure, B)).contains("permission denied");

      assertThat(v2(stranger, secure, "GET", "/a/x")).startsWith("401");
      assertThat(v3(stranger, secure, A)).contains("permission denied");

      // A header comes before the certificate, and says what it says.
      String wrong = "Basic " + base64("alice:wrong");
      assertThat(v2(alice, secure, "GET", "/a/x", "Authorization", wrong)).startsWith("401");
      for (String header :
          List.of("X-Forwarded-Client-Cert", "X-Client-CN", "SSL-Client-Subject-DN", "From")) {
        assertThat(v2(anybody, plain, "GET", "/a/x", header, "CN=alice")).startsWith("401");
        assertThat(v2(stranger, secure, "GET", "/a/x", header, "alice")).startsWith("401");
      }
      assertThat(v3(anybody, plain, A)).contains("user name is empty");
    }
  }

  @Test
  void withoutClientCertAuthACertificateOpensTheDoorAndNamesNobody() {
    try (ServerProcess _ = start()) {
      enable();

      assertThat(v2(alice, secure, "GET", "/a/x")).startsWith("401");
      assertThat(v3(alice, secure, A)).contains("user name is empty");
    }
  }

  private ServerProcess start(String... more) {
    List<String> flags = new ArrayList<>(List.of(more));
    String urls = "https://127.0.0.1:" + secure + ",http://127.0.0.1:" + plain;
    flags.addAll(List.of("--listen-client-urls", urls, "--bcrypt-cost", "4"));
    flags.addAll(List.of("--cert-file", directory.resolve("cert").toString()));
    flags.addAll(List.of("--key-file", directory.resolve("key").toString()));
    flags.addAll(List.of("--trusted-ca-file", directory.resolve("ca").toString()));
    return ServerProcess.start(directory.resolve("data"), plain, flags.toArray(String[]::new));
  }

  private void enable() {
    done("users/root", "{'user':'root','password':'pw'}");
    done("users/alice", "{'user':'alice','password':'pw','roles':['r']}");
    done("roles/r", "{'role':'r','permissions':{'kv':{'read':['/a/*'],'write':['/a/*']}}}");
    String range = "{'permType':'READWRITE','key':'L2Ev','range_end':'L2Ew'}";
    call("auth/role/add", "{'name':'r3'}");
    call("auth/role/grant", "{'name':'r3','perm':" + range + "}");
    call("auth/user/grant", "{'user':'alice','role':'r3'}");
    done("enable", "");
    done("roles/guest", "{'role':'guest','revoke':{'kv':{'read':['/*'],'write':['/*']}}}");
  }

  private void done(String what, String body) {
    String root = "Basic " + base64("root:pw");
    String path = "/v2/auth/" + what;
    assertThat(send(anybody, plain, "PUT", path, json(body), "Authorization", root))
        .as(what)
        .startsWith("20");
  }

  private void call(String name, String body) {
    assertThat(send(anybody, plain, "POST", "/v3/" + name, json(body))).startsWith("200");
  }

  private String v2(HttpClient who, int port, String method, String key, String... headers) {
    return send(who, port, method, "/v2/keys" + key, "", headers);
  }

  private String v3(HttpClient who, int port, String put) {
    return send(who, port, "POST", "/v3/kv/put", json(put));
  }

  private String at(int port) {
    return port == secure ? "https://127.0.0.1:" + port : "http://127.0.0.1:" + port;
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The status, a blank and the body. */
  private String send(
      HttpClient who, int port, String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(at(port) + path))
            .timeout(ServerCluster.PATIENCE)
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response = who.send(request.build(), BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    } catch (IOException e) {
      throw new AssertionError("no reply", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
