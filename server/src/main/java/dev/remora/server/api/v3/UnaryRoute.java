package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Failures;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Carries a call of one request and one response over HTTP, as etcd's gateway does.
 *
 * @param <Q> the request
 */
final class UnaryRoute<Q extends Message> implements Route {
  private final Q prototype;
  private final Rights.Rule<Q> rule;
  private final Call<Q> call;
  private final Guard guard;
  private final V3Settings settings;
  private final MessageWriter writer;
  private final Deadlines deadlines;
  private final LongSupplier nowNanos;

  /** What is called. */
  interface Call<Q> {
    /**
     * Answers a request that may be made, on the newest state.
     *
     * @param permit to be asked again of any other state
     */
    void call(Q request, Permit permit, Consumer<Reply> done);
  }

  /**
   * A route.
   *
   * @param rule what a request may be refused for before it is looked at any further
   * @param deadlines how long a reply is waited for; the caller has them expire
   * @param nowNanos the clock of the deadlines
   */
  UnaryRoute(
      Q prototype,
      Rights.Rule<Q> rule,
      Call<Q> call,
      Guard guard,
      V3Settings settings,
      MessageWriter writer,
      Deadlines deadlines,
      LongSupplier nowNanos) {
    this.prototype = prototype;
    this.rule = rule;
    this.call = call;
    this.guard = guard;
    this.settings = settings;
    this.writer = writer;
    this.deadlines = deadlines;
    this.nowNanos = nowNanos;
  }

  @Override
  public void handle(HttpServerRequest request) {
    Body body = new Body(settings.maxJsonBytes());
    request.handler(body::add);
    request.endHandler(_ ->
        Failures.guard(
            request,
            () -> received(body, request),
            () -> HttpErrors.ofCall(request.response(), ApiError.INTERNAL)));
  }

  /** The body so far; past its bound, only its length. */
  private static final class Body {
    private final int bytesMax;
    private Buffer bytes = Buffer.buffer();
    private long length;

    Body(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    void add(Buffer chunk) {
      length += chunk.length();
      if (length > bytesMax) {
        bytes = Buffer.buffer();
      } else {
        bytes.appendBuffer(chunk);
      }
    }
  }

  private void received(Body body, HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (body.length > body.bytesMax) {
      HttpErrors.ofCall(
          response, ApiError.messageTooLarge(body.length, settings.maxMessageBytes()));
      return;
    }
    try {
      // The prototype is a Q, so what is built of it is one.
      @SuppressWarnings("unchecked")
      Q message = (Q) MessageReader.read(JsonParser.first(body.bytes.getBytes()), prototype);
      int size = message.getSerializedSize();
      if (size > settings.maxMessageBytes()) {
        HttpErrors.ofCall(response, ApiError.messageTooLarge(size, settings.maxMessageBytes()));
      } else {
        call(message, request);
      }
    } catch (JsonException e) {
      HttpErrors.ofDecoding(
          response, new ApiError(GrpcCode.INVALID_ARGUMENT, String.valueOf(e.getMessage())));
    }
  }

  private void call(Q message, HttpServerRequest request) {
    Permit permit = guard.permit(request, state -> rule.of(message, state));
    ApiError refusal = permit.refusal(guard.state());
    if (refusal == null) {
      call.call(message, permit, inTime(request));
    } else {
      HttpErrors.ofCall(request.response(), refusal);
    }
  }

  /** Passes on the first of the reply and the timeout. */
  private Consumer<Reply> inTime(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Deadlines.Waiting waiting =
        deadlines.add(
            nowNanos.getAsLong(), () -> answer(new Reply.Refused(ApiError.TIMED_OUT), response));
    return reply -> {
      if (deadlines.end(waiting)) {
        Failures.guard(
            request,
            () -> answer(reply, response),
            () -> HttpErrors.ofCall(response, ApiError.INTERNAL));
      }
    };
  }

  private void answer(Reply reply, HttpServerResponse response) {
    if (response.ended() || response.closed()) {
      return;
    }
    switch (reply) {
      case Reply.Done(Message message) ->
          response
              .putHeader("Content-Type", "application/json")
              .putHeader("Grpc-Metadata-Content-Type", "application/grpc")
              .end(writer.write(message));
      case Reply.Refused(ApiError error) -> HttpErrors.ofCall(response, error);
    }
  }
}
