package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.remora.server.process.Curl.Answer;
import dev.remora.server.process.Curl.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tour everyone takes first, by real curl, in its order and with its exact answers.
 *
 * <p>It is the tour of our README; against etcd it shows that the answers are etcd's.
 */
final class TranscriptTest {
  private static final String INDEXES = "\"modifiedIndex\":0,\"createdIndex\":0}";

  @TempDir private Path directory = Path.of("unset");

  @ParameterizedTest
  @EnumSource
  void theTourIsAnsweredAsEtcdAnswersIt(Stores stores) {
    try (StoreProcess store = stores.start(directory.resolve("data"))) {
      Curl curl = new Curl(store.url());

      aValueIsSetReadReplacedAndDeleted(curl);
      aKeyWithATtlIsGoneAfterIt(curl);
      aWaitingReaderSeesTheChange(curl);
      aDirectoryIsMadeListedWatchedAndDeleted(curl);
    }
  }

  private static void aValueIsSetReadReplacedAndDeleted(Curl curl) {
    String hello = "{\"key\":\"/message\",\"value\":\"Hello world\"," + INDEXES;
    String etcd = "{\"key\":\"/message\",\"value\":\"Hello etcd\"," + INDEXES;

    assertThat(curl.run("/message", "-XPUT", "-d", "value=Hello world"))
        .isEqualTo(new Answer(201, "{\"action\":\"set\",\"node\":" + hello + "}"));
    assertThat(curl.run("/message"))
        .isEqualTo(new Answer(200, "{\"action\":\"get\",\"node\":" + hello + "}"));
    assertThat(curl.run("/message", "-XPUT", "-d", "value=Hello etcd"))
        .isEqualTo(
            new Answer(
                200, "{\"action\":\"set\",\"node\":" + etcd + ",\"prevNode\":" + hello + "}"));
    assertThat(curl.run("/message", "-XDELETE"))
        .isEqualTo(
            new Answer(
                200,
                "{\"action\":\"delete\",\"node\":{\"key\":\"/message\","
                    + INDEXES
                    + ",\"prevNode\":"
                    + etcd
                    + "}"));
  }

  private static void aKeyWithATtlIsGoneAfterIt(Curl curl) {
    long startNanos = System.nanoTime();
    assertThat(curl.run("/foo", "-XPUT", "-d", "value=bar", "-d", "ttl=5"))
        .isEqualTo(
            new Answer(
                201,
                "{\"action\":\"set\",\"node\":{\"key\":\"/foo\",\"value\":\"bar\","
                    + "\"expiration\":\"DATE\",\"ttl\":5,"
                    + INDEXES
                    + "}"));
    assertThat(curl.run("/foo").status()).isEqualTo(200);

    await()
        .atMost(Duration.ofSeconds(9))
        .untilAsserted(() ->
            assertThat(curl.run("/foo"))
                .isEqualTo(
                    new Answer(
                        404,
                        "{\"errorCode\":100,\"message\":\"Key not found\","
                            + "\"cause\":\"/foo\",\"index\":0}")));

    assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
        .as("life of a key with a TTL of 5 s")
        .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(8));
  }

  private static void aWaitingReaderSeesTheChange(Curl curl) {
    Waiting reader = curl.start("/foo?wait=true", "-N", "-D", "/dev/stderr");
    reader.process().awaitLine("X-Etcd-Index", Duration.ofSeconds(5));

    String node = "{\"key\":\"/foo\",\"value\":\"bar\"," + INDEXES;
    assertThat(curl.run("/foo", "-XPUT", "-d", "value=bar"))
        .isEqualTo(new Answer(201, "{\"action\":\"set\",\"node\":" + node + "}"));

    assertThat(reader.answer().body()).endsWith("{\"action\":\"set\",\"node\":" + node + "}");
  }

  private static void aDirectoryIsMadeListedWatchedAndDeleted(Curl curl) {
    String dir = "{\"key\":\"/dir\",\"dir\":true," + INDEXES;

    assertThat(curl.run("/dir", "-XPUT", "-d", "dir=true"))
        .isEqualTo(new Answer(201, "{\"action\":\"set\",\"node\":" + dir + "}"));
    assertThat(curl.run("/dir"))
        .isEqualTo(new Answer(200, "{\"action\":\"get\",\"node\":" + dir + "}"));
    assertThat(curl.run("/dir?recursive=true"))
        .isEqualTo(new Answer(200, "{\"action\":\"get\",\"node\":" + dir + "}"));

    Waiting reader = curl.start("/dir?recursive=true&wait=true", "-N", "-D", "/dev/stderr");
    reader.process().awaitLine("X-Etcd-Index", Duration.ofSeconds(5));
    String deleted = "{\"action\":\"delete\",\"node\":" + dir + ",\"prevNode\":" + dir + "}";
    assertThat(curl.run("/dir?dir=true", "-XDELETE")).isEqualTo(new Answer(200, deleted));

    assertThat(reader.answer().body()).endsWith(deleted);
  }
}
