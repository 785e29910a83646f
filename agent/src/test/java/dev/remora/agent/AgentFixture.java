package dev.remora.agent;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole agent, as a process, against a real registry: the same facts for each kind of it. Each
 * test has a directory and a registry of its own.
 */
abstract class AgentFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RegistryKind kind;

  @TempDir Path directory;
  RegistryKind.Running registry;
  RegistryClient client;

  AgentFixture(RegistryKind kind) {
    this.kind = kind;
  }

  @BeforeEach
  final void startRegistry() throws IOException {
    Awaitility.setDefaultTimeout(PATIENCE);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    assumeTrue(kind.command().isPresent(), kind.absence());
    registry = new RegistryKind.Running(kind.command().orElseThrow(), directory);
    client = registry.client();
    client.awaitServing();
  }

  @AfterEach
  final void stopRegistry() {
    if (registry != null) {
      registry.close();
    }
  }

  /** What the one template is rendered to. */
  final Path destination() {
    return directory.resolve("out.conf");
  }

  /** Writes this template; its entry in the configuration, with further settings of it. */
  final String template(String text, String more) throws IOException {
    Files.writeString(directory.resolve("t.peb"), text);
    return "templates:\n  - source: t.peb\n    destination: out.conf\n"
        + (more.isEmpty() ? "" : "    " + more + "\n");
  }

  /** Where the local API is, unless a test says something else. */
  final Path socket() {
    return directory.resolve("api.sock");
  }

  /** Writes a configuration with these sections besides the registry's. */
  final Path config(String more) throws IOException {
    Path file = directory.resolve("agent.yaml");
    Files.writeString(
        file,
        "node: n1\nregistry: {endpoints: ['"
            + registry.url()
            + "']}\ndata_dir: state\n"
            + (more.contains("listen:") ? "" : "listen: 'unix:" + socket() + "'\n")
            + (more.contains("drain_wait:") ? "" : "drain_wait: 0\n")
            + more);
    return file;
  }
}
