package dev.remora.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Kind;
import dev.remora.torture.cluster.Member;
import dev.remora.torture.cluster.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A member that has forgotten what it confirmed must not come back as if nothing had been (row 22
 * of the fault matrix): it ends, and says what to do. The others go on.
 */
final class RefusalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int WRITES = 30;

  @TempDir private Path folder = Path.of("unset");
  private @Nullable Cluster started;

  private Cluster cluster() {
    return Objects.requireNonNull(started);
  }

  @BeforeEach
  void start() {
    assumeTrue(
        Integer.getInteger("torture.nodes", 1) >= 3, "-Dtorture.nodes=3: members of ours in a row");
    started = Cluster.start(Shape.of(Kind.REMORA, 3, folder.resolve("members"), false, 0, false));
    cluster().awaitServing(PATIENCE);
    write("first");
  }

  @AfterEach
  void end() {
    if (started != null) {
      started.close();
    }
  }

  /** Through a member that stays. */
  private void write(String name) {
    for (int number = 0; number < WRITES; number++) {
      Request request =
          new Request.Keys("PUT", "/%s/%d".formatted(name, number), Map.of("value", "x"));
      assertThat(Cluster.probe(cluster().members().getLast(), request).map(Reply::isOk))
          .contains(true);
    }
  }

  private Member first() {
    return cluster().members().getFirst();
  }

  private void assertRefused(String... words) throws IOException {
    OptionalInt code = first().awaitExit(PATIENCE);

    assertThat(code).as("exit code; empty if it runs").isPresent();
    assertThat(code.getAsInt()).isNotZero();
    assertThat(Files.readString(first().log())).contains(words);
    write("afterwards");
  }

  @Test
  void aMemberThatWasWipedIsRefused() throws IOException {
    first().kill();
    first().wipe();

    first().start();

    assertRefused("remove", "add");
  }

  @Test
  void aMemberWithAnOldBackupIsRefused() throws IOException {
    first().kill();
    first().backUp(folder.resolve("backup"));
    first().start();
    cluster().awaitServing(PATIENCE);
    write("second");
    first().kill();
    first().restore(folder.resolve("backup"));

    first().start();

    assertRefused("remove", "add");
  }
}
