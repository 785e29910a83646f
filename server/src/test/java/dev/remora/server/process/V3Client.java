package dev.remora.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A client of v3's JSON. Thread-safe. */
final class V3Client {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Puts a key, and answers with its revision; fails if that was refused. */
  CompletableFuture<Long> put(URI url, String key) {
    String body =
        "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64(key), base64("value of " + key));
    return post(url, "/v3/kv/put", body)
        .thenApply(answer -> {
          if (!answer.has("header")) {
            throw new IllegalStateException("not written: " + answer);
          }
          return answer.path("header").path("revision").asLong();
        });
  }

  /** How many keys there are, by a linearizable read. */
  int count(URI url) {
    return all(url, ",\"count_only\":true").path("count").asInt();
  }

  /** All keys, by a linearizable read with more of a request. */
  JsonNode all(URI url, String more) {
    return post(url, "/v3/kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\"" + more + "}")
        .join();
  }

  CompletableFuture<JsonNode> post(URI url, String path, String body) {
    return client
        .sendAsync(request(url + path, body).timeout(PATIENCE).build(), BodyHandlers.ofString())
        .thenApply(HttpResponse::body)
        .thenApply(V3Client::json);
  }

  /** Sends one request and hands on every line of the answer, on a thread of its own. */
  CompletableFuture<Void> stream(URI url, String path, String body, Consumer<JsonNode> line) {
    return client
        .sendAsync(request(url + path, body).build(), BodyHandlers.ofLines())
        .thenAcceptAsync(
            answer -> answer.body().forEach(text -> line.accept(json(text))),
            Thread::startVirtualThread);
  }

  private static HttpRequest.Builder request(String url, String body) {
    return HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body));
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("not JSON: " + text, e);
    }
  }
}
