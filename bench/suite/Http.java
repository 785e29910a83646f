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

/** Asks members, over HTTP/1.1. Any thread. */
final class Http {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  /**
   * Asks by v3's JSON.
   *
   * @throws IOException if there is no answer in 5 s, or it is not 200
   */
  String v3(String url, String path, String body) throws IOException, InterruptedException {
    return v3(url, path, body, PATIENCE);
  }

  /** As {@link #v3(String, String, String)}, for what may take longer. */
  String v3(String url, String path, String body, Duration patience)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v3/" + path))
            .timeout(patience)
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> reply = client.send(request, BodyHandlers.ofString());
    if (reply.statusCode() != 200) {
      throw new IOException(path + ": " + reply.statusCode() + " " + reply.body());
    }
    return reply.body();
  }

  /**
   * Puts a value by v2; true once it was done, false if it was refused. Fails if nobody answers.
   */
  CompletableFuture<Boolean> putV2(String url, String key, String value) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/v2/keys/" + key))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .PUT(BodyPublishers.ofString("value=" + value))
            .build();
    return client
        .sendAsync(request, BodyHandlers.discarding())
        .thenApply(reply -> reply.statusCode() / 100 == 2);
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}
