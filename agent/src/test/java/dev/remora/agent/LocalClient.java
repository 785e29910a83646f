package dev.remora.agent;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks to the local API of an agent as a program of its host would. */
final class LocalClient {
  private static final Pattern LISTENING = Pattern.compile("local API listens at ([0-9.]+:[0-9]+)");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  private LocalClient(String url) {
    this.url = url;
  }

  /** Finds the port in the agent's log. */
  static LocalClient of(AgentProcess agent) throws IOException {
    agent.awaitLine("local API listens at");
    Matcher matcher = LISTENING.matcher(agent.output());
    if (!matcher.find()) {
      throw new IllegalStateException(agent.output());
    }
    return new LocalClient("http://" + matcher.group(1));
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    return sendAsync(method, path, body, headers).join();
  }

  CompletableFuture<HttpResponse<String>> sendAsync(
      String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  int status(String method, String path) {
    return send(method, path, "").statusCode();
  }

  JsonObject get(String path) {
    return new JsonObject(send("GET", path, "").body());
  }

  JsonArray list(String path) {
    return new JsonArray(send("GET", path, "").body());
  }

  String url() {
    return url;
  }
}
