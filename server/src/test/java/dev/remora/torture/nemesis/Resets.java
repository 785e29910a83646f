package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.Random;

/** Connections between members are reset in the middle of whatever they carry (row 20). */
final class Resets implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Random own = new Random(random.nextLong());
    Background resets =
        Background.start(() -> {
          Member one = cluster.members().get(own.nextInt(cluster.members().size()));
          cluster.members().forEach(other -> cluster.network().reset(one.number(), other.number()));
          return Duration.ofMillis(own.nextInt(20, 400));
        });
    return new Blow("all connections of one after the other", resets::stop);
  }
}
