package dev.remora.agent.registry;

import dev.remora.agent.runner.Registry.Watch;
import dev.remora.agent.runner.Registry.WatchFrom;
import dev.remora.agent.runner.Registry.WatchListener;
import dev.remora.agent.runner.RegistryException;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One watch stream: a request whose body creates every watch, and an answer that does not end.
 *
 * <p>The gateway reads its body as a sequence of JSON messages, so that one connection carries all
 * watches; etcd 3.4 was tried. Each watch gets its place in the list, from 1, as its id.
 */
final class WatchStream implements Watch {
  private final Vertx vertx;
  private final JsonClient client;
  private final List<WatchFrom> ranges;
  private final WatchListener listener;
  private final URI endpoint;

  private @Nullable HttpClientRequest request;
  private boolean isOver;
  private int created;
  private long revision = Long.MAX_VALUE;
  private long timer = -1;

  WatchStream(Vertx vertx, JsonClient client, List<WatchFrom> ranges, WatchListener listener) {
    this.vertx = vertx;
    this.client = client;
    this.ranges = List.copyOf(ranges);
    this.listener = listener;
    this.endpoint = client.endpoint();
  }

  void open() {
    long millis = client.timeout().toMillis();
    timer = vertx.setTimer(millis, _ -> end("opened no watch within " + millis + " ms"));
    client
        .request(endpoint, "/v3/watch")
        .onFailure(failure -> end("cannot be reached: " + JsonClient.reason(failure)))
        .onSuccess(opened -> {
          request = opened;
          if (isOver) {
            var _ = opened.reset();
            return;
          }
          opened
              .send(body())
              .onFailure(failure -> end("broke off: " + JsonClient.reason(failure)))
              .onSuccess(this::read);
        });
  }

  private Buffer body() {
    Buffer body = Buffer.buffer();
    for (int i = 0; i < ranges.size(); i++) {
      JsonObject create =
          Wire.range(ranges.get(i).range())
              .put("start_revision", Long.toString(ranges.get(i).revision()))
              .put("watch_id", Integer.toString(i + 1));
      body.appendBuffer(new JsonObject().put("create_request", create).toBuffer());
      body.appendByte((byte) '\n');
    }
    return body;
  }

  private void read(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      client.onStreamRefused();
      end("answers " + response.statusCode() + " to a watch");
      return;
    }
    LineSplitter splitter = new LineSplitter(JsonClient.ANSWER_BYTES_MAX, this::onLine);
    response.handler(chunk -> {
      if (!isOver && !splitter.accept(chunk)) {
        // To resume would bring the same line again: a fresh read goes past it.
        ranges.forEach(from -> listener.onCompacted(from.range()));
        end("sent a line longer than " + JsonClient.ANSWER_BYTES_MAX + " bytes");
      }
    });
    response.exceptionHandler(failure -> end("broke off: " + JsonClient.reason(failure)));
    response.endHandler(_ -> end("ended the watch"));
  }

  private void onLine(Buffer line) {
    if (isOver) {
      return;
    }
    try {
      JsonObject message = new JsonObject(line);
      if (message.getValue("error") != null) {
        client.onStreamRefused();
        end("refuses the watch: " + error(message));
        return;
      }
      onMessage(Wire.object(message, "result"));
    } catch (DecodeException | ClassCastException | IllegalArgumentException _) {
      end("sends watch messages that are not etcd's");
    }
  }

  private static String error(JsonObject message) {
    return message.getValue("error") instanceof JsonObject error
            && error.getValue("message") instanceof String words
        ? JsonClient.printable(words)
        : "no reason given";
  }

  private void onMessage(JsonObject result) {
    boolean isCancelled = Wire.isTrue(result, "canceled");
    if (Wire.isTrue(result, "created") && !isCancelled) {
      onCreated(Wire.revision(result));
      return;
    }
    long compacted = Wire.number(result, "compact_revision");
    if (isCancelled && compacted == 0) {
      client.onStreamRefused();
      end("cancels the watch: " + JsonClient.printable(result.getString("cancel_reason", "")));
      return;
    }
    KeyRange range = range(Wire.number(result, "watch_id"));
    if (isCancelled) {
      listener.onCompacted(range);
      return;
    }
    List<Event> events = Wire.events(result);
    if (!events.isEmpty()) {
      listener.onEvents(range, events);
    }
  }

  private void onCreated(long headerRevision) {
    revision = Math.min(revision, headerRevision);
    created++;
    if (created == ranges.size()) {
      vertx.cancelTimer(timer);
      listener.onOpen(revision);
    }
  }

  private KeyRange range(long watchId) {
    if (ranges.size() == 1) {
      return ranges.getFirst().range();
    }
    if (watchId < 1 || watchId > ranges.size()) {
      throw new IllegalArgumentException("unknown watch id " + watchId);
    }
    return ranges.get((int) watchId - 1).range();
  }

  private void end(String what) {
    if (isOver) {
      return;
    }
    close();
    client.leave(endpoint);
    listener.onEnd(new RegistryException("registry " + endpoint + " " + what));
  }

  @Override
  public void close() {
    isOver = true;
    vertx.cancelTimer(timer);
    if (request != null) {
      var _ = request.reset();
    }
  }
}
