package dev.remora.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.remora.server.process.ServerProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our server answers every scenario as etcd 3.4 does, but for those named as pending.
 *
 * <p>{@code -Dconformance.url=URL[,URL…]} runs them against another server, with none pending;
 * {@code -Dconformance.only=TEXT} runs those whose name contains the text.
 */
final class V2ConformanceTest {
  private static final Pending PENDING = Pending.load();
  private static @Nullable ServerProcess server;
  private static Target target = new Target(List.of(), true);

  /** The server named, else our own; the indexes need not begin at a known one. */
  @BeforeAll
  static void startServer(@TempDir Path directory) {
    if (Target.given().isPresent()) {
      target = Target.given().get();
    } else {
      server = ServerProcess.start(directory.resolve("data"));
      target = new Target(List.of(server.url()), true);
    }
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void isAnsweredAsEtcdAnswers(Scenario scenario) {
    Optional<String> pending = target.isOurs() ? PENDING.reason(scenario) : Optional.empty();
    if (scenario.nodes() > target.members().size()) {
      abort(scenario.id() + " needs " + scenario.nodes() + " members");
    }

    Optional<String> problem = target.run(scenario);

    switch (Verdict.of(scenario, pending, problem)) {
      case Verdict.Passed() -> {}
      case Verdict.Skipped(String why) -> abort(why);
      case Verdict.Failed(String why) -> fail(why);
    }
  }

  @Test
  void onlyScenariosThatExistArePending() {
    List<String> names = Scenario.all().stream().map(Scenario::id).toList();

    assertThat(names).doesNotHaveDuplicates().containsAll(PENDING.reasons().keySet());
  }

  static Stream<Scenario> scenarios() {
    String only = System.getProperty("conformance.only", "");
    return Scenario.all().stream().filter(scenario -> scenario.id().contains(only));
  }
}
