package dev.remora.agent.probe;

import dev.remora.agent.runner.Probes.Finding;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Calls {@code grpc.health.v1.Health/Check}. The two messages of this protocol have one field each,
 * so they are written and read by hand: {@code HealthCheckRequest.service}, a string, and {@code
 * HealthCheckResponse.status}, an enum in which 1 is {@code SERVING} (grpc/grpc, {@code
 * doc/health-checking.md}). Framing is that of gRPC over HTTP/2: a byte for compression, four for
 * the length.
 */
final class GrpcProbe {
  private static final String PATH = "/grpc.health.v1.Health/Check";
  private static final int FRAME_HEADER_BYTES = 5;
  private static final int ANSWER_BYTES_MAX = 1024;
  private static final int SERVICE_BYTES_MAX = 1024;
  private static final byte FIELD_1_STRING = 0x0a;
  private static final byte FIELD_1_NUMBER = 0x08;
  private static final int NUMBER_BITS = 7;
  private static final int SERVING = 1;

  /** Held as fields: Vert.x closes the sockets of a client that is collected. */
  private final HttpClient plain;

  private final HttpClient encrypted;

  GrpcProbe(Vertx vertx) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2KeepAliveTimeout(1);
    this.plain = vertx.createHttpClient(options, new PoolOptions());
    this.encrypted =
        vertx.createHttpClient(
            new HttpClientOptions(options).setUseAlpn(true).setSsl(true), new PoolOptions());
  }

  NetworkProbes.Look look(Probe.Grpc probe, long timeoutMillis) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(probe.host())
            .setPort(probe.port())
            .setURI(PATH)
            .setConnectTimeout(timeoutMillis)
            .putHeader("content-type", "application/grpc")
            .putHeader("te", "trailers");
    HttpClient client = plain;
    if (probe.tls() != Probe.Tls.OFF) {
      client = encrypted;
      options.setSsl(true).setSslOptions(NetworkProbes.ssl(probe.tls(), true));
    }
    Future<HttpClientRequest> requesting = client.request(options);
    Future<Finding> finding =
        requesting.compose(request ->
            request
                .send(frame(probe.service()))
                .compose(GrpcProbe::read)
                .onComplete(_ -> request.reset()));
    return new NetworkProbes.Look(finding, () -> requesting.onSuccess(HttpClientRequest::reset));
  }

  private static Buffer frame(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    if (name.length > SERVICE_BYTES_MAX) {
      throw new IllegalArgumentException("service name of " + name.length + " bytes");
    }
    Buffer message = Buffer.buffer();
    if (name.length > 0) {
      message.appendByte(FIELD_1_STRING);
      int rest = name.length;
      while (rest >= 1 << NUMBER_BITS) {
        message.appendByte((byte) (rest | 1 << NUMBER_BITS));
        rest >>>= NUMBER_BITS;
      }
      message.appendByte((byte) rest).appendBytes(name);
    }
    return Buffer.buffer().appendByte((byte) 0).appendInt(message.length()).appendBuffer(message);
  }

  private static Future<Finding> read(HttpClientResponse response) {
    Promise<Finding> promise = Promise.promise();
    Buffer received = Buffer.buffer();
    response.handler(piece -> {
      if (received.length() + piece.length() > ANSWER_BYTES_MAX) {
        promise.tryComplete(NetworkProbes.critical("answered too much"));
      } else {
        received.appendBuffer(piece);
      }
    });
    response.exceptionHandler(promise::tryFail);
    response.endHandler(_ -> {
      String status = response.getHeader("grpc-status");
      promise.tryComplete(
          judge(
              response.statusCode(),
              status == null ? response.getTrailer("grpc-status") : status,
              received));
    });
    return promise.future();
  }

  private static Finding judge(int code, @Nullable String status, Buffer received) {
    if (code != 200) {
      return NetworkProbes.critical("answered " + code);
    }
    if (!"0".equals(status)) {
      boolean isNumber = status != null && status.matches("[0-9]{1,4}");
      return NetworkProbes.critical("gRPC status " + (isNumber ? status : "missing"));
    }
    boolean isServing =
        received.length() == FRAME_HEADER_BYTES + 2
            && received.getByte(0) == 0
            && received.getByte(FRAME_HEADER_BYTES) == FIELD_1_NUMBER
            && received.getByte(FRAME_HEADER_BYTES + 1) == SERVING;
    return isServing
        ? new Finding(CheckStatus.PASSING, "serving")
        : NetworkProbes.critical("not serving");
  }
}
