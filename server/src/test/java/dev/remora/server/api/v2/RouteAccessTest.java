package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.HttpCaller;
import dev.remora.server.api.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every path of v2 by every method, as nobody, as a user without a role, with a wrong password and
 * as root, after the role guest has lost its rights.
 */
final class RouteAccessTest {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "MKCOL");

  private static final int UNAUTHORISED = 401;
  private static final int NOT_ALLOWED = 405;

  private final TestServer server = TestServer.start();
  private final HttpCaller caller = new HttpCaller(server);

  /**
   * Whom a path is for: {@code open} methods are everybody's, {@code closed} ones root's; there are
   * no others.
   */
  private record Rule(Class<? extends ApiRoute> route, Set<String> open, Set<String> closed) {}

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new TreeMap<>();
    Set<String> none = Set.of();
    Set<String> read = Set.of("GET");
    Set<String> change = Set.of("PUT", "POST", "DELETE");
    for (String key : List.of("", "/", "/secret", "/secret/below", "/_hidden", "/%73ecret")) {
      Set<String> all = Set.of("GET", "HEAD", "PUT", "POST", "DELETE");
      rules.put("/v2/keys" + key, new Rule(KeysRoute.class, none, all));
    }
    for (String member : List.of("", "/", "/leader", "/8e9e05c52164694d")) {
      rules.put("/v2/members" + member, new Rule(MembersRoute.class, read, change));
    }
    rules.put("/v2/machines", new Rule(MachinesRoute.class, Set.of("GET", "HEAD"), none));
    for (String kind : List.of("self", "leader", "store")) {
      rules.put("/v2/stats/" + kind, new Rule(StatsRoute.class, read, none));
    }
    rules.put("/v2/auth/enable", new Rule(AuthRoute.class, read, Set.of("PUT", "DELETE")));
    for (String name : List.of("users", "users/", "users/ann", "roles", "roles/", "roles/guest")) {
      boolean isOne = name.endsWith("ann") || name.endsWith("guest");
      Set<String> methods = isOne ? Set.of("GET", "PUT", "DELETE") : Set.of("GET");
      rules.put("/v2/auth/" + name, new Rule(AuthRoute.class, none, methods));
    }
    return rules;
  }

  @BeforeEach
  void enable() {
    done("PUT", "/v2/keys/secret", "");
    done("PUT", "/v2/auth/users/root", "{'user':'root','password':'pw'}");
    done("PUT", "/v2/auth/users/ann", "{'user':'ann','password':'pw'}");
    done("PUT", "/v2/auth/enable", "");
    String revoke = "{'role':'guest','revoke':{'kv':{'read':['/*'],'write':['/*']}}}";
    assertThat(status("PUT", "/v2/auth/roles/guest", "root:pw", revoke)).isEqualTo(200);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void noRouteIsForgotten() {
    Set<String> routes =
        new ClassFileImporter()
            .importPackages(KeysRoute.class.getPackageName()).stream()
                .filter(type -> type.isAssignableTo(ApiRoute.class))
                .map(JavaClass::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));

    Set<String> covered =
        rules().values().stream()
            .map(rule -> rule.route().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(routes).isNotEmpty();
    assertThat(covered).isEqualTo(routes);
  }

  @Test
  void whatIsNotOpenIsRefusedToAllButRoot() {
    rules()
        .forEach((path, rule) ->
            METHODS.forEach(method -> {
              for (String who : List.of("", "ann:pw", "root:wrong", "nobody:pw", ":")) {
                int status = status(method, path, who, "");
                String what = method + " " + path + " as '" + who + "'";

                if (rule.open().contains(method)) {
                  assertThat(status).as(what).isNotIn(UNAUTHORISED, NOT_ALLOWED);
                } else if (rule.closed().contains(method)) {
                  assertThat(status).as(what).isEqualTo(UNAUTHORISED);
                } else {
                  assertThat(status).as(what).isIn(NOT_ALLOWED, UNAUTHORISED);
                }
              }
            }));
    assertThat(status("GET", "/v2/keys/secret", "root:pw", "")).isEqualTo(200);
    assertThat(status("GET", "/v2/auth/users/ann", "root:pw", "")).isEqualTo(200);
  }

  @Test
  void nothingIsRefusedToRoot() {
    Map<String, Rule> rules = rules();
    rules.forEach((path, rule) ->
        METHODS.forEach(method -> {
          boolean isLast = path.equals("/v2/auth/enable") && method.equals("DELETE");
          if (!isLast && (rule.open().contains(method) || rule.closed().contains(method))) {
            assertThat(status(method, path, "root:pw", ""))
                .as(method + " " + path)
                .isNotEqualTo(UNAUTHORISED);
          }
        }));
    assertThat(status("DELETE", "/v2/auth/enable", "root:pw", "")).isEqualTo(200);
  }

  /** H7: the method is the request line's. */
  @Test
  void noHeaderChangesTheMethodOrTheUser() {
    for (String header :
        List.of(
            "X-HTTP-Method-Override: DELETE",
            "X-Remote-User: root",
            "X-Forwarded-User: root",
            "X-Forwarded-Client-Cert: Subject=\"CN=root\"",
            "Grpc-Metadata-Authorization: cm9vdDpwdw==",
            "SSL-Client-Subject-CN: root")) {
      assertThat(exchange("GET", "/v2/keys/secret", header)).startsWith("HTTP/1.1 401 ");
      String open = exchange("GET", "/v2/stats/store", header);
      assertThat(open).startsWith("HTTP/1.1 200 ");
    }
    assertThat(status("GET", "/v2/keys/secret", "root:pw", "")).isEqualTo(200);
  }

  private void done(String method, String path, String body) {
    assertThat(status(method, path, "", body)).as(path).isIn(200, 201);
  }

  private int status(String method, String path, String credentials, String body) {
    String json = body.replace('\'', '"');
    String reply =
        exchange(
            method,
            path,
            credentials.isEmpty() ? "X-Nothing: x" : "Authorization: Basic " + base64(credentials),
            json);
    return Integer.parseInt(reply.substring(9, 12));
  }

  private String exchange(String method, String path, String header) {
    return exchange(method, path, header, "");
  }

  private String exchange(String method, String path, String header, String body) {
    return caller.exchange(
        "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(method, path, header, body.length(), body));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
