package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Who is struck.
 *
 * @param label for the report
 * @param members at least one
 */
record Victims(String label, List<Member> members) {
  Victims {
    members = List.copyOf(members);
  }

  /** The leader, one other, or all. */
  static Victims draw(Cluster cluster, Random random) {
    return switch (random.nextInt(cluster.members().size() == 1 ? 1 : 4)) {
      case 0, 1 -> leader(cluster, random);
      case 2 -> follower(cluster, random);
      default -> new Victims("all", cluster.members());
    };
  }

  /** The leader or one other. */
  static Victims one(Cluster cluster, Random random) {
    return random.nextInt(3) < 2 ? leader(cluster, random) : follower(cluster, random);
  }

  private static Victims leader(Cluster cluster, Random random) {
    return cluster
        .leader()
        .map(leader -> new Victims("leader m" + leader.number(), List.of(leader)))
        .orElseGet(() -> any(cluster.members(), random));
  }

  private static Victims follower(Cluster cluster, Random random) {
    List<Member> others = new ArrayList<>(cluster.members());
    cluster.leader().ifPresent(others::remove);
    return any(others.isEmpty() ? cluster.members() : others, random);
  }

  private static Victims any(List<Member> members, Random random) {
    Member one = members.get(random.nextInt(members.size()));
    return new Victims("member m" + one.number(), List.of(one));
  }

  /** One member, mostly the leader, or as many as are still a minority. */
  static Victims minority(Cluster cluster, Random random) {
    int size = cluster.members().size();
    if (size < 5 || random.nextBoolean()) {
      return one(cluster, random);
    }
    List<Member> members = new ArrayList<>(cluster.members());
    Collections.shuffle(members, random);
    List<Member> some = members.subList(0, (size - 1) / 2);
    return new Victims(numbers(some), some);
  }

  private static String numbers(List<Member> members) {
    return String.join(" ", members.stream().map(member -> "m" + member.number()).toList());
  }

  /** Those that are not struck. */
  List<Member> others(Cluster cluster) {
    return cluster.members().stream().filter(member -> !members.contains(member)).toList();
  }
}
