import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Puts keys {@code /fill/000000000} and on, with values of 100 bytes, through the v3 API.
 *
 * <p>Usage: {@code java bench/Fill.java URL KEYS PUTS [FIRST]}: so many keys in transactions of
 * 100, from the number FIRST (0) on, then so many puts over keys from 0 on, one log entry each.
 */
public final class Fill {
  private static final int VALUE_BYTES = 100;
  private static final int PUTS_A_TRANSACTION = 100;
  private static final int UNDER_WAY_MAX = 64;

  private final HttpClient client = HttpClient.newHttpClient();
  private final String url;
  private final Semaphore free = new Semaphore(UNDER_WAY_MAX);
  private final AtomicReference<String> failure = new AtomicReference<>();

  private Fill(String url) {
    this.url = url;
  }

  /** Exits with 1 if a put fails. */
  public static void main(String[] arguments) throws InterruptedException {
    Fill fill = new Fill(arguments[0]);
    long first = arguments.length > 3 ? Long.parseLong(arguments[3]) : 0;
    fill.keys(first, first + Long.parseLong(arguments[1]));
    fill.puts(Long.parseLong(arguments[2]), Math.max(1, Long.parseLong(arguments[1])));
    fill.free.acquire(UNDER_WAY_MAX);
    if (fill.failure.get() != null) {
      System.err.println(fill.failure.get());
      System.exit(1);
    }
  }

  private void keys(long from, long end) throws InterruptedException {
    for (long first = from; first < end; first += PUTS_A_TRANSACTION) {
      String puts =
          LongStream.range(first, Math.min(end, first + PUTS_A_TRANSACTION))
              .mapToObj(key -> "{\"request_put\":" + put(key) + "}")
              .collect(Collectors.joining(","));
      send("/v3/kv/txn", "{\"success\":[" + puts + "]}");
    }
  }

  private void puts(long count, long keys) throws InterruptedException {
    for (long i = 0; i < count; i++) {
      send("/v3/kv/put", put(i % keys));
    }
  }

  private static String put(long key) {
    return "{\"key\":\"%s\",\"value\":\"%s\"}"
        .formatted(base64("/fill/%09d".formatted(key)), base64("v".repeat(VALUE_BYTES)));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void send(String path, String body) throws InterruptedException {
    free.acquire();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .whenComplete((response, problem) -> {
          if (problem != null || response.statusCode() != 200) {
            failure.compareAndSet(
                null, problem != null ? problem.toString() : path + ": " + response.body());
          }
          free.release();
        });
  }
}
