package dev.remora.agent;

import dev.remora.agent.runner.Listen;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the running agent whether it is ready, and no more, as a container engine's health check
 * does every half minute: without what {@link Tools} needs, in half its time.
 */
final class HealthCheck {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final int ANSWER_BYTES_MAX = 4_096;
  private static final byte[] REQUEST =
      "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private HealthCheck() {}

  /** Prints what is wrong; 0 if the agent is ready, 1 if it is not, 7 if it gives no answer. */
  static int run(Listen listen, PrintStream err) {
    return switch (listen) {
      case Listen.Tcp(String host, int port) -> run(new InetSocketAddress(host, port), err);
      case Listen.Unix(var path) -> run(UnixDomainSocketAddress.of(path), err);
      case Listen.Off() -> {
        err.println("error: the agent has no local API: listen is off");
        yield Tools.NO_ANSWER;
      }
    };
  }

  private static int run(SocketAddress address, PrintStream err) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            answer.complete(ask(address));
          } catch (IOException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      String status =
          answer
              .get(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS)
              .lines()
              .findFirst()
              .orElse("nothing");
      if (status.startsWith("HTTP/1.1 200 ")) {
        return 0;
      }
      err.println("not ready: " + status);
      return Tools.NOT_READY;
    } catch (ExecutionException e) {
      err.println("error: no agent answers at " + address + ": " + e.getCause());
    } catch (TimeoutException _) {
      err.println("error: no agent answers at " + address + " within " + ANSWER_MAX);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return Tools.NO_ANSWER;
  }

  private static String ask(SocketAddress address) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address)) {
      ByteBuffer request = ByteBuffer.wrap(REQUEST);
      while (request.hasRemaining()) {
        channel.write(request);
      }
      ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
      int count = 0;
      while (count >= 0 && answer.hasRemaining()) {
        count = channel.read(answer);
      }
      return StandardCharsets.ISO_8859_1.decode(answer.flip()).toString();
    }
  }
}
