package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import dev.remora.torture.cluster.Membership;
import java.time.Duration;
import java.util.Random;

/**
 * A member is removed, loses its data and comes back as a new one, as a voter or first as a learner
 * (row 53). The removed one must stop by itself.
 */
final class Replacements implements Fault {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.one(cluster, random);
    Member member = victims.members().getFirst();
    Membership membership = new Membership(victims.others(cluster).getFirst());
    member.expectEnd();
    membership.remove(member, random.nextBoolean());
    boolean hasEnded = member.awaitExit(PATIENCE).isPresent();
    member.kill();
    if (!hasEnded) {
      throw new IllegalStateException(victims.label() + " was removed and runs on");
    }
    boolean isLearner = random.nextBoolean();
    return new Blow(
        victims.label() + (isLearner ? ", as a learner" : ""),
        () -> {
          member.wipe();
          member.join();
          if (isLearner) {
            membership.addLearner(member);
            member.start();
            membership.promote(member);
          } else {
            membership.add(member);
            member.start();
          }
        });
  }
}
