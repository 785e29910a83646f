package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup over the API, and a new cluster of it. */
final class BackupTest {
  @TempDir private Path directory = Path.of("unset");

  private final V3Client client = new V3Client();
  private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isWriting = new AtomicBoolean(true);

  @Test
  void aBackupMadeWhileClientsWriteHoldsAllThatWasAnsweredBefore() throws Exception {
    Path old = directory.resolve("old");
    Path file = directory.resolve("backup");
    List<String> before;
    long oldRevision;
    try (ServerProcess server = ServerProcess.start(old)) {
      Thread writer = Thread.startVirtualThread(() -> writeOn(server.url()));
      Awaitility.await().atMost(V3Client.PATIENCE).until(() -> acknowledged.size() > 150);
      before = List.copyOf(acknowledged);
      Files.write(file, backup(server.url()));
      isWriting.set(false);
      writer.join();
      oldRevision = client.all(server.url(), "").path("header").path("revision").asLong();
    }
    assertThat(file.toFile().setReadOnly()).isTrue();

    try (ClusterProcesses cluster =
        new ClusterProcesses(directory, 3, "--restore", file.toString())) {
      cluster.startAll();
      for (int member = 0; member < 3; member++) {
        assertThat(keys(client.all(cluster.url(member), ""))).containsAll(before);
      }
      assertThat(client.all(cluster.url(1), ",\"revision\":\"101\"").path("count").asInt())
          .as("history goes along")
          .isEqualTo(100);
      assertThat(client.put(cluster.url(2), "more").join())
          .isBetween(before.size() + 1L, oldRevision + 1);
      JsonNode members = client.post(cluster.url(0), "/v3/cluster/member/list", "{}").join();
      assertThat(members.path("members")).hasSize(3);
    }
    ServerProcess.Ended again =
        ServerProcess.startExpectingEnd(
            List.of(), old, StoreProcess.freePort(), "--restore", file.toString());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.output()).anyMatch(line -> line.contains("start without --restore"));
  }

  @Test
  void aDamagedBackupIsRefusedAndTheNextOneIsTaken() throws Exception {
    Path file = directory.resolve("backup");
    try (ServerProcess server = ServerProcess.start(directory.resolve("old"))) {
      client.put(server.url(), "a").join();
      Files.write(file, backup(server.url()));
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Path damaged = Files.write(directory.resolve("damaged"), bytes);
    Path fresh = directory.resolve("fresh");

    ServerProcess.Ended ended =
        ServerProcess.startExpectingEnd(
            List.of(), fresh, StoreProcess.freePort(), "--restore", damaged.toString());

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output()).anyMatch(line -> line.contains("is no whole backup"));
    try (ServerProcess server = ServerProcess.start(fresh, "--restore", file.toString())) {
      assertThat(client.count(server.url())).isEqualTo(1);
    }
  }

  private void writeOn(URI url) {
    for (int i = 0; isWriting.get(); i++) {
      String key = "key" + i;
      client.put(url, key).join();
      acknowledged.add(key);
    }
  }

  private byte[] backup(URI url) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<Long> remaining = new ArrayList<>();
    client.stream(
            url,
            "/v3/maintenance/snapshot",
            "{}",
            line -> {
              bytes.writeBytes(
                  Base64.getDecoder().decode(line.path("result").path("blob").asText()));
              remaining.add(line.path("result").path("remaining_bytes").asLong());
            })
        .join();
    assertThat(remaining).isNotEmpty().endsWith(0L);
    return bytes.toByteArray();
  }

  private static Set<String> keys(JsonNode range) {
    Set<String> keys = new HashSet<>();
    for (JsonNode kv : range.path("kvs")) {
      keys.add(
          new String(Base64.getDecoder().decode(kv.path("key").asText()), StandardCharsets.UTF_8));
    }
    return keys;
  }
}
