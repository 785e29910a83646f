package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.Random;

/** Wall clocks jump by up to an hour, forth or back, and later come right (row 38). */
final class ClockJumps implements Fault {
  private static final int SECONDS_MAX = 3600;

  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.shape().hasClocks();
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.draw(cluster, random);
    Duration offset = Duration.ofSeconds(random.nextInt(-SECONDS_MAX, SECONDS_MAX));
    victims.members().forEach(member -> member.turnClock(offset));
    return new Blow(
        "%s by %d s".formatted(victims.label(), offset.toSeconds()),
        () -> victims.members().forEach(ClockJumps::setRight));
  }

  private static void setRight(Member member) {
    member.turnClock(Duration.ZERO);
  }
}
