package dev.remora.torture.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Request;
import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The leader is asked to hand over, sometimes to a member that stands still (row 55). */
final class Transfers implements Fault {
  @Override
  public boolean isPossible(Cluster cluster) {
    return cluster.members().size() > 1;
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Optional<Member> leader = cluster.leader();
    if (leader.isEmpty()) {
      return new Blow("nobody leads", () -> {});
    }
    List<Member> others = new ArrayList<>(cluster.members());
    others.remove(leader.get());
    Member target = others.get(random.nextInt(others.size()));
    JsonNode status = cluster.status(target);
    String id = status.path("header").path("member_id").asText();
    boolean isPaused = random.nextInt(3) == 0;
    if (isPaused) {
      target.pause();
    }
    String answer =
        Cluster.probe(
                leader.get(),
                new Request.V3("maintenance/transfer-leadership", "{\"targetID\":\"" + id + "\"}"))
            .map(reply -> "status " + reply.status())
            .orElse("no answer");
    return new Blow(
        "from m%d to m%d%s: %s"
            .formatted(leader.get().number(), target.number(), isPaused ? ", paused" : "", answer),
        () -> {
          if (isPaused) {
            target.resume();
          }
        });
  }
}
