package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.Random;

/** Links that are late, each by another time (row 18). */
final class Delays implements Fault {
  private static final int MILLIS_MAX = 200;

  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    for (Member from : cluster.members()) {
      for (Member to : cluster.members()) {
        cluster
            .network()
            .delay(from.number(), to.number(), Duration.ofMillis(random.nextInt(MILLIS_MAX)));
      }
    }
    return new Blow("all links", () -> cluster.network().heal(false));
  }
}
