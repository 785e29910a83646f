package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recording is true: the etcd on this machine answers so. With {@code -Dv3.record=true} it is
 * recorded anew.
 */
final class V3AgainstEtcdTest {
  @TempDir private Path directory;

  @Test
  void etcdAnswersAsRecorded() throws IOException {
    assumeTrue(EtcdServer.isInstalled(), "no etcd is installed here: the recording is not checked");

    try (EtcdServer etcd = EtcdServer.start(directory)) {
      JsonClient client = new JsonClient(etcd.url());
      if (Boolean.getBoolean("v3.record")) {
        Recording.record(client);
        return;
      }
      SoftAssertions softly = new SoftAssertions();
      for (Recording.Exchange exchange : Recording.read()) {
        softly.assertThat(exchange.ask(client)).as(exchange.request()).isEqualTo(exchange.answer());
      }
      softly.assertAll();
      assertThat(Recording.read()).hasSizeGreaterThan(100);
    }
  }
}
