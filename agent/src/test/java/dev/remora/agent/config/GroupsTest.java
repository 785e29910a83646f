package dev.remora.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.agent.runner.ChildSpec;
import dev.remora.agent.runner.GroupSpec;
import dev.remora.agent.runner.ReloadLimit;
import dev.remora.agent.runner.ReloadSpec;
import dev.remora.agent.runner.TemplateSpec;
import dev.remora.agent.runner.VerifySpec;
import dev.remora.agent.service.Probe;
import dev.remora.agent.view.GuardSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupsTest {
  private static final Environment ENVIRONMENT =
      new Environment(Map.of("HOSTNAME", "web-1", "STATE_DIRECTORY", "/var/lib/remora"));

  @TempDir private Path directory;

  @BeforeEach
  void templates() throws IOException {
    Files.writeString(directory.resolve("a.peb"), "");
    Files.writeString(directory.resolve("b.peb"), "");
  }

  @Test
  void everyKeyOfAGroupAndOfTheChildIsRead() throws Exception {
    AgentConfig config =
        load(
            """
            guard: {max_shrink: 50%, hold: 10s}
            groups:
              - name: web
                templates:
                  - {source: a.peb, destination: out.json, mode: 0640, owner: root, group: "0",
                     format: json, sensitive: true, write: inplace}
                  - {source: b.peb, destination: "/etc/x/{{ i.id }}.conf", write: symlink_dir,
                     for_each: {as: i, in: "service('web')"}}
                check: [nginx, -t, -p, "{staged}", "|", logger]
                shell: true
                check_timeout: 5s
                guard: {min_instances: 3, hold: 9s}
                settle: {min: 100ms, max: 1s}
                reload:
                  - {command: [nginx, -s, reload], timeout: 7s}
                  - {command: [echo, $HOME], shell: true}
                  - {http: {url: "http://127.0.0.1:9090/-/reload", expect: ["200"]}}
                  - {signal: {pid_file: nginx.pid}}
                  - {signal: {process: nginx, signal: SIGUSR2}}
                  - {child: reload}
                  - {child: restart}
                verify: {tcp: "127.0.0.1:80", within: 3s}
                backups: 5
                max_reloads: 10/1h
                freeze_key: /freeze
            child:
              command: [nginx, -g, daemon off;]
              env: {A: b}
              reload_signal: hup
              stop_signal: SIGQUIT
              stop_timeout: 9s
              restart: {policy: always, back_off: {min: 100ms, max: 2s}}
            """);

    Path base = directory.toAbsolutePath();
    assertThat(config.groups())
        .containsExactly(
            new GroupSpec(
                "web",
                true,
                List.of(
                    new TemplateSpec(
                        base.resolve("a.peb"),
                        base.resolve("out.json").toString(),
                        0640,
                        "root",
                        "0",
                        TemplateSpec.Format.JSON,
                        true,
                        TemplateSpec.Write.INPLACE,
                        null),
                    new TemplateSpec(
                        base.resolve("b.peb"),
                        "/etc/x/{{ i.id }}.conf",
                        null,
                        null,
                        null,
                        TemplateSpec.Format.ANY,
                        false,
                        TemplateSpec.Write.SYMLINK_DIR,
                        new TemplateSpec.ForEach("i", "service('web')"))),
                List.of("/bin/sh", "-c", "nginx -t -p \"$1\" | logger", "sh", "{staged}"),
                Duration.ofSeconds(5),
                List.of(
                    new ReloadSpec.Command(List.of("nginx", "-s", "reload"), Duration.ofSeconds(7)),
                    new ReloadSpec.Command(
                        List.of("/bin/sh", "-c", "echo $HOME"), Duration.ofSeconds(30)),
                    new ReloadSpec.Http(
                        new Probe.Http(
                            "http://127.0.0.1:9090/-/reload",
                            Probe.Tls.OFF,
                            "POST",
                            Map.of(),
                            "",
                            List.of(200),
                            true),
                        Duration.ofSeconds(30)),
                    new ReloadSpec.Signal(
                        new ReloadSpec.Target.PidFile(base.resolve("nginx.pid")), "HUP"),
                    new ReloadSpec.Signal(new ReloadSpec.Target.Named("nginx"), "USR2"),
                    new ReloadSpec.Child(false),
                    new ReloadSpec.Child(true)),
                new GuardSettings(3, 50, 9_000),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                new VerifySpec(
                    new Probe.Tcp("127.0.0.1", 80, Probe.Tls.OFF), Duration.ofSeconds(3)),
                5,
                new ReloadLimit(10, Duration.ofHours(1)),
                "/freeze"));
    assertThat(config.child())
        .isEqualTo(
            new ChildSpec(
                List.of("nginx", "-g", "daemon off;"),
                Map.of("A", "b"),
                "HUP",
                "QUIT",
                Duration.ofSeconds(9),
                ChildSpec.Restart.ALWAYS,
                Duration.ofMillis(100),
                Duration.ofSeconds(2)));
  }

  @Test
  void everyMistakeIsNamedWithItsLineAndKey() throws Exception {
    assertThat(
            problems(
                """
                groups:
                  - name: a/b
                    templates:
                      - {source: a.peb, destination: /x, check: [x], formt: json}
                    reload: [{command: [x], http: {url: "x"}}, {signal: {signal: NOPE}},
                             {child: reload}, {http: {url: "ftp://x"}}]
                    verify: {tcp: nowhere, http: "http://x/"}
                    backups: 1000
                    max_reloads: often
                    freeze_key: freeze
                  - name: b
                templates:
                  - {source: b.peb, destination: /y, sensitive: true, mode: 0644, write: copy}
                  - {source: b.peb, destination: "/z/x.conf", for_each: {as: "1", in: "x"}}
                  - {source: b.peb, destination: "/z/../{{ x }}", for_each: {as: x, in: "y"}}
                  - {source: b.peb, destination: /v, backups: 0, verify: {command: [x]}}
                """))
        .containsExactlyInAnyOrder(
            "2: groups[0].name: must be of letters, digits, '.', '_' and '-'",
            "4: groups[0].templates[0].check: is a key of the group, not of a template",
            "4: groups[0].templates[0].formt: unknown key, did you mean 'format'?",
            "5: groups[0].reload[0].http: must be exactly one of command, http, signal, child",
            "5: groups[0].reload[1].signal.signal: must be one of ALRM, CONT, HUP, INT, KILL, QUIT,"
                + " TERM, USR1, USR2, WINCH, but is 'NOPE'",
            "5: groups[0].reload[1].signal: must have exactly one of pid_file, process",
            "6: groups[0].reload[2].child: there is no child to reload",
            "6: groups[0].reload[3].http.url: must be a URL such as http://127.0.0.1:8080/health",
            "7: groups[0].verify: must be exactly one of http, tcp, command",
            "8: groups[0].backups: must be a whole number from 0 to 100, but is '1000'",
            "9: groups[0].max_reloads: must be a number in a time such as 10/1h, but is 'often'",
            "10: groups[0].freeze_key: must be a key of the registry, which begins with /",
            "11: groups[1].templates: is missing",
            "13: templates[0].mode: must give others nothing, since the file is sensitive",
            "13: templates[0].write: must be one of rename, inplace, symlink_dir, but is 'copy'",
            "14: templates[1].for_each.as: must be a name of letters, digits and _",
            "14: templates[1].destination: must name each item's file, as in"
                + " /etc/x/{{ item.id }}.conf",
            "15: templates[2].destination: must not hold '..'",
            "16: templates[3].backups: must be at least 1, since verify may return to an earlier"
                + " one");
  }

  @Test
  void aDirectoryThatIsSwappedAsAWholeIsOfOneGroup() throws Exception {
    assertThat(
            problems(
                """
                templates:
                  - {source: a.peb, destination: /d/x, write: symlink_dir}
                  - {source: b.peb, destination: /d/y, write: symlink_dir}
                """))
        .containsExactly(
            "3: templates[1].write: /d is swapped as a whole by another group already");
  }

  private AgentConfig load(String yaml) throws Exception {
    Path file = directory.resolve("agent.yaml");
    Files.writeString(file, yaml);
    return AgentConfig.load(file, ENVIRONMENT);
  }

  private List<String> problems(String yaml) {
    InvalidConfigException e = catchThrowableOfType(InvalidConfigException.class, () -> load(yaml));
    return e.problems().stream().map(each -> each.replace(directory + "/agent.yaml:", "")).toList();
  }
}
