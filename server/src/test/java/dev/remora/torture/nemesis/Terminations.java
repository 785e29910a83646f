package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Kind;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** SIGTERM: the member must be gone within 10 seconds (row 60). */
final class Terminations implements Fault {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public boolean isPossible(Cluster cluster) {
    return true;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.one(cluster, random);
    Member member = victims.members().getFirst();
    member.terminate();
    OptionalInt code = member.awaitExit(PATIENCE);
    if (code.isEmpty()) {
      member.kill();
    }
    String end = code.isEmpty() ? "runs on" : "exit code " + code.getAsInt();
    // etcd ends by the signal itself, so its code is not 0.
    boolean isGood =
        code.isPresent() && (code.getAsInt() == 0 || cluster.shape().kind() == Kind.ETCD);
    String detail = victims.label() + ", " + end;
    return new Blow(
        detail, isGood ? List.of() : List.of("after SIGTERM, " + detail), member::start);
  }
}
