package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import java.time.Duration;
import java.util.Random;

/** A partition that comes and goes every 50 to 500 ms (row 16). */
final class Flapping implements Fault {
  private final Partitions partitions = new Partitions();

  @Override
  public boolean isPossible(Cluster cluster) {
    return partitions.isPossible(cluster);
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Random own = new Random(random.nextLong());
    boolean[] isCut = new boolean[1]; // Of the background's thread alone.
    Background flapping =
        Background.start(() -> {
          if (isCut[0]) {
            cluster.network().heal(own.nextBoolean());
          } else {
            partitions.strike(cluster, own);
          }
          isCut[0] = !isCut[0];
          return Duration.ofMillis(own.nextInt(50, 500));
        });
    return new Blow(
        "somebody, again and again",
        () -> {
          flapping.stop();
          cluster.network().heal(true);
        });
  }
}
