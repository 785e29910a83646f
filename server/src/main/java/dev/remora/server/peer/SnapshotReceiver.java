package dev.remora.server.peer;

import dev.remora.server.apply.State;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.Ping;
import dev.remora.server.peer.proto.SnapshotArrived;
import dev.remora.server.peer.proto.SnapshotOffer;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.replica.SnapshotMark;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one snapshot from one member. On the replica's loop, but for what waits for the disk; the
 * socket rests meanwhile.
 */
final class SnapshotReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);

  private final Vertx vertx;
  private final NetSocket socket;
  private final SnapshotOffer offer;
  private final Supplier<PeerMessage.Builder> answer;
  private final Consumer<State> arrived;
  private final Runnable ended;
  private final Future<SnapshotFiles.Incoming> file;
  private long bytesLeft;
  private boolean hasArrived;
  private boolean isDone;

  /**
   * Begins; what was offered may be sent now.
   *
   * @param answer to the one who sends
   * @param arrived is told of the state, once it is durable
   * @param ended is told when this is over, however it was, and its file is closed
   */
  SnapshotReceiver(
      Vertx vertx,
      NetSocket socket,
      SnapshotOffer offer,
      SnapshotFiles files,
      Supplier<PeerMessage.Builder> answer,
      Consumer<State> arrived,
      Runnable ended) {
    this.vertx = vertx;
    this.socket = socket;
    this.offer = offer;
    this.answer = answer;
    this.arrived = arrived;
    this.ended = ended;
    this.bytesLeft = offer.getBytes();
    this.file =
        vertx
            .executeBlocking(
                () ->
                    files.receive(
                        new SnapshotMark(offer.getIndex(), offer.getTerm()), offer.getBytes()),
                true)
            .map(opened -> Objects.requireNonNull(opened));
    file.onFailure(this::fail);
    socket.handler(this::take);
    socket.closeHandler(_ -> end("the connection has ended"));
  }

  private void take(Buffer bytes) {
    socket.pause();
    bytesLeft -= bytes.length();
    byte[] next = bytes.getBytes();
    onDisk(opened ->
            () -> {
              opened.write(next);
              return true;
            })
        .onFailure(this::fail)
        .onSuccess(_ -> {
          if (bytesLeft > 0) {
            socket.resume();
          } else {
            verify();
          }
        });
  }

  /** Says now and then that it is still at it: a large one takes its time. */
  private void verify() {
    if (isDone) {
      return;
    }
    long pinging =
        vertx.setPeriodic(
            PeerTransport.PING.toMillis(),
            _ -> send(answer.get().setPing(Ping.getDefaultInstance())));
    onDisk(opened -> opened::finish)
        .onComplete(_ -> vertx.cancelTimer(pinging))
        .onFailure(this::fail)
        .onSuccess(state -> {
          LOG.info(
              "snapshot received from {} index={} bytes={}",
              socket.remoteAddress(),
              offer.getIndex(),
              offer.getBytes());
          hasArrived = true;
          arrived.accept(state);
          send(answer.get().setSnapshotArrived(SnapshotArrived.getDefaultInstance()));
          socket.resume(); // Or its end would not be noticed.
        });
  }

  private <T> Future<T> onDisk(Function<SnapshotFiles.Incoming, Callable<T>> task) {
    return file.compose(opened -> vertx.executeBlocking(task.apply(opened), true));
  }

  private void send(PeerMessage.Builder message) {
    if (!isDone) {
      socket.write(Frames.frame(message.build().toByteArray()));
    }
  }

  private void fail(Throwable cause) {
    end(String.valueOf(cause.getMessage()));
    socket.close();
  }

  private void end(String problem) {
    if (isDone) {
      return;
    }
    isDone = true;
    if (!hasArrived) {
      LOG.warn("the snapshot from {} did not arrive: {}", socket.remoteAddress(), problem);
    }
    onDisk(opened ->
            () -> {
              opened.close();
              return true;
            })
        .onFailure(cause -> LOG.warn("a snapshot's file was not closed", cause))
        .onComplete(_ -> ended.run());
  }
}
