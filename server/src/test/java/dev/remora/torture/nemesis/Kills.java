package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.Random;

/** kill -9 of the leader, a follower or all (rows 1 to 5). */
final class Kills implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return true;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.draw(cluster, random);
    victims.members().forEach(Member::kill);
    return new Blow(victims.label(), () -> victims.members().forEach(Member::start));
  }
}
