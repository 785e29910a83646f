package dev.remora.torture.client;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All calls, in the order in which they ended. Thread-safe. */
public final class History {
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Call> calls = new ArrayList<>();
  private long writes;
  private long lastWriteNanos = Long.MIN_VALUE;

  synchronized void add(Call call) {
    calls.add(call);
    if (isAcknowledgedWrite(call)) {
      writes++;
      lastWriteNanos = call.completedNanos();
    }
  }

  /** Whether it changed something and its client was told so. */
  public static boolean isAcknowledgedWrite(Call call) {
    return call.request() instanceof Request.Keys keys
        && !keys.method().equals("GET")
        && call.outcome() instanceof Outcome.Answered(Reply reply)
        && reply.isOk();
  }

  /** How many writes of v2 were acknowledged so far. */
  public synchronized long writes() {
    return writes;
  }

  /** When the last of them was, by {@link System#nanoTime}. */
  public synchronized long lastWriteNanos() {
    return lastWriteNanos;
  }

  /** What was recorded so far. */
  public synchronized List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Writes one JSON object a line; times are nanoseconds since the first call. */
  public void write(Path file) {
    List<Call> all = calls();
    long start = all.stream().mapToLong(Call::invokedNanos).min().orElse(0);
    try (Writer out = Files.newBufferedWriter(file)) {
      for (Call call : all) {
        out.write(line(call, start).toString());
        out.write('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode line(Call call, long start) {
    ObjectNode line =
        JSON.createObjectNode()
            .put("process", call.process())
            .put("member", call.member())
            .put("invoked", call.invokedNanos() - start)
            .put("completed", call.completedNanos() - start)
            .put("f", call.request().method() + " " + call.request().target())
            .put("body", call.request().body());
    return switch (call.outcome()) {
      case Outcome.Answered(Reply reply) ->
          line.put("type", "ok")
              .put("status", reply.status())
              .put("index", reply.index())
              .put("reply", reply.body());
      case Outcome.NotDone(String why) -> line.put("type", "fail").put("why", why);
      case Outcome.Unknown(String why) -> line.put("type", "info").put("why", why);
    };
  }
}
