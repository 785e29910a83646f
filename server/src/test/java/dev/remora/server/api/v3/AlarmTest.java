package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.api.v3.JsonClient.Answer;
import dev.remora.server.replica.Quota;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Alarms at the v3 door; what is expected was measured on etcd 3.4.23. */
final class AlarmTest {
  private static final String PUT = "{\"key\":\"YQ==\",\"value\":\"Yg==\"}";
  private static final String KEY = "{\"key\":\"YQ==\"}";
  private static final String NO_SPACE =
      "{\"error\":\"etcdserver: mvcc: database space exceeded\","
          + "\"message\":\"etcdserver: mvcc: database space exceeded\",\"code\":8}";
  private static final String CORRUPT =
      "{\"error\":\"etcdserver: corrupt cluster\","
          + "\"message\":\"etcdserver: corrupt cluster\",\"code\":15}";

  private final V3Server server = V3Server.start();
  private final JsonClient client = new JsonClient(server.url());
  private final String self = Long.toUnsignedString(server.member().replica().identity().member());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aFullMemberRefusesWhatGrowsAndTellsWhy() {
    server.member().onReplica(replica -> replica.keepWithin(new Quota(100)));

    Answer refused = client.post("/v3/kv/put", PUT);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.body()).isEqualTo(NO_SPACE);
    assertThat(alarm("{\"action\":\"GET\"}")).isEqualTo(listed("NOSPACE", self));
    assertThat(client.post("/v3/maintenance/status", "{}").body())
        .contains("\"errors\":[\"memberID:" + self + " alarm:NOSPACE \"]");
    assertThat(client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").status()).isEqualTo(200);
    assertThat(client.post("/v3/kv/deleterange", "{\"key\":\"YQ==\"}").status()).isEqualTo(200);
    assertThat(client.post("/v3/lease/grant", "{\"TTL\":\"100\"}").body()).isEqualTo(NO_SPACE);
    assertThat(client.post("/v3/lease/revoke", "{\"ID\":\"77\"}").status()).isEqualTo(404);
  }

  @Test
  void withoutAnAlarmTheAnswerIsEmpty() {
    assertThat(alarm("{}")).isEqualTo("{}");
    assertThat(alarm("{\"action\":\"GET\",\"alarm\":\"CORRUPT\"}")).isEqualTo("{}");
    assertThat(alarm(set("DEACTIVATE", "NOSPACE", "77"))).isEqualTo("{}");
    assertThat(client.post("/v3/maintenance/status", "{}").body()).doesNotContain("errors");
  }

  @Test
  void anAlarmIsRaisedListedAndDisarmed() {
    assertThat(alarm(set("ACTIVATE", "NOSPACE", "77"))).isEqualTo(listed("NOSPACE", "77"));
    assertThat(alarm(set("ACTIVATE", "NOSPACE", "77"))).isEqualTo(listed("NOSPACE", "77"));
    assertThat(alarm("{\"memberID\":\"5\"}")).isEqualTo(listed("NOSPACE", "77"));
    assertThat(alarm("{\"alarm\":\"CORRUPT\"}")).isEqualTo("{}");
    assertThat(client.post("/v3/kv/put", PUT).body()).isEqualTo(NO_SPACE);
    assertThat(alarm(set("DEACTIVATE", "NOSPACE", "5"))).isEqualTo("{}");
    assertThat(alarm(set("DEACTIVATE", "NONE", "77"))).isEqualTo("{}");
    assertThat(alarm(set("DEACTIVATE", "NOSPACE", "77"))).isEqualTo(listed("NOSPACE", "77"));
    assertThat(client.post("/v3/kv/put", PUT).status()).isEqualTo(200);
  }

  @Test
  void aCorruptClusterTakesNoWriteButReadsGoOn() {
    alarm(set("ACTIVATE", "CORRUPT", "77"));

    for (String path :
        new String[] {"kv/put", "kv/deleterange", "kv/compaction", "lease/grant", "lease/revoke"}) {
      Answer refused =
          client.post("/v3/" + path, path.startsWith("kv/c") || path.startsWith("l") ? "{}" : KEY);

      assertThat(refused.body()).as(path).isEqualTo(CORRUPT);
      assertThat(refused.status()).as(path).isEqualTo(500);
    }
    assertThat(client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").status()).isEqualTo(200);
    alarm(set("DEACTIVATE", "CORRUPT", "77"));
    assertThat(client.post("/v3/kv/put", PUT).status()).isEqualTo(200);
  }

  /** etcd stops for good over these. */
  @Test
  void anUnknownAlarmOrActionIsRefused() {
    assertThat(client.post("/v3/maintenance/alarm", "{\"action\":7}").status()).isEqualTo(400);
    assertThat(client.post("/v3/maintenance/alarm", set("ACTIVATE", "NONE", "7")).status())
        .isEqualTo(400);
  }

  private String alarm(String request) {
    Answer answer = client.post("/v3/maintenance/alarm", request);
    assertThat(answer.status()).isEqualTo(200);
    return answer.body();
  }

  private static String set(String action, String kind, String member) {
    return "{\"action\":\"%s\",\"alarm\":\"%s\",\"memberID\":\"%s\"}"
        .formatted(action, kind, member);
  }

  private static String listed(String kind, String member) {
    return "{\"alarms\":[{\"memberID\":\"%s\",\"alarm\":\"%s\"}]}".formatted(member, kind);
  }
}
