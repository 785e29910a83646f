package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.api.HttpCaller;
import dev.remora.server.api.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code /v2/members}; what is expected was measured on etcd 3.4.23. */
final class MembersRouteTest {
  private static final String SELF = "8e9e05c52164694d";
  private static final String SELF_JSON =
      "{\"id\":\"8e9e05c52164694d\",\"name\":\"default\","
          + "\"peerURLs\":[\"http://127.0.0.1:2380\"],\"clientURLs\":[\"http://127.0.0.1:2379\"]}";
  private static final String JSON = "application/json";
  private static final String INTERNAL_ERROR = "{\"message\":\"Internal Server Error\"}";

  private final TestServer server = TestServer.start();
  private final HttpCaller caller = new HttpCaller(server);

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void membersAndTheLeaderAreListed() {
    HttpResponse<String> list = caller.get("/v2/members");

    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(list.body()).isEqualTo("{\"members\":[" + SELF_JSON + "]}\n");
    assertThat(list.headers().firstValue("Content-Type")).hasValue(JSON);
    assertThat(list.headers().firstValue("X-Etcd-Cluster-Id")).hasValue("cdf818194e3a8c32");
    assertThat(list.headers().firstValue("X-Etcd-Index")).isEmpty();
    assertThat(caller.get("/v2/members/").body()).isEqualTo(list.body());
    assertThat(caller.get("/v2/members/leader").body()).isEqualTo(SELF_JSON + "\n");
    HttpResponse<String> one = caller.get("/v2/members/" + SELF);
    assertThat(one.statusCode()).isEqualTo(404);
    assertThat(one.body()).isEqualTo("{\"message\":\"Not found\"}");
    assertThat(caller.get("/v2/membersx").body()).isEqualTo("404 page not found\n");
  }

  @Test
  void aMemberComesAndGoes() {
    HttpResponse<String> added =
        post("/v2/members", "{\"peerURLs\":[\"http://127.0.0.1:2\",\" http://127.0.0.1:1\"]}");

    assertThat(added.statusCode()).isEqualTo(201);
    Matcher shape =
        Pattern.compile(
                "\\{\"id\":\"([0-9a-f]{1,16})\",\"name\":\"\",\"peerURLs\":"
                    + "\\[\"http://127.0.0.1:1\",\"http://127.0.0.1:2\"],\"clientURLs\":\\[]}\n")
            .matcher(added.body());
    assertThat(shape.matches()).as(added.body()).isTrue();
    String id = shape.group(1);
    assertThat(caller.get("/v2/members").body()).contains(SELF_JSON, added.body().strip());
    assertThat(index()).isEqualTo("2");

    HttpResponse<String> second = post("/v2/members", "{\"peerURLs\":[\"http://127.0.0.1:3\"]}");
    assertThat(second.statusCode()).isEqualTo(500);
    assertThat(second.body()).isEqualTo(INTERNAL_ERROR);

    HttpResponse<String> updated =
        put(id.toUpperCase(Locale.ROOT), "{\"peerURLs\":[\"http://127.0.0.1:9\"]}");
    assertThat(updated.statusCode()).isEqualTo(204);
    assertThat(updated.body()).isEmpty();
    assertThat(updated.headers().firstValue("X-Etcd-Cluster-Id")).hasValue("cdf818194e3a8c32");
    assertThat(updated.headers().firstValue("Content-Type")).isEmpty();
    assertThat(caller.get("/v2/members").body()).contains("[\"http://127.0.0.1:9\"]");
    assertThat(index()).isEqualTo("3");

    assertThat(caller.delete("/v2/members/" + id).statusCode()).isEqualTo(204);
    assertThat(index()).isEqualTo("5");
    HttpResponse<String> again = caller.delete("/v2/members/" + id);
    assertThat(again.statusCode()).isEqualTo(410);
    assertThat(again.body()).isEqualTo("{\"message\":\"Member permanently removed: " + id + "\"}");
    assertThat(put(id, "{\"peerURLs\":[\"http://127.0.0.1:9\"]}").statusCode()).isEqualTo(500);
    assertThat(caller.get("/v2/members").body()).isEqualTo("{\"members\":[" + SELF_JSON + "]}\n");
    assertThat(post("/v2/members", "{\"peerURLs\":[\"http://127.0.0.1:1\"]}").statusCode())
        .isEqualTo(201);
  }

  @Test
  void theLastMemberStays() {
    HttpResponse<String> removed = caller.delete("/v2/members/" + SELF);

    assertThat(removed.statusCode()).isEqualTo(500);
    assertThat(removed.body()).isEqualTo(INTERNAL_ERROR);
  }

  @Test
  void aPeerUrlBelongsToOneMember() {
    post("/v2/members", "{\"peerURLs\":[\"http://127.0.0.1:1\"]}");

    HttpResponse<String> update =
        put(SELF, "{\"peerURLs\":[\"http://127.0.0.1:2380\",\"http://127.0.0.1:1\"]}");

    assertThat(update.statusCode()).isEqualTo(409);
    assertThat(update.body()).isEqualTo("{\"message\":\"membership: peerURL exists\"}");
    assertThat(put(SELF, "{\"peerURLs\":[\"http://127.0.0.1:2380\"]}").statusCode()).isEqualTo(204);
  }

  @Test
  void whatChangesOneMemberNeedsAnId() {
    HttpResponse<String> bare = caller.delete("/v2/members");

    assertThat(bare.statusCode()).isEqualTo(405);
    assertThat(bare.body()).isEqualTo("Method Not Allowed\n");
    assertThat(bare.headers().firstValue("Allow")).isEmpty();
    assertThat(bare.headers().firstValue("X-Etcd-Cluster-Id")).isPresent();
    HttpResponse<String> patch = caller.send("PATCH", "/v2/members", "");
    assertThat(patch.statusCode()).isEqualTo(405);
    assertThat(patch.headers().firstValue("Allow")).hasValue("GET,POST,DELETE,PUT");
    assertThat(patch.headers().firstValue("X-Etcd-Cluster-Id")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource
  void anIdThatIsNoneIsNotFound(String path, String shown) {
    HttpResponse<String> deleted = caller.delete("/v2/members/" + path);

    assertThat(deleted.statusCode()).isEqualTo(404);
    assertThat(deleted.body()).isEqualTo("{\"message\":\"No such member: " + shown + "\"}");
  }

  static List<Arguments> anIdThatIsNoneIsNotFound() {
    return List.of(
        Arguments.of("1234", "1234"),
        Arguments.of("000000000000000ABCD", "abcd"),
        Arguments.of("xyz", "xyz"),
        Arguments.of("+12", "+12"),
        Arguments.of("-12", "-12"),
        Arguments.of("0x12", "0x12"),
        Arguments.of("a%20b", "a b"),
        Arguments.of("leader", "leader"),
        Arguments.of("0", "0"),
        Arguments.of(SELF + "/", SELF + "/"),
        Arguments.of("12345678123456789", "12345678123456789"));
  }

  @Test
  void anIdIsLookedAtBeforeTheTypeAndTheTypeBeforeTheBody() {
    assertThat(send("PUT", "/v2/members/xyz", "text/plain", "{").body())
        .isEqualTo("{\"message\":\"No such member: xyz\"}");
    assertThat(send("PUT", "/v2/members/1234", "text/plain", "{").body())
        .isEqualTo("{\"message\":\"Bad Content-Type text/plain, accept application/json\"}");
    assertThat(put("1234", "{").body()).isEqualTo("{\"message\":\"unexpected end of JSON input\"}");
    assertThat(put("1234", "{\"peerURLs\":[\"http://127.0.0.1:1\"]}").body())
        .isEqualTo("{\"message\":\"No such member: 1234\"}");
  }

  @ParameterizedTest
  @MethodSource
  void aTypeIsComparedInAnyCaseOnlyWithAParameter(String type, String refused) {
    HttpResponse<String> added = send("POST", "/v2/members/any", type, "{}");

    assertThat(added.statusCode()).isEqualTo(refused.isEmpty() ? 400 : 415);
    assertThat(added.body())
        .isEqualTo(
            refused.isEmpty()
                ? "{\"message\":\"no valid URLs given\"}"
                : "{\"message\":\"Bad Content-Type " + refused + ", accept application/json\"}");
  }

  static List<Arguments> aTypeIsComparedInAnyCaseOnlyWithAParameter() {
    return List.of(
        Arguments.of("application/json", ""),
        Arguments.of("Application/JSON", "Application/JSON"),
        Arguments.of("Application/JSON; charset=utf-8", ""),
        Arguments.of("application/json ;charset=x", ""),
        Arguments.of("Application/JSONx;charset=x", "application/jsonx"));
  }

  @ParameterizedTest
  @MethodSource
  void aBodyThatIsNoneIsRefusedInGosWords(String body, String message) {
    HttpResponse<String> added = post("/v2/members", body);

    assertThat(added.statusCode()).isEqualTo(400);
    assertThat(added.body()).isEqualTo("{\"message\":\"" + message + "\"}");
  }

  static List<Arguments> aBodyThatIsNoneIsRefusedInGosWords() {
    String type =
        "Go value of type struct { PeerURLs []string \\\"json:\\\\\\\"peerURLs\\\\\\\"\\\" }";
    String field = "Go struct field .peerURLs of type ";
    return List.of(
        Arguments.of("", "unexpected end of JSON input"),
        Arguments.of("{", "unexpected end of JSON input"),
        Arguments.of("{}", "no valid URLs given"),
        Arguments.of("null", "no valid URLs given"),
        Arguments.of("[]", "json: cannot unmarshal array into " + type),
        Arguments.of("\"x\"", "json: cannot unmarshal string into " + type),
        Arguments.of("{\"a\" 1}", "invalid character '1' after object key"),
        Arguments.of("{} x", "invalid character 'x' after top-level value"),
        Arguments.of(
            "{\"peerURLs\":\"x\"}", "json: cannot unmarshal string into " + field + "[]string"),
        Arguments.of(
            "{\"peerURLs\":{\"a\":1}}", "json: cannot unmarshal object into " + field + "[]string"),
        Arguments.of(
            "{\"peerURLs\":[1]}", "json: cannot unmarshal number into " + field + "string"),
        Arguments.of("{\"peerURLs\":null}", "no valid URLs given"),
        Arguments.of(
            "{\"peerurls\":[\"foo\"]}", "URL scheme must be http, https, unix, or unixs: foo"),
        Arguments.of(
            "{\"peerURLs\":[\"ftp://a:1\"]}",
            "URL scheme must be http, https, unix, or unixs: ftp://a:1"),
        Arguments.of(
            "{\"peerURLs\":[\"http://a\"]}",
            "URL address does not have the form \\\"host:port\\\": http://a"),
        Arguments.of(
            "{\"peerURLs\":[\"http://a:1/x\"]}", "URL must not contain a path: http://a:1/x"),
        Arguments.of(
            "{\"peerURLs\":[\"http://a:1\",\"http://a:1/\"]}",
            "URL must not contain a path: http://a:1/"),
        Arguments.of("{\"peerURLs\":[\":x\"]}", "parse \\\":x\\\": missing protocol scheme"),
        Arguments.of(
            "{\"peerURLs\":[\"http://a:x\"]}",
            "parse \\\"http://a:x\\\": invalid port \\\":x\\\" after host"),
        Arguments.of(
            "{\"peerURLs\":[\"http://a:99999\"]}",
            "URL address does not have the form \\\"host:port\\\": http://a:99999"));
  }

  @Test
  void aBodyTooLongIsRefused() {
    String url = "\"http://" + "a".repeat(2_000_000) + ":1\"";

    HttpResponse<String> added = post("/v2/members", "{\"peerURLs\":[" + url + "]}");

    assertThat(added.statusCode()).isEqualTo(400);
    assertThat(added.body()).isEqualTo("{\"message\":\"http: request body too large\"}");
  }

  private String index() {
    return caller.get("/v2/keys/none").headers().firstValue("X-Etcd-Index").orElseThrow();
  }

  private HttpResponse<String> post(String path, String body) {
    return send("POST", path, JSON, body);
  }

  private HttpResponse<String> put(String id, String body) {
    return send("PUT", "/v2/members/" + id, JSON, body);
  }

  private HttpResponse<String> send(String method, String path, String type, String body) {
    return caller.send(method, path, type, body);
  }
}
