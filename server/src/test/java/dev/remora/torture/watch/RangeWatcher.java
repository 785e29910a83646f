package dev.remora.torture.watch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A watch of v3, over its JSON API: one answer that does not end, one message a line. */
final class RangeWatcher extends Watcher {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String prefix;
  private long next = 1;

  /** Watches all keys that begin so. */
  RangeWatcher(WatchLog log, int port, String prefix) {
    super(log, port);
    this.prefix = prefix;
  }

  @Override
  void watch() throws IOException {
    String body =
        """
        {"create_request":{"key":"%s","range_end":"%s","start_revision":"%d"}}\
        """
            .formatted(Base64Text.of(prefix), Base64Text.endOf(prefix), next);
    connection.close();
    connection.open(new Request.V3("watch", body), PATIENCE);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (!isClosed()) {
      byte[] chunk = connection.readChunk(PATIENCE);
      if (chunk.length == 0) {
        throw new IOException("the stream has ended");
      }
      for (byte one : chunk) {
        if (one == '\n') {
          accept(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else {
          line.write(one);
        }
      }
    }
  }

  private void accept(String line) throws IOException {
    JsonNode result = JSON.readTree(line).path("result");
    if (result.isMissingNode() || result.path("canceled").asBoolean()) {
      throw new IOException("the watch has ended: " + line);
    }
    long revision = -1;
    int sub = 0;
    for (JsonNode event : result.path("events")) {
      JsonNode kv = event.path("kv");
      long own = kv.path("mod_revision").asLong();
      sub = own == revision ? sub + 1 : 0;
      revision = own;
      log.add(
          new Change(
              new Change.Place(own, sub),
              event.path("type").asText().equals("DELETE") ? "delete" : "put",
              Base64Text.text(kv.path("key").asText()),
              Base64Text.text(kv.path("value").asText()),
              kv.path("create_revision").asLong()));
      next = own + 1;
    }
  }
}
