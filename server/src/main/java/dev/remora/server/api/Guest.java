package dev.remora.server.api;

import dev.remora.server.notice.Notices;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.Http1xUpgradeToH2CHandler;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Watches one connection that was let in: whether it shakes hands, and whether what is written to
 * it gets anywhere. On its event loop.
 */
final class Guest extends ChannelInboundHandlerAdapter {
  /** Who has not said by then which HTTP it speaks is closed. */
  static final Duration LOOK = Duration.ofSeconds(10);

  /** Who takes nothing of what waits for it from one look to the next, so many times, is closed. */
  static final int STALLS_MAX = 6;

  private final AtomicInteger handshakes;
  private final Notices notices;
  private final boolean isHttp;
  private boolean isKnown;
  private @Nullable ScheduledFuture<?> looking;
  private long pendingBytes;
  private long progress;
  private int looksWithoutProgress;

  /**
   * Of a connection that is not registered yet.
   *
   * @param handshakes counts those that shake hands
   * @param isHttp whether it came to an HTTP listener
   */
  Guest(AtomicInteger handshakes, Notices notices, boolean isHttp) {
    this.handshakes = handshakes;
    this.notices = notices;
    this.isHttp = isHttp;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls != null) {
      handshakes.incrementAndGet();
      tls.handshakeFuture().addListener(_ -> handshakes.decrementAndGet());
    }
    long millis = LOOK.toMillis();
    looking =
        context
            .executor()
            .scheduleAtFixedRate(() -> look(context), millis, millis, TimeUnit.MILLISECONDS);
    context.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (looking != null) {
      looking.cancel(false);
    }
    context.fireChannelInactive();
  }

  private void look(ChannelHandlerContext context) {
    if (isHttp && !isKnown) {
      isKnown = speaksHttp(context.pipeline());
      if (!isKnown) {
        var _ = context.close();
        return;
      }
    }
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    if (waiting == null || waiting.totalPendingWriteBytes() == 0) {
      looksWithoutProgress = 0;
      pendingBytes = 0;
      return;
    }
    boolean isStalled =
        waiting.totalPendingWriteBytes() >= pendingBytes
            && pendingBytes > 0
            && waiting.currentProgress() == progress;
    pendingBytes = waiting.totalPendingWriteBytes();
    progress = waiting.currentProgress();
    looksWithoutProgress = isStalled ? looksWithoutProgress + 1 : 0;
    if (looksWithoutProgress >= STALLS_MAX) {
      notices.warn(
          "closed the connection of %s, which takes nothing: %d bytes wait for it"
              .formatted(context.channel().remoteAddress(), pendingBytes));
      var _ = context.close();
    }
  }

  /** Vert.x tells nobody of a connection before these have seen a preface or a whole head. */
  private static boolean speaksHttp(ChannelPipeline pipeline) {
    return pipeline.get(Http1xOrH2CHandler.class) == null
        && pipeline.get(Http1xUpgradeToH2CHandler.class) == null;
  }
}
