package dev.remora.agent.registry;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects an answer up to a bound. Past it, or once closed, it refuses the next piece, upon which
 * the client drops the connection.
 */
final class AnswerSink implements WriteStream<Buffer> {
  private final int bytesMax;
  private final Buffer received = Buffer.buffer();
  private boolean isTooLong;
  private boolean isClosed;

  AnswerSink(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  Buffer received() {
    return received;
  }

  boolean isTooLong() {
    return isTooLong;
  }

  /** Nobody waits for the answer any more. */
  void close() {
    isClosed = true;
  }

  @Override
  public Future<Void> write(Buffer piece) {
    isTooLong = isTooLong || received.length() + piece.length() > bytesMax;
    if (isTooLong || isClosed) {
      return Future.failedFuture("refused");
    }
    received.appendBuffer(piece);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
    return this;
  }

  @Override
  public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
    return this;
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }
}
