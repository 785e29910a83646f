package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.Failures;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/**
 * Carries a call of many requests and many responses over HTTP, as etcd's gateway does: the body is
 * one JSON value after the other, the response a line for each message.
 *
 * <p>A first message that cannot be read is refused; at a later one the gateway just stops reading,
 * and so do we. While the client does not read what it is sent, nothing more is read from it.
 *
 * @param <Q> the request
 */
final class MessageStream<Q extends Message> {
  /** What the two ends of a stream tell the call. */
  interface Call<Q> {
    /** The client sent a message. */
    void received(Q message);

    /** The client will send no more. */
    void halfClosed();

    /** The client can be sent more, after {@link #send} had answered false. */
    void writable();

    /** The client is gone. Told once. */
    void closed();
  }

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Q prototype;
  private final MessageWriter writer;
  private final JsonSplitter splitter;
  private final Call<Q> call;
  private boolean isFirst = true;
  private boolean isReading = true;
  private boolean isClosed;

  MessageStream(
      HttpServerRequest request,
      Q prototype,
      V3Settings settings,
      MessageWriter writer,
      CallFactory<Q> calls) {
    this.request = request;
    this.response = request.response();
    this.prototype = prototype;
    this.writer = writer;
    this.splitter = new JsonSplitter(settings.maxJsonBytes());
    this.call = calls.open(this);
    request.handler(chunk -> guard(() -> read(chunk)));
    request.endHandler(_ -> guard(this::readLast));
    request.exceptionHandler(_ -> close());
    response.exceptionHandler(_ -> close());
    response.closeHandler(_ -> close());
    response.drainHandler(_ -> guard(this::drained));
  }

  /** Makes the call of a stream. */
  interface CallFactory<Q extends Message> {
    Call<Q> open(MessageStream<Q> stream);
  }

  /**
   * Sends a message.
   *
   * @return whether the client can be sent more at once; if not, {@link Call#writable} tells when
   */
  boolean send(Message message) {
    if (isClosed) {
      return true;
    }
    begin();
    response.write(writer.writeResult(message));
    if (response.writeQueueFull()) {
      request.pause();
      return false;
    }
    return true;
  }

  /** Cuts the connection: nothing that could be sent would be true. */
  void abort() {
    response.reset();
    close();
  }

  /** Ends the call with an error; one that has begun to answer is cut off. */
  void fail(ApiError error) {
    if (response.headWritten()) {
      abort();
    } else if (!isClosed) {
      isReading = false;
      isClosed = true;
      HttpErrors.ofCall(response, error);
    }
  }

  /** Ends the response. */
  void end() {
    if (!isClosed) {
      isClosed = true;
      if (!response.headWritten()) {
        response.setChunked(true).putHeader("Content-Type", "application/json");
      }
      response.end();
    }
  }

  private void guard(Runnable task) {
    Failures.guard(request, task, () -> HttpErrors.ofCall(response, ApiError.INTERNAL));
  }

  private void begin() {
    if (!response.headWritten()) {
      response
          .setChunked(true)
          .putHeader("Content-Type", "application/json")
          .putHeader("Grpc-Metadata-Content-Type", "application/grpc");
    }
  }

  private void read(Buffer chunk) {
    if (!isReading) {
      return;
    }
    try {
      splitter.add(chunk.getBytes());
    } catch (JsonException e) {
      deliver();
      fail(e);
      return;
    }
    deliver();
  }

  private void readLast() {
    if (isReading) {
      splitter.end();
      deliver();
    }
    if (isReading) {
      isReading = false;
      call.halfClosed();
    }
  }

  private void deliver() {
    Optional<byte[]> next = splitter.next();
    while (next.isPresent() && isReading) {
      try {
        // The prototype is a Q, so what is built of it is one.
        @SuppressWarnings("unchecked")
        Q message = (Q) MessageReader.read(JsonParser.first(next.get()), prototype);
        isFirst = false;
        call.received(message);
      } catch (JsonException e) {
        fail(e);
        return;
      }
      next = splitter.next();
    }
  }

  private void fail(JsonException e) {
    if (!isReading) {
      return;
    }
    isReading = false;
    if (isFirst) {
      isClosed = true;
      HttpErrors.ofDecoding(
          response, new ApiError(GrpcCode.UNKNOWN, String.valueOf(e.getMessage())));
    } else {
      call.halfClosed();
    }
  }

  private void drained() {
    request.resume();
    if (!isClosed) {
      call.writable();
    }
  }

  private void close() {
    if (!isClosed) {
      isClosed = true;
      call.closed();
    }
  }
}
