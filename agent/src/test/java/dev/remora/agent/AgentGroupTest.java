package dev.remora.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups of files, by a real process against a real registry. */
@ParameterizedClass(name = "{0}")
@EnumSource(RegistryKind.class)
final class AgentGroupTest extends AgentFixture {
  private static final String LISTEN = "listen: 127.0.0.1:0\n";

  AgentGroupTest(RegistryKind kind) {
    super(kind);
  }

  /** Each file's own hash is in the other one: a torn pair would show. */
  @Test
  void oneTransactionOverFiftyKeysOfTwoPrefixesIsExactlyOneRender() throws Exception {
    client.putAll(fifty("0"));
    Files.writeString(
        directory.resolve("a.peb"), "{% for k in ls('/a') %}{{ k.value }},{% endfor %}");
    Files.writeString(
        directory.resolve("b.peb"), "{% for k in ls('/b') %}{{ k.value }},{% endfor %}");
    Path config =
        config(
            """
            listen: 127.0.0.1:0
            groups:
              - name: pair
                templates:
                  - {source: a.peb, destination: a.conf}
                  - {source: b.peb, destination: b.conf}
                check: [cmp, "{staged}/a.conf", "{staged}/b.conf"]
                reload: [{command: [sh, -c, 'cat a.conf b.conf >> seen; echo >> seen']}]
            """);

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> lines("seen").size() == 1);
      for (int i = 1; i <= 5; i++) {
        client.putAll(fifty(Integer.toString(i)));
        int count = i + 1;
        await().until(() -> lines("seen").size() >= count);
      }
      assertThat(agent.stop()).isZero();
      assertThat(agent.linesWith("rendered group=pair")).isEqualTo(6);
      assertThat(agent.output()).doesNotContain("check cmp exited");
    }

    assertThat(lines("seen")).hasSize(6);
    for (int i = 0; i <= 5; i++) {
      assertThat(lines("seen").get(i)).isEqualTo((i + ",").repeat(50));
    }
  }

  @Test
  void aStormOfChangesIsAtMostOneReloadEachSettleMaximumAndTheLastValueIsRendered()
      throws Exception {
    client.put("/k", "0");
    Path config =
        config(
            LISTEN
                + template(
                    "{{ key('/k') }}",
                    "settle: {min: 300ms, max: 1s}\n"
                        + "    reload: [{command: [sh, -c, 'echo run >> runs']}]"));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> lines("runs").size() == 1);
      long start = System.nanoTime();
      int last = 0;
      while (System.nanoTime() - start < Duration.ofSeconds(4).toNanos()) {
        last++;
        client.put("/k", Integer.toString(last));
      }
      String wanted = Integer.toString(last);
      await().untilAsserted(() -> assertThat(destination()).hasContent(wanted));
      await().until(() -> groups(agent).contains("in sync"));
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      assertThat(last).isGreaterThan(20);
      assertThat(lines("runs").size()).isBetween(2, (int) seconds + 3);
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void manyFilesOfOneTemplateComeAndGoAndNoValueLeadsAnywhereElse() throws Exception {
    Files.createDirectory(directory.resolve("hosts"));
    Files.writeString(directory.resolve("hosts/mine.conf"), "mine");
    client.put("/h/a", "1");
    client.put("/h/b", "$(reboot) \"'\n`id`\u0000;");
    Files.writeString(directory.resolve("t.peb"), "{{ h.value }}");
    Path config =
        config(
            """
            listen: 127.0.0.1:0
            templates:
              - source: t.peb
                destination: hosts/{{ h.name }}.conf
                for_each: {as: h, in: "ls('/h')"}
                reload: [{command: [sh, -c, 'echo run >> runs']}]
            """);

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      assertThat(hosts()).containsExactly("a.conf", "b.conf", "mine.conf");
      assertThat(Files.readString(directory.resolve("hosts/b.conf")))
          .isEqualTo("$(reboot) \"'\n`id`\u0000;");
      client.delete("/h/a");
      await().until(() -> hosts().equals(List.of("b.conf", "mine.conf")));

      client.put("/h/..", "evil");
      agent.awaitLine("does not name a file of " + directory.resolve("hosts/"));
      assertThat(hosts()).containsExactly("b.conf", "mine.conf");
      client.delete("/h/..");
      client.put("/h/c", "3");
      await().until(() -> hosts().equals(List.of("b.conf", "c.conf", "mine.conf")));
      assertThat(agent.stop()).isZero();
    }
  }

  @Test
  void aFreezeAndABudgetHoldChangesBackAndTheLastOneGoesOutAfterwards() throws Exception {
    client.put("/k", "0");
    Path config =
        config(
            LISTEN
                + template(
                    "{{ key('/k') }}",
                    "freeze_key: /freeze\n"
                        + "    max_reloads: 2/3s\n"
                        + "    reload: [{command: [sh, -c, 'cat out.conf >> runs; echo >>"
                        + " runs']}]"));

    try (AgentProcess agent = AgentProcess.ready(directory, config)) {
      await().until(() -> groups(agent).contains("in sync"));
      client.put("/freeze", "yes");
      client.put("/k", "1");
      await().until(() -> groups(agent).contains("frozen"));
      assertThat(destination()).hasContent("0");
      client.delete("/freeze");
      await().untilAsserted(() -> assertThat(destination()).hasContent("1"));
      for (int i = 2; i <= 9; i++) {
        client.put("/k", Integer.toString(i));
      }
      await().untilAsserted(() -> assertThat(destination()).hasContent("9"));
      await().until(() -> groups(agent).contains("in sync"));
      assertThat(agent.stop()).isZero();
    }

    assertThat(lines("runs")).startsWith("0", "1").endsWith("9").hasSizeLessThan(8);
  }

  private static Map<String, String> fifty(String value) {
    TreeMap<String, String> values = new TreeMap<>();
    for (int i = 0; i < 25; i++) {
      values.put("/a/" + i, value);
      values.put("/b/" + i, value);
    }
    return values;
  }

  private String groups(AgentProcess agent) throws Exception {
    return LocalClient.of(agent).list("/v1/groups").encode();
  }

  private List<String> hosts() throws IOException {
    try (Stream<Path> found = Files.list(directory.resolve("hosts"))) {
      return found
          .map(file -> file.getFileName().toString())
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  private List<String> lines(String name) throws IOException {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }
}
