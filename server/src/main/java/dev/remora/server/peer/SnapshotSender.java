package dev.remora.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.replica.SnapshotFiles;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one snapshot to one member, over a connection of its own. On the replica's loop, but for
 * what waits for the disk.
 *
 * <p>One chunk is under way at a time, and the next waits until this one has left and its share of
 * the time is over: so a large snapshot takes neither much memory nor the loop.
 */
final class SnapshotSender {
  private static final int CHUNK_BYTES = 256 << 10;

  /** 64 MiB a second. */
  private static final long CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  /** After so long without a chunk taken or a sign of life it is given up. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

  private static final Duration WATCH = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);

  private final Vertx vertx;
  private final PeerAddress address;
  private final Function<SnapshotFiles.Outgoing, PeerMessage> hello;
  private final Consumer<Boolean> done;
  private final Frames frames = new Frames();
  private final long watching;
  private SnapshotFiles.@Nullable Outgoing file;
  private @Nullable NetSocket socket;
  private long movedNanos = System.nanoTime();
  private boolean isWelcome;
  private boolean isDone;

  private SnapshotSender(
      Vertx vertx,
      PeerAddress address,
      Function<SnapshotFiles.Outgoing, PeerMessage> hello,
      Consumer<Boolean> done) {
    this.vertx = vertx;
    this.address = address;
    this.hello = hello;
    this.done = done;
    this.watching = vertx.setPeriodic(WATCH.toMillis(), _ -> watch());
  }

  /**
   * Begins to send the newest.
   *
   * @param hello what is said first, with an offer of this file
   * @param done is told once whether it arrived, later than this returns
   */
  static SnapshotSender begin(
      Vertx vertx,
      Dialer dialer,
      PeerAddress address,
      SnapshotFiles files,
      Function<SnapshotFiles.Outgoing, PeerMessage> hello,
      Consumer<Boolean> done) {
    SnapshotSender sender = new SnapshotSender(vertx, address, hello, done);
    vertx
        .executeBlocking(files::openNewest, false)
        .onFailure(sender::fail)
        .onSuccess(file -> sender.connect(dialer, file));
    return sender;
  }

  /** Gives it up. */
  void cancel() {
    finish(false, "it is not wanted any more");
  }

  private void connect(Dialer dialer, SnapshotFiles.Outgoing opened) {
    if (isDone) {
      close(opened);
      return;
    }
    file = opened;
    dialer.connect(address).onFailure(this::fail).onSuccess(connected -> greet(connected, opened));
  }

  private void greet(NetSocket connected, SnapshotFiles.Outgoing opened) {
    if (isDone) {
      connected.close();
      return;
    }
    socket = connected;
    connected.exceptionHandler(this::fail);
    connected.closeHandler(_ -> finish(false, "the connection has ended"));
    connected.handler(bytes -> read(connected, opened, bytes));
    connected.write(Frames.frame(hello.apply(opened).toByteArray()));
  }

  private void read(NetSocket connected, SnapshotFiles.Outgoing opened, Buffer bytes) {
    movedNanos = System.nanoTime();
    try {
      frames.take(bytes, content -> answered(connected, opened, content));
    } catch (InvalidFrameException e) {
      fail(e);
    }
  }

  private void answered(NetSocket connected, SnapshotFiles.Outgoing opened, byte[] content) {
    PeerMessage answer;
    try {
      answer = PeerMessage.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      fail(e);
      return;
    }
    if (answer.hasRefused()) {
      finish(false, answer.getRefused().getReason());
    } else if (answer.hasSnapshotArrived()) {
      finish(true, "");
    } else if (answer.hasWelcome() && !isWelcome) {
      isWelcome = true;
      next(connected, opened);
    }
  }

  private void next(NetSocket connected, SnapshotFiles.Outgoing opened) {
    if (isDone) {
      return;
    }
    long startNanos = System.nanoTime();
    movedNanos = startNanos;
    vertx
        .executeBlocking(() -> opened.read(CHUNK_BYTES), false)
        .compose(chunk -> connected.write(Buffer.buffer(chunk)).map(_ -> chunk.length))
        .onFailure(this::fail)
        .onSuccess(length -> {
          if (length == CHUNK_BYTES) {
            long restNanos = CHUNK_NANOS - (System.nanoTime() - startNanos);
            vertx.setTimer(
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(restNanos)),
                _ -> next(connected, opened));
          }
        });
  }

  private void watch() {
    if (System.nanoTime() - movedNanos > SILENCE_MAX.toNanos()) {
      finish(false, "it was silent for " + SILENCE_MAX);
    }
  }

  private void fail(Throwable cause) {
    finish(false, String.valueOf(cause.getMessage()));
  }

  private void finish(boolean hasArrived, String problem) {
    if (isDone) {
      return;
    }
    isDone = true;
    vertx.cancelTimer(watching);
    Optional<SnapshotFiles.Outgoing> opened = Optional.ofNullable(file);
    if (hasArrived) {
      LOG.info(
          "snapshot sent to peer {} {} bytes={}",
          address,
          opened.map(sent -> sent.mark().toString()).orElse(""),
          opened.map(SnapshotFiles.Outgoing::bytes).orElse(0L));
    } else {
      LOG.warn("the snapshot was not sent to peer {}: {}", address, problem);
    }
    if (socket != null) {
      socket.close();
    }
    opened.ifPresent(this::close);
    done.accept(hasArrived);
  }

  private void close(SnapshotFiles.Outgoing opened) {
    vertx
        .executeBlocking(
            () -> {
              opened.close();
              return true;
            },
            false)
        .onFailure(cause -> LOG.warn("a snapshot's file was not closed", cause));
  }
}
