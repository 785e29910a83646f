package dev.remora.agent;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Speaks to a registry as an operator with curl would. */
final class RegistryClient {
  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  RegistryClient(String url) {
    this.url = url;
  }

  void awaitServing() {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> {
          post("/v3/kv/range", new JsonObject().put("key", base64("/")));
          return true;
        });
  }

  long put(String key, String value) {
    return revision(
        post("/v3/kv/put", new JsonObject().put("key", base64(key)).put("value", base64(value))));
  }

  /** Puts all of these in one revision. */
  long putAll(Map<String, String> values) {
    JsonArray puts = new JsonArray();
    values.forEach((key, value) ->
        puts.add(
            new JsonObject()
                .put(
                    "request_put",
                    new JsonObject().put("key", base64(key)).put("value", base64(value)))));
    return revision(post("/v3/kv/txn", new JsonObject().put("success", puts)));
  }

  void delete(String key) {
    post("/v3/kv/deleterange", new JsonObject().put("key", base64(key)));
  }

  /** Deletes everything below a prefix in one revision. */
  void deleteAll(String prefix) {
    byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
    end[end.length - 1]++;
    post(
        "/v3/kv/deleterange",
        new JsonObject()
            .put("key", base64(prefix))
            .put("range_end", Base64.getEncoder().encodeToString(end)));
  }

  Optional<String> value(String key) {
    return kv(key).map(kv -> text(kv.getString("value", "")));
  }

  /** The lease that a key lives under, as the registry writes it. */
  Optional<String> lease(String key) {
    return kv(key).map(kv -> kv.getString("lease", "0"));
  }

  /** How often a key was written since it was created. */
  long version(String key) {
    return kv(key).map(kv -> Long.parseLong(kv.getString("version"))).orElse(0L);
  }

  List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
    end[end.length - 1]++;
    JsonObject range =
        new JsonObject()
            .put("key", base64(prefix))
            .put("range_end", Base64.getEncoder().encodeToString(end));
    for (Object kv : post("/v3/kv/range", range).getJsonArray("kvs", new JsonArray())) {
      keys.add(text(((JsonObject) kv).getString("key")));
    }
    return keys;
  }

  void revoke(String lease) {
    post("/v3/lease/revoke", new JsonObject().put("ID", lease));
  }

  String grant(long seconds) {
    return post("/v3/lease/grant", new JsonObject().put("TTL", Long.toString(seconds)))
        .getString("ID");
  }

  void putLeased(String key, String value, String lease) {
    post(
        "/v3/kv/put",
        new JsonObject().put("key", base64(key)).put("value", base64(value)).put("lease", lease));
  }

  void compact(long revision) {
    post("/v3/kv/compaction", new JsonObject().put("revision", Long.toString(revision)));
  }

  private Optional<JsonObject> kv(String key) {
    JsonArray kvs =
        post("/v3/kv/range", new JsonObject().put("key", base64(key)))
            .getJsonArray("kvs", new JsonArray());
    return kvs.isEmpty() ? Optional.empty() : Optional.of(kvs.getJsonObject(0));
  }

  JsonObject post(String path, JsonObject body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(10))
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(path + " answers " + response.body());
      }
      return new JsonObject(response.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static long revision(JsonObject answer) {
    return Long.parseLong(answer.getJsonObject("header").getString("revision"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
