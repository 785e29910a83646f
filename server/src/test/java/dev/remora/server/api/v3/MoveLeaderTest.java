package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom the leadership may go to; what is expected was measured on etcd 3.4.23. */
final class MoveLeaderTest {
  private static final String BAD =
      "{\"error\":\"etcdserver: bad leader transferee\","
          + "\"message\":\"etcdserver: bad leader transferee\",\"code\":9}";

  private final V3Server server = V3Server.start();
  private final JsonClient client = new JsonClient(server.url());
  private final String self = Long.toUnsignedString(server.member().replica().identity().member());

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theLeadershipStaysWhereItIsWantedToBe() {
    assertThat(move("{\"targetID\":\"" + self + "\"}")).isEqualTo("{}");
  }

  @Test
  void onlyAVoterCanLead() {
    assertThat(move("{}")).isEqualTo(BAD);
    assertThat(move("{\"targetID\":\"77\"}")).isEqualTo(BAD);
  }

  private String move(String request) {
    return client.post("/v3/maintenance/transfer-leadership", request).body();
  }
}
