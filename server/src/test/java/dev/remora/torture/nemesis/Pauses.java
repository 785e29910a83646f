package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.Random;

/** SIGSTOP of the leader, a follower or all, and SIGCONT (rows 7 and 8). */
final class Pauses implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return true;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.draw(cluster, random);
    victims.members().forEach(Member::pause);
    return new Blow(victims.label(), () -> victims.members().forEach(Member::resume));
  }
}
