package dev.remora.agent.registry;

import dev.remora.agent.runner.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;

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

  private final Vertx vertx;
  private final List<URI> endpoints;
  private final Duration timeout;

  /** Held as a field: Vert.x closes the sockets of a client that is garbage-collected. */
  private final HttpClient client;

  private int current;

  /** A usable answer. */
  sealed interface Answer {
    /** The endpoint did what it was asked. */
    record Done(JsonObject body) implements Answer {}

    /** It will not, and no other endpoint would: a gRPC status code and etcd's own words. */
    record Refused(int code, String message) implements Answer {}
  }

  JsonClient(Vertx vertx, List<URI> endpoints, Duration timeout) {
    this.vertx = vertx;
    this.endpoints = List.copyOf(endpoints);
    this.timeout = timeout;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) timeout.toMillis())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX));
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

  Duration timeout() {
    return timeout;
  }

  /** Begins a request to an endpoint; the caller ends it. */
  Future<HttpClientRequest> request(URI endpoint, String path) {
    int port = endpoint.getPort() < 0 ? 80 : endpoint.getPort();
    return client.request(
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(endpoint.getHost())
            .setPort(port)
            .setURI(path)
            .setFollowRedirects(false)
            .putHeader("Content-Type", "application/json"));
  }

  /** Posts, trying each endpoint at most once; fails with {@link RegistryException}. */
  Future<Answer> post(String path, JsonObject body) {
    return post(path, body.toBuffer(), 1);
  }

  private Future<Answer> post(String path, Buffer body, int attempt) {
    URI endpoint = endpoint();
    return once(endpoint, path, body)
        .recover(failure -> {
          leave(endpoint);
          return attempt < endpoints.size()
              ? post(path, body, attempt + 1)
              : Future.failedFuture(failure);
        });
  }

  private Future<Answer> once(URI endpoint, String path, Buffer body) {
    Promise<Answer> promise = Promise.promise();
    Exchange exchange = new Exchange(endpoint, promise);
    long timer =
        vertx.setTimer(
            timeout.toMillis(),
            _ -> exchange.fail("gave no answer within " + timeout.toMillis() + " ms"));
    request(endpoint, path)
        .onFailure(failure -> exchange.fail("cannot be reached: " + reason(failure)))
        .onSuccess(request -> {
          exchange.request = request;
          if (promise.future().isComplete()) {
            exchange.reset();
            return;
          }
          request
              .send(body)
              .onFailure(failure -> exchange.fail("broke off: " + reason(failure)))
              .onSuccess(exchange::read);
        });
    return promise.future().onComplete(_ -> vertx.cancelTimer(timer));
  }

  /** One request to one endpoint. */
  private static final class Exchange {
    private final URI endpoint;
    private final Promise<Answer> promise;
    private final Buffer received = Buffer.buffer();
    private @org.jspecify.annotations.Nullable HttpClientRequest request;

    Exchange(URI endpoint, Promise<Answer> promise) {
      this.endpoint = endpoint;
      this.promise = promise;
    }

    void read(HttpClientResponse response) {
      response.handler(chunk -> {
        if (received.length() + chunk.length() > ANSWER_BYTES_MAX) {
          fail("gave an answer larger than " + ANSWER_BYTES_MAX + " bytes");
        } else {
          received.appendBuffer(chunk);
        }
      });
      response.exceptionHandler(failure -> fail("broke off: " + reason(failure)));
      response.endHandler(_ -> finish(response.statusCode()));
    }

    private void finish(int status) {
      if (promise.future().isComplete()) {
        return;
      }
      if (status >= 300 && status < 400) {
        fail("answers with a redirect (" + status + "), name the endpoint itself");
        return;
      }
      try {
        JsonObject body = new JsonObject(received);
        if (status == 200) {
          promise.complete(new Answer.Done(body));
          return;
        }
        Answer.Refused refused = refused(body);
        if (status >= 500 || refused.code() == GRPC_UNAVAILABLE) {
          fail("answers " + status + ": " + refused.message());
        } else {
          promise.complete(refused);
        }
      } catch (DecodeException | ClassCastException | IllegalArgumentException _) {
        // What it said instead may be anything, so it is not repeated here.
        fail("answers " + status + " with something that is not etcd's JSON");
      }
    }

    void fail(String what) {
      if (promise.tryFail(new RegistryException("registry " + endpoint + " " + what))) {
        reset();
      }
    }

    void reset() {
      if (request != null) {
        var _ = request.reset();
      }
    }
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
    return client.close();
  }
}
