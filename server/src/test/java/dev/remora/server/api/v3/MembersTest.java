package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.api.v3.JsonClient.Answer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members at the v3 door; what is expected was measured on etcd 3.4.23, but for what is said. */
final class MembersTest {
  private static final String MEMBERS = "/v3/cluster/member/";
  private static final String SELF_JSON =
      "{\"ID\":\"10276657743932975437\",\"name\":\"default\","
          + "\"peerURLs\":[\"http://127.0.0.1:2380\"],\"clientURLs\":[\"http://127.0.0.1:2379\"]}";

  private final V3Server server = V3Server.start();
  private final JsonClient client = new JsonClient(server.url());
  private final String self = Long.toUnsignedString(server.member().replica().identity().member());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aLearnerComesAndGoes() {
    Answer added = post("add", "{\"peerURLs\":[\"http://b:2\",\"http://b:1\"],\"isLearner\":true}");

    assertThat(added.status()).isEqualTo(200);
    String id = idOfAdded(added);
    String learner =
        "{\"ID\":\"" + id + "\",\"peerURLs\":[\"http://b:1\",\"http://b:2\"],\"isLearner\":true}";
    assertThat(added.body()).contains("\"member\":" + learner + ",\"members\":[");
    assertThat(added.body()).contains("},\"member\"").doesNotContain("revision");
    assertThat(post("list", "{}").body()).contains(SELF_JSON, learner);
    assertThat(post("add", "{\"peerURLs\":[\"http://c:1\"],\"isLearner\":true}").body())
        .isEqualTo(error("etcdserver: too many learner members in cluster", 9));
    assertThat(post("promote", "{\"ID\":\"" + id + "\"}"))
        .extracting(Answer::status, Answer::body)
        .containsExactly(
            412,
            error("etcdserver: can only promote a learner member which is in sync with leader", 9));

    Answer removed = post("remove", "{\"ID\":\"" + id + "\"}");

    assertThat(removed.body()).endsWith("\"members\":[" + SELF_JSON + "]}");
    for (String call : new String[] {"remove", "promote"}) {
      assertThat(post(call, "{\"ID\":\"" + id + "\"}"))
          .extracting(Answer::status, Answer::body)
          .containsExactly(404, error("etcdserver: member not found", 5));
    }
    assertThat(revision()).isEqualTo("1");
  }

  /** etcd makes it a voter at once, and loses its majority here. */
  @Test
  void whoIsAddedToVoteIsShownAsALearnerUntilItHasCaughtUp() {
    Answer added = post("add", "{\"peerURLs\":[\"http://b:1\"]}");

    assertThat(added.body()).contains("\"member\":{\"ID\":\"" + idOfAdded(added) + "\"");
    assertThat(post("list", "{\"linearizable\":true}").body()).contains("\"isLearner\":true");
    assertThat(post("add", "{\"peerURLs\":[\"http://c:1\"]}"))
        .extracting(Answer::status, Answer::body)
        .containsExactly(
            500, error("etcdserver: re-configuration failed due to not enough started members", 2));
  }

  @Test
  void aMemberIsReachedElsewhere() {
    Answer updated =
        post("update", "{\"ID\":\"" + self + "\",\"peerURLs\":[\"http://z:1\",\"http://a:1\"]}");

    assertThat(updated.status()).isEqualTo(200);
    assertThat(updated.body()).contains("\"peerURLs\":[\"http://z:1\",\"http://a:1\"]");
    assertThat(post("add", "{\"peerURLs\":[\"http://a:1\"]}").body())
        .isEqualTo(error("etcdserver: Peer URLs already exists", 9));
  }

  /** etcd takes it, and the member is reached nowhere from then on. */
  @Test
  void aMemberIsNotSentWhereNobodyCanBe() {
    assertThat(post("update", "{\"ID\":\"" + self + "\",\"peerURLs\":[\"foo\"]}").body())
        .isEqualTo(error("etcdserver: given member URLs are invalid", 3));
    assertThat(post("update", "{\"ID\":\"" + self + "\"}").body())
        .isEqualTo(error("etcdserver: given member URLs are invalid", 3));
  }

  @Test
  void theLastVoterStaysAndIsNoLearner() {
    assertThat(post("remove", "{\"ID\":\"" + self + "\"}"))
        .extracting(Answer::status, Answer::body)
        .containsExactly(
            500, error("etcdserver: re-configuration failed due to not enough started members", 2));
    assertThat(post("promote", "{\"ID\":\"" + self + "\"}").body())
        .isEqualTo(error("etcdserver: can only promote a learner member", 9));
  }

  private Answer post(String call, String body) {
    return client.post(MEMBERS + call, body);
  }

  private String revision() {
    Matcher found =
        Pattern.compile("\"revision\":\"(\\d+)\"")
            .matcher(client.post("/v3/kv/range", "{\"key\":\"YQ==\"}").body());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String idOfAdded(Answer added) {
    Matcher found = Pattern.compile("\"member\":\\{\"ID\":\"(\\d+)\"").matcher(added.body());
    assertThat(found.find()).as(added.body()).isTrue();
    return found.group(1);
  }

  private static String error(String text, int code) {
    return "{\"error\":\"" + text + "\",\"message\":\"" + text + "\",\"code\":" + code + "}";
  }
}
