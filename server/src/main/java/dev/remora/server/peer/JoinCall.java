package dev.remora.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.replica.Introduction;
import dev.remora.server.tls.PortTls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks a member of a cluster who this one is that was added to it. */
public final class JoinCall {
  /** Longer than a member waits for its quorum before it says that there is none. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  private final Dialer dialer;

  /** Nobody is asked yet. */
  public JoinCall(Vertx vertx, PortTls tls) {
    this.dialer =
        new Dialer(
            vertx,
            tls,
            new NetClientOptions()
                .setIdleTimeout(Math.toIntExact(ANSWER_MAX.toSeconds()))
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
  }

  /**
   * Asks one.
   *
   * @param peerUrls where this member is reached, as was said when it was added
   * @return fails if it is not reached or does not answer
   */
  public Future<Introduction> ask(PeerAddress member, List<String> peerUrls) {
    return dialer.connect(member).compose(socket -> ask(socket, peerUrls));
  }

  private static Future<Introduction> ask(NetSocket socket, List<String> peerUrls) {
    Promise<Introduction> answer = Promise.promise();
    Frames frames = new Frames();
    socket.handler(bytes -> read(bytes, frames, answer));
    socket.exceptionHandler(answer::tryFail);
    socket.closeHandler(_ -> answer.tryFail("it has closed the connection without an answer"));
    socket.write(Frames.frame(JoinCodec.question(PeerTransport.FORMAT, peerUrls).toByteArray()));
    return answer.future().onComplete(_ -> socket.close());
  }

  private static void read(Buffer bytes, Frames frames, Promise<Introduction> answer) {
    try {
      List<byte[]> contents = new ArrayList<>();
      frames.take(bytes, contents::add);
      for (byte[] content : contents) {
        answer.tryComplete(JoinCodec.decode(PeerMessage.parseFrom(content)));
      }
    } catch (InvalidFrameException | InvalidProtocolBufferException e) {
      answer.tryFail(e);
    }
  }

  /** Done with it. */
  public Future<Void> close() {
    return dialer.close();
  }
}
