package dev.remora.agent.registry;

import dev.remora.agent.runner.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON to one of several endpoints.
 *
 * <p>It stays with an endpoint as long as that answers, and goes on to the next at once when it
 * does not. Belongs to one Vert.x context.
 */
final class JsonClient {
  /** Longest answer, and longest line of a stream. */
  static final int ANSWER_BYTES_MAX = 64 << 20;

  private static final int CONNECTIONS_MAX = 64;
  private static final int MESSAGE_CHARS_MAX = 200;
  private static final int GRPC_UNAVAILABLE = 14;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final String JSON = "application/json";

  /** A connection that nobody waits for any more is dropped after this much more silence. */
  private static final int SILENCE_MILLIS = 1_000;

  private final Vertx vertx;
  private final List<URI> endpoints;
  private final Duration timeout;
  private final TlsFiles tls;
  private final Login login;

  /** For streams. Held as a field: Vert.x closes the sockets of a client that is collected. */
  private final HttpClientAgent client;

  /** For all but streams: its connections may not be silent for long. */
  private final WebClient webClient;

  private final boolean isEncrypted;
  private @Nullable Future<Void> prepared;
  private int current;
  private long requests;

  /** A usable answer. */
  sealed interface Answer {
    /** The endpoint did what it was asked. */
    record Done(JsonObject body) implements Answer {}

    /** It will not, and no other endpoint would: a gRPC status code and etcd's own words. */
    record Refused(int code, String message) implements Answer {}
  }

  JsonClient(Vertx vertx, Access access) {
    this.vertx = vertx;
    this.endpoints = access.endpoints();
    this.timeout = access.timeout();
    this.isEncrypted = access.isEncrypted();
    this.tls = new TlsFiles(access);
    this.login =
        new Login(vertx, access, (path, body) -> send(path, body.toBuffer(), Login.NONE, 1));
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX);
    this.client = vertx.createHttpClient(configured(new HttpClientOptions()), pool);
    WebClientOptions options = new WebClientOptions();
    configured(options);
    options
        .setUserAgentEnabled(false)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) timeout.toMillis() + SILENCE_MILLIS);
    this.webClient = WebClient.create(vertx, options, pool);
  }

  private HttpClientOptions configured(HttpClientOptions options) {
    return options
        .setConnectTimeout((int) timeout.toMillis())
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setDecompressionSupported(false);
  }

  /** The endpoint that is used now. */
  URI endpoint() {
    return endpoints.get(current);
  }

  /** Leaves an endpoint that failed, unless somebody else did already. */
  void leave(URI failed) {
    if (endpoint().equals(failed)) {
      current = (current + 1) % endpoints.size();
    }
  }

  long requests() {
    return requests;
  }

  Duration timeout() {
    return timeout;
  }

  /** Begins a request whose answer does not end; the caller ends it. */
  Future<HttpClientRequest> request(URI endpoint, String path) {
    return prepared()
        .compose(_ -> login.token())
        .compose(token -> {
          RequestOptions options =
              new RequestOptions()
                  .setMethod(HttpMethod.POST)
                  .setHost(endpoint.getHost())
                  .setPort(port(endpoint))
                  .setSsl(isEncrypted(endpoint))
                  .setURI(path)
                  .setFollowRedirects(false)
                  .putHeader("Content-Type", JSON);
          if (!token.isEmpty()) {
            options.putHeader("Authorization", token);
          }
          requests++;
          return client.request(options);
        });
  }

  /** The registry refused a stream: the token may be why. */
  void onStreamRefused() {
    login.forget();
  }

  /** Posts, trying each endpoint at most once; fails with {@link RegistryException}. */
  Future<Answer> post(String path, JsonObject body) {
    Buffer message = body.toBuffer();
    return login
        .token()
        .compose(token -> send(path, message, token, 1))
        .compose(answer -> {
          if (!login.isExpired(answer)) {
            return Future.succeededFuture(answer);
          }
          login.forget();
          return login.token().compose(token -> send(path, message, token, 1));
        });
  }

  private Future<Answer> send(String path, Buffer body, String token, int attempt) {
    URI endpoint = endpoint();
    return prepared()
        .compose(_ -> once(endpoint, path, body, token))
        .recover(failure -> {
          leave(endpoint);
          return attempt < endpoints.size()
              ? send(path, body, token, attempt + 1)
              : Future.failedFuture(failure);
        });
  }

  /** Has read the certificates at least once. */
  private Future<Void> prepared() {
    if (!isEncrypted) {
      return Future.succeededFuture();
    }
    Future<Void> before = prepared;
    if (before == null || before.failed()) {
      before = refresh();
      prepared = before;
    }
    return before;
  }

  /** Reads the certificates anew; connections that are open stay as they are. */
  Future<Void> refresh() {
    if (!isEncrypted) {
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(tls::changed, true)
        .recover(failure ->
            Future.failedFuture(
                new RegistryException(
                    "a file of registry.tls cannot be read: " + reason(failure), failure)))
        .compose(changed ->
            changed == null || changed.isEmpty()
                ? Future.succeededFuture()
                : client
                    .updateSSLOptions(changed.get())
                    .compose(_ -> webClient.updateSSLOptions(changed.get()))
                    .mapEmpty());
  }

  private Future<Answer> once(URI endpoint, String path, Buffer body, String token) {
    requests++;
    Promise<Answer> promise = Promise.promise();
    AnswerSink sink =
        new AnswerSink(
            ANSWER_BYTES_MAX,
            () ->
                promise.tryFail(
                    failure(
                        endpoint, "gave an answer larger than " + ANSWER_BYTES_MAX + " bytes")));
    long timer =
        vertx.setTimer(
            timeout.toMillis(),
            _ -> {
              sink.close();
              promise.tryFail(
                  failure(endpoint, "gave no answer within " + timeout.toMillis() + " ms"));
            });
    HttpRequest<Buffer> request =
        webClient
            .post(port(endpoint), endpoint.getHost(), path)
            .ssl(isEncrypted(endpoint))
            .followRedirects(false)
            .putHeader("Content-Type", JSON);
    if (!token.isEmpty()) {
      request.putHeader("Authorization", token);
    }
    request
        .as(BodyCodec.pipe(sink))
        .sendBuffer(body)
        .compose(response -> answer(endpoint, response.statusCode(), sink.received()))
        .onSuccess(promise::tryComplete)
        .onFailure(cause -> promise.tryFail(explained(endpoint, cause)));
    return promise.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  private static Future<Answer> answer(URI endpoint, int status, Buffer received) {
    if (status >= 300 && status < 400) {
      return failed(endpoint, "answers with a redirect (" + status + "), name the endpoint itself");
    }
    try {
      JsonObject body = new JsonObject(received);
      if (status == 200) {
        return Future.succeededFuture(new Answer.Done(body));
      }
      Answer.Refused refused = refused(body);
      if (status >= 500 || refused.code() == GRPC_UNAVAILABLE) {
        return failed(endpoint, "answers " + status + ": " + refused.message());
      }
      return Future.succeededFuture(refused);
    } catch (DecodeException | ClassCastException | IllegalArgumentException _) {
      // What it said instead may be anything, so it is not repeated here.
      return failed(endpoint, "answers " + status + " with something that is not etcd's JSON");
    }
  }

  private static RegistryException explained(URI endpoint, Throwable cause) {
    if (cause instanceof RegistryException said) {
      return said;
    }
    boolean isAway =
        cause instanceof ConnectException
            || cause instanceof NoRouteToHostException
            || cause instanceof UnknownHostException;
    return failure(endpoint, (isAway ? "cannot be reached: " : "broke off: ") + reason(cause));
  }

  private static Future<Answer> failed(URI endpoint, String what) {
    return Future.failedFuture(failure(endpoint, what));
  }

  private static RegistryException failure(URI endpoint, String what) {
    return new RegistryException("registry " + endpoint + " " + what);
  }

  private static int port(URI endpoint) {
    int standard = isEncrypted(endpoint) ? HTTPS_PORT : HTTP_PORT;
    return endpoint.getPort() < 0 ? standard : endpoint.getPort();
  }

  private static boolean isEncrypted(URI endpoint) {
    return "https".equals(endpoint.getScheme());
  }

  /** Both of etcd's error bodies: that of the older gateway repeats the message as "error". */
  private static Answer.Refused refused(JsonObject body) {
    Object message = body.getValue("message") == null ? body.getValue("error") : null;
    String text = message instanceof String words ? words : body.getString("message", "");
    return new Answer.Refused((int) Wire.number(body, "code"), printable(text));
  }

  static String printable(String text) {
    String flat = text.replaceAll("\\p{Cntrl}", " ");
    return flat.length() > MESSAGE_CHARS_MAX ? flat.substring(0, MESSAGE_CHARS_MAX) : flat;
  }

  static String reason(Throwable failure) {
    String message = failure.getMessage();
    return printable(message == null ? failure.getClass().getSimpleName() : message);
  }

  Future<Void> close() {
    webClient.close();
    return client.close();
  }
}
