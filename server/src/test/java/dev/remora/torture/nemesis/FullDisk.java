package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.Random;

/**
 * No byte is left on a member's disk (rows 24 and 25). It may stop; when there is space again it is
 * started anew.
 */
final class FullDisk implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.shape().onLoopDisks();
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.one(cluster, random);
    victims.members().forEach(Member::expectEnd);
    victims.members().forEach(member -> member.disk().fill());
    return new Blow(
        victims.label(),
        () ->
            victims
                .members()
                .forEach(member -> {
                  member.disk().free();
                  member.kill();
                  member.start();
                }));
  }
}
