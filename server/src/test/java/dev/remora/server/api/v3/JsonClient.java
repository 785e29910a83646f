package dev.remora.server.api.v3;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A client of the JSON API that shows answers as they are. */
final class JsonClient {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  JsonClient(String url) {
    this.url = url;
  }

  /**
   * An answer.
   *
   * @param kind content type and what the gateway tells of gRPC, one text
   */
  record Answer(int status, String kind, String body) {}

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  /** As {@link #post(String, String)}, with a token unless it is empty. */
  Answer post(String path, String body, String token) {
    return send("POST", path, body, token);
  }

  Answer send(String method, String path, String body) {
    return send(method, path, body, "");
  }

  private Answer send(String method, String path, String body, String token) {
    HttpRequest request =
        request(path, token)
            .timeout(PATIENCE)
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return new Answer(response.statusCode(), kind(response), response.body());
    } catch (IOException e) {
      throw new AssertionError(method + " " + path + " " + body + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpRequest.Builder request(String path, String token) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
    return token.isEmpty() ? request : request.header("Authorization", token);
  }

  private static String kind(HttpResponse<?> response) {
    return String.join(
        "|",
        response.headers().firstValue("Content-Type").orElse("-"),
        response.headers().firstValue("Grpc-Metadata-Content-Type").orElse("-"),
        response.headers().firstValue("Trailer").orElse("-"),
        response.headers().firstValue("X-Content-Type-Options").orElse("-"));
  }

  /** Opens a stream; its lines are read one by one. */
  LineStream open(String path, String body) {
    return open(path, body, "");
  }

  /** As {@link #open(String, String)}, with a token unless it is empty. */
  LineStream open(String path, String body, String token) {
    HttpRequest request = request(path, token).POST(BodyPublishers.ofString(body)).build();
    CompletableFuture<HttpResponse<InputStream>> response =
        http.sendAsync(request, BodyHandlers.ofInputStream());
    return new LineStream(response);
  }

  /** The lines of a response that does not end. */
  static final class LineStream implements AutoCloseable {
    private final CompletableFuture<HttpResponse<InputStream>> response;
    private BufferedReader reader = new BufferedReader(java.io.Reader.nullReader());
    private boolean isOpen;

    LineStream(CompletableFuture<HttpResponse<InputStream>> response) {
      this.response = response;
    }

    /** The next line; it is waited for, but not for ever. */
    String line() {
      try {
        if (!isOpen) {
          isOpen = true;
          InputStream body = response.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).body();
          reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }
        String line =
            CompletableFuture.supplyAsync(this::read).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return line.isEmpty() ? "(end)" : line;
      } catch (Exception e) {
        throw new AssertionError("no further line", e);
      }
    }

    List<String> lines(int count) {
      List<String> lines = new ArrayList<>();
      while (lines.size() < count) {
        lines.add(line());
      }
      return lines;
    }

    private String read() {
      try {
        String line = reader.readLine();
        return line == null ? "" : line;
      } catch (IOException e) {
        return "(cut)";
      }
    }

    @Override
    public void close() {
      if (!response.isDone()) {
        response.cancel(true);
        return;
      }
      try {
        response.join().body().close();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
