package dev.remora.agent.local;

import dev.remora.agent.local.Call.BadRequestException;
import dev.remora.agent.runner.Catalog;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls about the services of the registry. */
final class CatalogCalls {
  /** How long the first content of a service is waited for. */
  private static final Duration FIRST_WAIT = Duration.ofSeconds(5);

  /** A stream that is silent for this long says that it is alive. */
  private static final Duration STREAM_WAIT = Duration.ofSeconds(15);

  private static final int NAME_CHARS_MAX = 255;

  private final Vertx vertx;
  private final Catalog catalog;

  CatalogCalls(Vertx vertx, Catalog catalog) {
    this.vertx = vertx;
    this.catalog = catalog;
  }

  void ask(Call call, @Nullable String name) throws BadRequestException {
    if (name != null && (name.isEmpty() || name.length() > NAME_CHARS_MAX || name.contains("/"))) {
      throw new BadRequestException("not the name of a service: '" + name + "'");
    }
    boolean isPassing = call.flag("passing");
    long revision = call.number("revision", -1);
    Duration wait = call.duration("wait", revision < 0 ? FIRST_WAIT : Duration.ZERO);
    if (catalog.isFull()) {
      call.refuse(503, "too many requests wait already; ask again without revision and wait");
      return;
    }
    String accept = call.request().getHeader("Accept");
    if (accept != null && accept.contains("text/event-stream")) {
      HttpServerResponse response = call.response();
      response.setChunked(true).putHeader("Content-Type", "text/event-stream");
      response.putHeader("Cache-Control", "no-store");
      stream(response, name, isPassing, revision);
      return;
    }
    catalog
        .ask(name, isPassing, revision, wait)
        .onSuccess(answer -> answer(call, answer.orElse(null)));
  }

  private void answer(Call call, Catalog.@Nullable Answer answer) {
    if (answer == null) {
      call.refuse(
          503, "nothing is known of it yet: the registry has not answered; see /v1/agent for why");
      return;
    }
    long age = catalog.ageSeconds();
    HttpServerResponse response = call.response();
    response.putHeader("X-Remora-Revision", Long.toString(answer.revision()));
    response.putHeader("X-Remora-Age", Long.toString(age));
    response.putHeader("Age", Long.toString(age));
    if (!answer.held().isEmpty()) {
      response.putHeader("X-Remora-Held", answer.held().replaceAll("[^ -~]", "?"));
    }
    call.answer(200, "application/json", answer.body());
  }

  /** Sends each new answer as an event, until the other side has gone. */
  private void stream(
      HttpServerResponse response, @Nullable String name, boolean isPassing, long revision) {
    catalog
        .ask(name, isPassing, revision, STREAM_WAIT)
        .onSuccess(found -> {
          Optional<Catalog.Answer> news = found.filter(answer -> answer.revision() != revision);
          if (response.closed() || response.ended()) {
            return;
          }
          Buffer event =
              news.map(CatalogCalls::event).orElseGet(() -> Buffer.buffer(": alive\n\n"));
          long next = news.map(Catalog.Answer::revision).orElse(revision);
          response.write(event).onSuccess(_ -> resume(response, name, isPassing, next));
        });
  }

  /** A slow reader is not sent more than it takes: it gets the newest answer when it is ready. */
  private void resume(
      HttpServerResponse response, @Nullable String name, boolean isPassing, long revision) {
    vertx.runOnContext(_ -> stream(response, name, isPassing, revision));
  }

  private static Buffer event(Catalog.Answer answer) {
    return Buffer.buffer("id: " + answer.revision() + "\nevent: instances\ndata: ")
        .appendBuffer(answer.body())
        .appendString("\n\n");
  }
}
