package dev.remora.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random requests to {@code /v2/keys} are answered alike by etcd and by us. */
final class KeysFuzzTest {
  private static final int MINUTES = Integer.getInteger("fuzz.minutes", 0);
  private static final int REQUESTS =
      Integer.getInteger("fuzz.requests", MINUTES > 0 ? 5_000 : 350);

  @TempDir private Path directory;

  @Test
  void answersAsEtcdDoes() throws IOException {
    KnownDifferences known = KnownDifferences.load();
    long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
    Iterator<Long> seeds = seeds().iterator();

    while (seeds.hasNext() && (MINUTES == 0 || System.nanoTime() < endNanos)) {
      long seed = seeds.next();
      Path fresh = Files.createDirectory(directory.resolve("seed" + seed));
      try (Duel duel = new Duel(fresh, known)) {
        assertThat(duel.run(seed, REQUESTS)).as("a difference").isEmpty();
      }
      System.out.println("fuzz: seed " + seed + ", known differences so far: " + known.seen());
    }
  }

  /** A short run has fixed ones, 4 with a full history; a long one goes on from the clock's. */
  private static LongStream seeds() {
    Long one = Long.getLong("fuzz.seed");
    if (one != null) {
      return LongStream.of(one);
    }
    return MINUTES > 0
        ? LongStream.iterate(System.currentTimeMillis(), seed -> seed + 1)
        : LongStream.of(2, 4);
  }
}
