package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random requests are answered alike by etcd and by us. */
final class V3FuzzTest {
  private static final int REQUESTS = Integer.getInteger("v3.fuzz.requests", 1_000);

  @TempDir private Path directory;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void answersAsEtcdDoes(long seed) throws IOException {
    assumeTrue(EtcdServer.isInstalled(), "no etcd is installed here: nothing to compare with");
    RandomRequests requests = new RandomRequests(seed);

    try (EtcdServer etcd = EtcdServer.start(directory);
        V3Server server = V3Server.start()) {
      JsonClient theirs = new JsonClient(etcd.url());
      JsonClient ours = new JsonClient(server.url());
      for (int i = 0; i < REQUESTS; i++) {
        Recording.Exchange exchange = new Recording.Exchange(requests.next(), List.of());

        List<String> expected = exchange.ask(theirs);

        assertThat(exchange.ask(ours))
            .as("seed %d, request %d: %s", seed, i, exchange.request())
            .isEqualTo(expected);
      }
    }
  }

  static LongStream seeds() {
    Long one = Long.getLong("v3.fuzz.seed");
    return one == null ? LongStream.of(1, 2) : LongStream.of(one);
  }
}
