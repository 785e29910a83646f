package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import dev.remora.torture.network.Network;
import java.util.Random;

/**
 * A minority and the rest do not hear each other: bytes vanish, or connections are reset (rows 10
 * and 15). What was held back arrives late, or never.
 */
final class Partitions implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.minority(cluster, random);
    boolean isRefused = random.nextInt(3) == 0;
    Network network = cluster.network();
    for (Member one : victims.members()) {
      for (Member other : victims.others(cluster)) {
        if (isRefused) {
          network.refuse(one.number(), other.number());
        } else {
          network.cut(one.number(), other.number());
          network.cut(other.number(), one.number());
        }
      }
    }
    boolean isReset = random.nextBoolean();
    return new Blow(
        victims.label() + (isRefused ? " refused" : " cut off"), () -> network.heal(isReset));
  }
}
