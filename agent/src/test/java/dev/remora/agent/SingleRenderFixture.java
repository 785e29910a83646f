package dev.remora.agent;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;

/** One render from the command line, with a registry that knows {@code /app/color} as red. */
abstract class SingleRenderFixture extends AgentFixture {
  record Ended(int code, String output) {}

  SingleRenderFixture(RegistryKind kind) {
    super(kind);
  }

  @BeforeEach
  final void putColor() {
    client.put("/app/color", "red");
  }

  /** Writes a configuration of this one template, with further settings of it. */
  final void config(String template, String more) throws IOException {
    config(template(template, more));
  }

  /** Runs the agent, with these arguments, to its end. */
  final Ended run(String... arguments) throws IOException, InterruptedException {
    try (AgentProcess agent = AgentProcess.start(directory, arguments)) {
      int code = agent.exitCode();
      return new Ended(code, agent.output());
    }
  }
}
