package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who may call what at the v3 door. {@code foo} and what begins with it is bob's and carol's, who
 * may only write; {@code secret} is root's.
 */
final class AuthCallsTest {
  private static final String EMPTY = "etcdserver: user name is empty";
  private static final String DENIED = "etcdserver: permission denied";
  private static final String BAD_TOKEN = "etcdserver: invalid auth token";

  /** Base64 of the keys. */
  private static final String FOO = "Zm9v";

  private static final String FOO_END = "Zm9w";
  private static final String SECRET = "c2VjcmV0";

  private final V3Server server = V3Server.start();
  private final JsonClient client = new JsonClient(server.url());
  private String root = "";
  private String bob = "";
  private String carol = "";

  @BeforeEach
  void enable() {
    for (String user : List.of("root", "bob", "carol")) {
      done("auth/user/add", "{'name':'%s','password':'pw-%s'}".formatted(user, user));
    }
    done("auth/user/grant", "{'user':'root','role':'root'}");
    for (String role : List.of("owner", "writer")) {
      String kind = role.equals("owner") ? "READWRITE" : "WRITE";
      done("auth/role/add", "{'name':'%s'}".formatted(role));
      done(
          "auth/role/grant",
          "{'name':'%s','perm':{'permType':'%s','key':'%s','range_end':'%s'}}"
              .formatted(role, kind, FOO, FOO_END));
    }
    done("auth/user/grant", "{'user':'bob','role':'owner'}");
    done("auth/user/grant", "{'user':'carol','role':'writer'}");
    done("auth/enable", "{}");
    root = token("root");
    bob = token("bob");
    carol = token("carol");
    done(root, "kv/put", "{'key':'%s','value':'eA=='}".formatted(SECRET));
    done(root, "kv/put", "{'key':'%s','value':'eA=='}".formatted(FOO));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** What a route is for: everybody, users, who has the key, root. */
  private enum For {
    ALL,
    USERS,
    OWNER,
    ROOT
  }

  /** A call of each route that touches nothing but {@code secret}. */
  private record Sample(For whom, String body) {}

  private static Map<String, Sample> samples() {
    Map<String, Sample> samples = new TreeMap<>();
    String key = "{'key':'" + SECRET + "'}";
    samples.put("kv/range", new Sample(For.OWNER, key));
    samples.put("kv/put", new Sample(For.OWNER, key));
    samples.put("kv/deleterange", new Sample(For.OWNER, key));
    samples.put("kv/txn", new Sample(For.OWNER, "{'success':[{'request_range':" + key + "}]}"));
    samples.put("watch", new Sample(For.OWNER, "{'create_request':" + key + "}"));
    for (String prefix : List.of("", "kv/")) {
      samples.put(prefix + "lease/revoke", new Sample(For.USERS, "{'ID':'99'}"));
      samples.put(prefix + "lease/timetolive", new Sample(For.USERS, "{'ID':'99','keys':true}"));
      samples.put(prefix + "lease/leases", new Sample(For.USERS, "{}"));
    }
    samples.put("lease/grant", new Sample(For.USERS, "{'TTL':'60'}"));
    samples.put("lease/keepalive", new Sample(For.USERS, "{'ID':'99'}"));
    samples.put("cluster/member/list", new Sample(For.USERS, "{}"));
    samples.put("maintenance/status", new Sample(For.ALL, "{}"));
    samples.put("auth/authenticate", new Sample(For.ALL, "{'name':'bob','password':'pw-bob'}"));
    for (String name :
        List.of(
            "kv/compaction",
            "cluster/member/add",
            "cluster/member/remove",
            "cluster/member/update",
            "cluster/member/promote",
            "maintenance/hash",
            "maintenance/alarm",
            "maintenance/defragment",
            "maintenance/transfer-leadership",
            "maintenance/snapshot",
            "auth/enable",
            "auth/disable",
            "auth/user/add",
            "auth/user/get",
            "auth/user/list",
            "auth/user/delete",
            "auth/user/changepw",
            "auth/user/grant",
            "auth/user/revoke",
            "auth/role/add",
            "auth/role/get",
            "auth/role/list",
            "auth/role/delete",
            "auth/role/grant",
            "auth/role/revoke")) {
      samples.put(name, new Sample(For.ROOT, "{}"));
    }
    samples.put(
        "auth/user/add", new Sample(For.ROOT, "{'name':'n','options':{'no_password':true}}"));
    return samples;
  }

  @Test
  void everyRouteIsRefusedToWhoIsNobodyAndToWhoHasNoRight() {
    Set<String> names = server.names();

    assertThat(samples().keySet()).as("each route is here with whom it is for").isEqualTo(names);
    samples()
        .forEach((name, sample) -> {
          boolean isOpen = sample.whom() == For.ALL;
          boolean isOfUsers = isOpen || sample.whom() == For.USERS;
          assertThat(isRefused("", name, sample.body(), EMPTY)).as(name).isEqualTo(!isOpen);
          assertThat(isRefused("x.1", name, sample.body(), BAD_TOKEN)).as(name).isEqualTo(!isOpen);
          assertThat(isRefused(bob, name, sample.body(), DENIED)).as(name).isEqualTo(!isOfUsers);
        });
  }

  @Test
  void noRouteIsRefusedToRoot() {
    Map<String, Sample> samples = samples();
    Sample last = samples.remove("auth/disable");
    samples.forEach((name, sample) -> assertAllowedToRoot(name, sample.body()));
    assertAllowedToRoot("auth/disable", last == null ? "" : last.body());
  }

  private void assertAllowedToRoot(String name, String body) {
    for (String refusal : List.of(EMPTY, DENIED, BAD_TOKEN)) {
      if (!name.equals("auth/disable") || refusal.equals(EMPTY)) {
        assertThat(isRefused(root, name, body, refusal)).as(name).isFalse();
      }
    }
  }

  /**
   * CVE-2026-33343, CVE-2026-44283: whatever a transaction has inside counts as if it stood alone.
   */
  @Test
  void aTransactionMayNothingThatItsPartsMayNot() {
    String lease = leaseOfSecret();
    String own = "{'request_put':{'key':'" + FOO + "'}}";
    List<String> txns = new ArrayList<>();
    for (String part :
        List.of(
            "{'request_range':{'key':'" + SECRET + "'}}",
            "{'request_put':{'key':'" + SECRET + "','ignore_value':true}}",
            "{'request_delete_range':{'key':'" + FOO + "','range_end':'AA=='}}",
            "{'request_range':{'key':'" + FOO + "','range_end':'AA=='}}",
            "{'request_put':{'key':'" + FOO + "','lease':'" + lease + "'}}")) {
      txns.add("{'success':[%s,%s]}".formatted(own, part));
      txns.add("{'failure':[%s]}".formatted(part));
      txns.add("{'success':[{'request_txn':{'failure':[%s]}}]}".formatted(part));
    }
    txns.add("{'compare':[{'key':'" + SECRET + "','target':'VERSION'}]}");
    txns.add("{'compare':[{'key':'" + FOO + "','range_end':'AA==','target':'VERSION'}]}");

    for (String txn : txns) {
      assertThat(isRefused(bob, "kv/txn", txn, DENIED)).as(txn).isTrue();
    }
    assertThat(body(bob, "kv/txn", "{'success':[" + own + "]}")).contains("\"succeeded\":true");
  }

  @Test
  void whoMayOnlyWriteIsNotShownWhatWasThere() {
    String put = "{'key':'" + FOO + "','value':'eQ=='%s}";

    assertThat(isRefused(carol, "kv/range", "{'key':'" + FOO + "'}", DENIED)).isTrue();
    assertThat(isRefused(carol, "kv/put", put.formatted(",'prev_kv':true"), DENIED)).isTrue();
    assertThat(
            isRefused(
                carol,
                "kv/txn",
                "{'success':[{'request_put':" + put.formatted(",'prev_kv':true") + "}]}",
                DENIED))
        .isTrue();
    assertThat(isRefused(carol, "kv/deleterange", "{'key':'" + FOO + "','prev_kv':true}", DENIED))
        .isTrue();
    assertThat(body(carol, "kv/put", put.formatted(""))).contains("header");
  }

  /** CVE-2023-32082, CVE-2026-33413: leases say and do nothing to keys of others. */
  @Test
  void aLeaseIsItsKeys() {
    String lease = leaseOfSecret();
    String id = "{'ID':'" + lease + "'%s}";

    assertThat(isRefused(bob, "lease/timetolive", id.formatted(",'keys':true"), DENIED)).isTrue();
    assertThat(isRefused(bob, "lease/revoke", id.formatted(""), DENIED)).isTrue();
    assertThat(isRefused(bob, "kv/lease/revoke", id.formatted(""), DENIED)).isTrue();
    assertThat(isRefused(bob, "lease/keepalive", id.formatted(""), DENIED)).isTrue();
    assertThat(isRefused(bob, "lease/leases", "{}", DENIED)).isTrue();
    assertThat(isRefused(bob, "kv/put", "{'key':'" + FOO + "','lease':'" + lease + "'}", DENIED))
        .isTrue();
    assertThat(body(bob, "lease/timetolive", id.formatted(""))).contains("grantedTTL");
  }

  /** CVE-2026-73499: a watch is judged by the range that it watches. */
  @Test
  void aWatchIsAllowedWhatAReadIs() {
    for (String range :
        List.of(
            "'key':'" + FOO + "'",
            "'key':'" + FOO + "','range_end':'" + FOO_END + "'",
            "'key':'" + FOO + "','range_end':'AA=='",
            "'key':'AA==','range_end':'AA=='",
            "'key':'" + FOO + "','range_end':'" + SECRET + "'",
            "'key':'" + SECRET + "'")) {
      boolean isReadRefused = isRefused(bob, "kv/range", "{" + range + "}", DENIED);
      boolean isWatchRefused =
          isRefused(bob, "watch", "{'create_request':{" + range + "}}", DENIED);

      assertThat(isWatchRefused).as(range).isEqualTo(isReadRefused);
    }
    assertThat(isRefused(bob, "watch", "{'create_request':{'range_end':'AA=='}}", DENIED)).isTrue();
  }

  @Test
  void aRefusedWatchIsCancelledInEtcdsWords() {
    assertThat(line("", "{'create_request':{'key':'" + FOO + "'}}"))
        .contains("\"watch_id\":\"-1\",\"created\":true,\"canceled\":true")
        .contains("\"rpc error: code = InvalidArgument desc = " + EMPTY + "\"");
    assertThat(line(bob, "{'create_request':{'key':'" + SECRET + "'}}"))
        .contains("\"rpc error: code = PermissionDenied desc = " + DENIED + "\"");
  }

  @Test
  void aUserMayLookAtItselfAndItsRole() {
    assertThat(body(bob, "auth/user/get", "{'name':'bob'}")).contains("\"roles\":[\"owner\"]");
    assertThat(body(bob, "auth/role/get", "{'role':'owner'}"))
        .contains("\"permType\":\"READWRITE\",\"key\":\"Zm9v\",\"range_end\":\"Zm9w\"");
    assertThat(isRefused(bob, "auth/user/get", "{'name':'root'}", DENIED)).isTrue();
    assertThat(isRefused(bob, "auth/role/get", "{'role':'writer'}", DENIED)).isTrue();
  }

  @Test
  void aTokenEndsWithItsPassword() {
    done(root, "auth/user/changepw", "{'name':'bob','password':'other'}");

    assertThat(isRefused(bob, "kv/range", "{'key':'" + FOO + "'}", BAD_TOKEN)).isTrue();
    assertThat(body("", "auth/authenticate", "{'name':'bob','password':'pw-bob'}"))
        .contains("authentication failed, invalid user ID or password");
    assertThat(body("", "auth/authenticate", "{'name':'bob','password':'other'}"))
        .contains("\"token\":");
  }

  @Test
  void aTokenEndsWhenAuthIsSwitched() {
    done(root, "auth/disable", "{}");
    done("auth/enable", "{}");

    assertThat(isRefused(root, "kv/range", "{'key':'" + FOO + "'}", BAD_TOKEN)).isTrue();
  }

  /** CVE-2020-15115; unknown users and wrong passwords are told alike. */
  @Test
  void passwordsHaveBoundsAndFailuresDoNotTellWhy() {
    String empty = body(root, "auth/user/add", "{'name':'x','password':''}");
    String tooLong =
        body(root, "auth/user/add", "{'name':'x','password':'%s'}".formatted("p".repeat(73)));
    String wrong = body("", "auth/authenticate", "{'name':'bob','password':'no'}");
    String unknown = body("", "auth/authenticate", "{'name':'nobody','password':'no'}");

    assertThat(empty).contains("a password has 1 to 72 bytes").isEqualTo(tooLong);
    assertThat(wrong).isEqualTo(unknown).contains("\"code\":3");
  }

  /** etcd 3.4 ends for good over it. */
  @Test
  void aGrantWithoutAPermissionIsRefused() {
    assertThat(body(root, "auth/role/grant", "{'name':'owner'}"))
        .contains("etcdserver: permission not given");
  }

  private String leaseOfSecret() {
    done(root, "lease/grant", "{'ID':'7','TTL':'600'}");
    done(root, "kv/put", "{'key':'" + SECRET + "','lease':'7'}");
    return "7";
  }

  private boolean isRefused(String token, String name, String body, String refusal) {
    String answer = name.equals("watch") ? line(token, body) : body(token, name, body);
    return answer.contains(refusal);
  }

  private String line(String token, String body) {
    try (JsonClient.LineStream stream = client.open("/v3/watch", json(body), token)) {
      return stream.line();
    }
  }

  private String token(String user) {
    String answer =
        body("", "auth/authenticate", "{'name':'%s','password':'pw-%s'}".formatted(user, user));
    return answer.replaceAll(".*\"token\":\"([^\"]*)\".*", "$1").strip();
  }

  private void done(String name, String body) {
    done("", name, body);
  }

  private void done(String token, String name, String body) {
    assertThat(client.post("/v3/" + name, json(body), token).status()).as(name).isEqualTo(200);
  }

  private String body(String token, String name, String body) {
    return client.post("/v3/" + name, json(body), token).body();
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
