package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.Random;

/** kill -9, and what was not synced is gone; at all members at once, or at one (rows 29 and 30). */
final class PowerLoss implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.shape().onLoopDisks();
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims =
        random.nextBoolean() ? new Victims("all", cluster.members()) : Victims.one(cluster, random);
    victims.members().forEach(Member::kill);
    victims.members().forEach(member -> member.disk().losePower());
    return new Blow(victims.label(), () -> victims.members().forEach(Member::start));
  }
}
