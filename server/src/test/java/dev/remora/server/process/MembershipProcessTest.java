package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that join, leave, and come back as what they are not. Whatever a message tells the
 * operator to do is done, and works.
 */
final class MembershipProcessTest {
  private static final List<String> FOUNDERS = List.of("a", "b", "c");

  @TempDir private Path directory = Path.of("unset");

  @Test
  void aMemberJoinsAndTheLeaderThatIsRemovedHandsOnItsWork() {
    try (ServerCluster cluster = start()) {
      String first = cluster.leader("a");
      String other = other(first);
      cluster.put(other, "k", "1");
      cluster.place("d");
      cluster.add(other, "d");

      cluster.start("d", List.of("a", "b", "c", "d"), "existing");
      cluster.awaitReady("d");
      cluster.awaitValue("d", "k", "1");
      cluster.put("d", "k", "2");
      cluster.remove(first, first);

      assertThat(cluster.process(first).awaitExit(ServerCluster.PATIENCE)).isZero();
      assertThat(cluster.process(first).output())
          .anyMatch(line -> line.contains("it was removed from the cluster"));
      cluster.put(other, "k", "3");
      cluster.awaitValue("d", "k", "3");
      assertThat(cluster.leader("d")).isNotEqualTo(first);

      // It says so again when it is started again, and comes back as its message says.
      ChildProcess again = cluster.start(first, FOUNDERS, "new");
      assertThat(again.awaitExit(ServerCluster.PATIENCE)).isZero();
      assertThat(String.join("\n", again.output())).contains("removed from the cluster");
    }
  }

  @Test
  void theLeadershipGoesToTheMemberThatIsNamed() {
    try (ServerCluster cluster = start()) {
      String first = cluster.leader("a");
      String next = other(first);
      String target = Long.toUnsignedString(Long.parseUnsignedLong(cluster.id("a", next), 16));
      String request = "{\"targetID\":\"" + target + "\"}";
      String path = "/v3/maintenance/transfer-leadership";

      assertThat(cluster.call(next, "POST", path, request).body()).contains("not leader");
      assertThat(cluster.call(first, "POST", path, request).body()).isEqualTo("{}");

      assertThat(cluster.leader(first)).isEqualTo(next);
    }
  }

  @Test
  void aMemberThatWasNotAddedIsToldToBe() {
    try (ServerCluster cluster = start()) {
      cluster.place("d");

      ChildProcess stranger = cluster.start("d", List.of("a", "b", "c", "d"), "existing");

      assertThat(stranger.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(stranger.output().getLast()).contains("add it first", cluster.peerUrl("d"));

      cluster.add("a", "d");
      ChildProcess wrong = cluster.start("d", List.of("a", "b", "d"), "existing");
      assertThat(wrong.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(wrong.output().getLast())
          .contains("give --initial-cluster", "c=" + cluster.peerUrl("c"));

      cluster.start("d", List.of("a", "b", "c", "d"), "existing");
      cluster.awaitReady("d");
      cluster.kill("d");
      cluster.start("d", List.of("a", "b", "c", "d"), "existing"); // Asks nobody any more.
      cluster.awaitReady("d");
    }
  }

  @Test
  void aWipedMemberIsRefusedAndComesBackAsANewOne() throws IOException {
    try (ServerCluster cluster = start()) {
      cluster.put("a", "k", "1");
      cluster.kill("c");
      cluster.wipe("c");

      ChildProcess wiped = cluster.start("c", FOUNDERS, "new");

      assertThat(wiped.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(wiped.output().getLast())
          .contains("started before with another data directory", "remove it from the cluster");

      cluster.remove("a", "c");
      cluster.add("a", "c");
      cluster.wipe("c");
      cluster.start("c", FOUNDERS, "existing");
      cluster.awaitReady("c");
      cluster.awaitValue("c", "k", "1");
    }
  }

  @Test
  void twoWipedMembersElectNobodyBesideTheOneThatRemembers() throws IOException {
    try (ServerCluster cluster = start()) {
      cluster.put("a", "k", "1");
      for (String lost : List.of("b", "c")) {
        cluster.kill(lost);
        cluster.wipe(lost);
      }

      ChildProcess b = cluster.start("b", FOUNDERS, "new");
      ChildProcess c = cluster.start("c", FOUNDERS, "new");

      assertThat(b.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(c.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      for (ChildProcess wiped : List.of(b, c)) {
        assertThat(wiped.output()).noneMatch(line -> line.contains(StoreProcess.READY));
      }
      assertThat(cluster.get("a", "k")).contains("\"value\":\"1\"");
      await() // A leader notices after an election timeout that nobody answers.
          .atMost(ServerCluster.PATIENCE)
          .until(() -> cluster.call("a", "GET", "/v2/members/leader", "").status() == 503);
    }
  }

  @Test
  void anOldCopyOfADataDirectoryIsRefused() throws IOException {
    try (ServerCluster cluster = start()) {
      String behind = other(cluster.leader("a"));
      String writer = cluster.leader("a");
      cluster.put(writer, "k", "0");
      cluster.kill(behind);
      Path backup = directory.resolve("backup");
      ServerCluster.copy(cluster.dataDir(behind), backup);
      cluster.start(behind, FOUNDERS, "new");
      cluster.awaitReady(behind);
      for (int i = 1; i <= 20; i++) {
        cluster.put(writer, "k", Integer.toString(i));
      }
      cluster.awaitValue(behind, "k", "20");
      cluster.kill(behind);
      cluster.putBack(behind, backup);

      ChildProcess old = cluster.start(behind, FOUNDERS, "new");

      assertThat(old.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(old.output().getLast()).contains("old copy", "remove the member");

      cluster.remove(writer, behind);
      cluster.add(writer, behind);
      cluster.wipe(behind);
      cluster.start(behind, FOUNDERS, "existing");
      cluster.awaitReady(behind);
      cluster.awaitValue(behind, "k", "20");
    }
  }

  @Test
  void aSecondProcessOfAMemberIsRefused() throws IOException {
    try (ServerCluster cluster = start()) {
      cluster.put("a", "k", "1");

      ChildProcess clone = cluster.startCloneOf("c", FOUNDERS);

      assertThat(clone.awaitExit(ServerCluster.PATIENCE)).isEqualTo(1);
      assertThat(clone.output().getLast()).contains("is running already", "remove the copy");
      cluster.put("c", "k", "2"); // The first was not disturbed.
    }
  }

  private ServerCluster start() {
    return ServerCluster.start(directory, FOUNDERS.toArray(String[]::new));
  }

  private static String other(String than) {
    return FOUNDERS.stream().filter(name -> !name.equals(than)).findFirst().orElseThrow();
  }
}
