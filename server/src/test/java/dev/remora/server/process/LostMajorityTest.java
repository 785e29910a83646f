package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of three members is left for good. */
final class LostMajorityTest {
  private static final int KEYS = 100;

  @TempDir private Path directory = Path.of("unset");

  private final V3Client client = new V3Client();

  @Test
  void theMemberThatIsLeftGoesOnAloneWithAllKeys() {
    try (ClusterProcesses cluster = new ClusterProcesses(directory, 3)) {
      cluster.startAll();
      for (int i = 0; i < KEYS; i++) {
        client.put(cluster.url(1), "key" + i).join();
      }
      // All are asked first: a member of a minority need not have heard of the last writes.
      assertThat(client.count(cluster.url(1))).isEqualTo(KEYS);
      for (int member = 0; member < 3; member++) {
        cluster.process(member).kill();
      }

      cluster.start(1, "--force-new-cluster");
      assertThat(client.count(cluster.url(1))).isEqualTo(KEYS);
      client.put(cluster.url(1), "more").join();
      cluster.process(1).kill();
      cluster.start(1);

      assertThat(client.count(cluster.url(1))).isEqualTo(KEYS + 1);
      JsonNode members = client.post(cluster.url(1), "/v3/cluster/member/list", "{}").join();
      assertThat(members.path("members")).hasSize(1);
      assertThat(members.path("members").path(0).path("name").asText()).isEqualTo("m1");
    }
  }
}
