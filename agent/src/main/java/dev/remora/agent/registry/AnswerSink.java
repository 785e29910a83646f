package dev.remora.agent.registry;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects an answer up to a bound. Past it, or once closed, it takes nothing more and says so:
 * then nothing more is read, and the connection's idle timeout drops it.
 */
final class AnswerSink implements WriteStream<Buffer> {
  private final int bytesMax;
  private final Runnable tooLong;
  private final Buffer received = Buffer.buffer();
  private boolean isClosed;

  /** Makes an empty one; {@code tooLong} is run once, when an answer passes the bound. */
  AnswerSink(int bytesMax, Runnable tooLong) {
    this.bytesMax = bytesMax;
    this.tooLong = tooLong;
  }

  Buffer received() {
    return received;
  }

  /** Nobody waits for the answer any more. */
  void close() {
    isClosed = true;
  }

  @Override
  public Future<Void> write(Buffer piece) {
    if (!isClosed && received.length() + piece.length() > bytesMax) {
      isClosed = true;
      tooLong.run();
    }
    if (!isClosed) {
      received.appendBuffer(piece);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return isClosed;
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
