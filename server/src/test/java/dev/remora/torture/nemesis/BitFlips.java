package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Kind;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.Random;

/** Now and then a bit between members is wrong (row 21). etcd promises nothing about that. */
final class BitFlips implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1 && cluster.shape().kind() == Kind.REMORA;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Random own = new Random(random.nextLong());
    Background flips =
        Background.start(() -> {
          Member from = cluster.members().get(own.nextInt(cluster.members().size()));
          cluster.members().forEach(to -> cluster.network().flipOneBit(from.number(), to.number()));
          return Duration.ofMillis(own.nextInt(50, 500));
        });
    return new Blow(
        "one link after the other",
        () -> {
          flips.stop();
          cluster.network().heal(false);
        });
  }
}
