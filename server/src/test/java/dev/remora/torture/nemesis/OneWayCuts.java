package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import dev.remora.torture.network.Network;
import java.util.Random;

/** A member is heard but does not hear, or hears but is not heard (rows 11 to 13). */
final class OneWayCuts implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.one(cluster, random);
    boolean isDeaf = random.nextBoolean();
    Network network = cluster.network();
    for (Member one : victims.members()) {
      for (Member other : victims.others(cluster)) {
        network.cut(isDeaf ? other.number() : one.number(), isDeaf ? one.number() : other.number());
      }
    }
    boolean isReset = random.nextBoolean();
    return new Blow(victims.label() + (isDeaf ? " deaf" : " dumb"), () -> network.heal(isReset));
  }
}
