import static java.net.http.HttpResponse.BodyHandlers.ofString;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/**
 * Measures the time from the reply of a v3 put to the rendered file, one change at a time.
 *
 * <p>{@code java bench/WriteToFile.java URL FILE [CHANGES]} against a registry, Remora or etcd, and
 * an agent that renders the service {@code web}, such as {@code ./remora dev}: each change gives
 * the instance {@code web/bench} an address never used before, and the clock stops when the file
 * has it. The directory is watched, not polled, so that the measurement takes no processor time
 * from what it measures. A file that is there before the reply counts as 0.
 *
 * <p>A single file for any JDK from 17 on; {@code bench/all} starts pairs and runs it.
 */
final class WriteToFile {
  private static final int WARM_UP = 100;
  private static final long PATIENCE_MILLIS = 5_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI put;
  private final Path file;
  private final WatchService changes;

  private WriteToFile(String url, Path file) throws IOException {
    this.put = URI.create(url + "/v3/kv/put");
    this.file = file.toAbsolutePath();
    this.changes = FileSystems.getDefault().newWatchService();
    this.file
        .getParent()
        .register(
            changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length < 2) {
      System.err.println("usage: java bench/WriteToFile.java URL FILE [CHANGES]");
      System.exit(2);
    }
    int count = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 500;
    WriteToFile bench = new WriteToFile(arguments[0], Path.of(arguments[1]));
    long[] nanos = new long[count];
    for (int i = -WARM_UP; i < count; i++) {
      long one = bench.changeOnce(i + WARM_UP);
      if (i >= 0) {
        nanos[i] = one;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "reply of put to rendered file, %d changes: p50 %.2f ms  p90 %.2f ms  p99 %.2f ms  max %.2f"
            + " ms%n",
        count, millis(nanos, 0.5), millis(nanos, 0.9), millis(nanos, 0.99), millis(nanos, 1));
  }

  private long changeOnce(int number) throws IOException, InterruptedException {
    String address = "10.77." + number / 250 + "." + (1 + number % 250);
    String instance =
        "{\"id\":\"bench\",\"name\":\"web\",\"address\":\""
            + address
            + "\",\"port\":8080,\"tags\":[],\"meta\":{},\"weights\":{\"passing\":1,\"warning\":1},"
            + "\"status\":\"passing\"}";
    HttpRequest request =
        HttpRequest.newBuilder(put)
            .POST(
                BodyPublishers.ofString(
                    "{\"key\":\""
                        + base64("/services/web/bench")
                        + "\",\"value\":\""
                        + base64(instance)
                        + "\"}"))
            .build();
    HttpResponse<String> reply = client.send(request, ofString());
    long repliedNanos = System.nanoTime();
    if (reply.statusCode() / 100 != 2) {
      throw new IOException("the put was refused: " + reply.statusCode() + " " + reply.body());
    }
    if (fileHas(address)) {
      return 0;
    }
    long endNanos = repliedNanos + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (System.nanoTime() < endNanos) {
      WatchKey seen = changes.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      long seenNanos = System.nanoTime();
      if (seen != null) {
        seen.pollEvents();
        seen.reset();
      }
      if (fileHas(address)) {
        return seenNanos - repliedNanos;
      }
    }
    throw new IOException(file + " has no " + address + " after " + PATIENCE_MILLIS + " ms");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private boolean fileHas(String address) throws IOException {
    try {
      return Files.readString(file).contains(address + ":");
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static double millis(long[] sorted, double quantile) {
    int at = (int) Math.ceil(quantile * sorted.length) - 1;
    return sorted[Math.max(0, at)] / 1e6;
  }
}
