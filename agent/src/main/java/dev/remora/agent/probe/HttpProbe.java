package dev.remora.agent.probe;

import dev.remora.agent.runner.Probes.Finding;
import dev.remora.agent.service.CheckStatus;
import dev.remora.agent.service.Probe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/**
 * Sends a request on a connection of its own, and judges by the status code. The answer's body is
 * not read.
 */
final class HttpProbe {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int CONNECTIONS_MAX = 1_000;
  private static final int REDIRECTS_MAX = 5;

  /** Held as a field: Vert.x closes the sockets of a client that is collected. */
  private final HttpClient client;

  HttpProbe(Vertx vertx) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxRedirects(REDIRECTS_MAX)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX));
  }

  NetworkProbes.Look look(Probe.Http probe, long timeoutMillis) {
    RequestOptions options =
        new RequestOptions()
            .setAbsoluteURI(probe.url())
            .setMethod(HttpMethod.valueOf(probe.method()))
            .setFollowRedirects(probe.followsRedirects())
            .setConnectTimeout(timeoutMillis);
    if (probe.tls() != Probe.Tls.OFF) {
      options.setSsl(true).setSslOptions(NetworkProbes.ssl(probe.tls(), false));
    }
    probe.headers().forEach(options::putHeader);
    Future<HttpClientRequest> requesting = client.request(options);
    Future<Finding> finding =
        requesting.compose(request ->
            request
                .send(probe.body())
                .map(response -> judge(probe, response.statusCode()))
                .onComplete(_ -> request.reset()));
    return new NetworkProbes.Look(finding, () -> requesting.onSuccess(HttpClientRequest::reset));
  }

  private static Finding judge(Probe.Http probe, int code) {
    boolean isExpected =
        probe.expect().isEmpty() ? code >= 200 && code < 300 : probe.expect().contains(code);
    if (isExpected) {
      return new Finding(CheckStatus.PASSING, "answered " + code);
    }
    return code == TOO_MANY_REQUESTS
        ? new Finding(CheckStatus.WARNING, "answered " + code)
        : NetworkProbes.critical("answered " + code);
  }
}
