package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.Random;

/** Members are killed and started again, one every second or so (row 6). */
final class RestartStorm implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return true;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Random own = new Random(random.nextLong());
    Background storm =
        Background.start(() -> {
          Member one = cluster.members().get(own.nextInt(cluster.members().size()));
          one.kill();
          one.start();
          return Duration.ofMillis(own.nextInt(300, 1500));
        });
    return new Blow("one after the other", storm::stop);
  }
}
