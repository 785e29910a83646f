package dev.remora.torture.watch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Long polls of v2, each for the change behind the last one. */
final class KeysWatcher extends Watcher {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int CLEARED = 401;

  /** The cause of a 401: oldest index there is, index asked for. */
  private static final Pattern OLDEST = Pattern.compile("\\[(\\d+)/\\d+]");

  private final String folder;
  private long next = 1;

  /** Watches all keys of a folder. */
  KeysWatcher(WatchLog log, int port, String folder) {
    super(log, port);
    this.folder = folder;
  }

  @Override
  void watch() throws IOException {
    Request request =
        new Request.Keys(
            "GET",
            folder,
            Map.of("wait", "true", "recursive", "true", "waitIndex", Long.toString(next)));
    Reply reply = connection.send(request, PATIENCE);
    JsonNode node = reply.json().path("node");
    if (reply.isOk() && node.has("modifiedIndex")) {
      Change change = change(reply.json(), node);
      log.add(change);
      next = change.place().index() + 1;
    } else if (reply.errorCode() == CLEARED) {
      Matcher oldest = OLDEST.matcher(reply.json().path("cause").asText());
      if (!oldest.find()) {
        throw new IOException("401 does not say what is left: " + reply.body());
      }
      long first = Long.parseLong(oldest.group(1));
      log.addGap(new WatchLog.Gap(next, first - 1));
      next = first;
    } else {
      throw new IOException("no event: " + reply);
    }
  }

  private static Change change(JsonNode event, JsonNode node) {
    return new Change(
        new Change.Place(node.path("modifiedIndex").asLong(), 0),
        event.path("action").asText(),
        node.path("key").asText(),
        node.path("value").asText(),
        node.path("createdIndex").asLong());
  }
}
