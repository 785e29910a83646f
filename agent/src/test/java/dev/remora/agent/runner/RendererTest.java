package dev.remora.agent.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.template.Dependencies;
import dev.remora.agent.template.Values;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class RendererTest {
  private static final TemplateSpec TEMPLATE =
      new TemplateSpec(
          Path.of("t.peb"),
          "/out",
          null,
          null,
          null,
          TemplateSpec.Format.ANY,
          false,
          TemplateSpec.Write.RENAME,
          null);

  private final TreeMap<String, String> stored = new TreeMap<>();
  private final List<List<KeyRange>> reads = new ArrayList<>();
  private long revision = 10;

  private final Renderer renderer =
      new Renderer(new Surroundings("n", "/p", _ -> Optional.empty()), this::read, () -> 0);

  @Test
  void allThatIsAskedForIsReadTogetherAtOneRevision() {
    stored.put("/p/a", "1");
    stored.put("/p/b/x", "2");
    stored.put("/p/b/y", "3");

    Renderer.Outcome outcome =
        render(values ->
            rendered(
                values.key("/a").orElse("?") + values.tree("/b/").size(),
                List.of("/a"),
                List.of("/b/")));

    List<KeyRange> both = List.of(new KeyRange.Key("/p/a"), new KeyRange.Prefix("/p/b/"));
    assertThat(reads).containsExactly(both);
    assertThat(outcome.ranges()).isEqualTo(both);
    assertThat(outcome.read().answer().revision()).isEqualTo(11);
    assertThat(text(outcome)).isEqualTo("12");
  }

  @Test
  void keysThatNameOtherKeysAreFollowedAndTheLastReadHoldsAllOfThem() {
    stored.put("/p/a", "/b");
    stored.put("/p/b", "deep");

    Renderer.Outcome outcome =
        render(values -> {
          Optional<String> next = values.key("/a");
          return next.isEmpty()
              ? rendered("", List.of("/a"), List.of())
              : rendered(values.key(next.get()).orElse("?"), List.of("/a", next.get()), List.of());
        });

    assertThat(text(outcome)).isEqualTo("deep");
    assertThat(reads.getLast()).containsExactly(new KeyRange.Key("/p/a"), new KeyRange.Key("/p/b"));
  }

  @Test
  void whatAnEarlierRoundReadIsReadAgainSoThatRoundsComeToAnEnd() {
    stored.put("/p/a", "1");
    stored.put("/p/b", "2");

    Renderer.Outcome outcome =
        render(values ->
            values.key("/a").isPresent()
                ? rendered(values.key("/b").orElse("?"), List.of("/b"), List.of())
                : rendered("", List.of("/a"), List.of()));

    assertThat(text(outcome)).isEqualTo("2");
    assertThat(outcome.ranges()).containsExactly(new KeyRange.Key("/p/b"));
  }

  @Test
  void aTemplateThatAsksForNothingReadsNothing() {
    assertThat(render(_ -> rendered("fixed", List.of(), List.of())).ranges()).isEmpty();
    assertThat(reads).isEmpty();
  }

  @Test
  void anEndlessChainOfKeysIsCutOff() {
    List<String> asked = new ArrayList<>();

    Future<Renderer.Outcome> outcome =
        renderer.render(
            _ -> {
              asked.add("/k" + asked.size());
              return rendered("", asked, List.of());
            },
            List.of());

    assertThat(outcome.cause()).hasMessageContaining("asks for new keys");
    assertThat(reads).hasSize(19);
  }

  @Test
  void pathsAreShownWithoutTheRegistryPrefix() {
    stored.put("/p/b/x", "2");

    Renderer.Outcome outcome =
        render(values -> rendered(String.valueOf(values.tree("/b/")), List.of(), List.of("/b/")));

    assertThat(text(outcome)).isEqualTo("[KeyText[path=/b/x, value=2]]");
  }

  private Renderer.Outcome render(Function<Values, GroupResult> evaluator) {
    return renderer.render(evaluator, List.of()).result();
  }

  private static GroupResult rendered(String text, List<String> keys, List<String> prefixes) {
    OutputFiles.Content content = new OutputFiles.Content.Text(text);
    return new GroupResult.Made(
        List.of(new OutputFiles.Output(TEMPLATE.path(), content, TEMPLATE)),
        false,
        new Dependencies(new TreeSet<>(keys), new TreeSet<>(prefixes), new TreeSet<>()),
        List.of());
  }

  private static String text(Renderer.Outcome outcome) {
    GroupResult.Made made = (GroupResult.Made) outcome.result();
    return ((OutputFiles.Content.Text) made.outputs().getFirst().content()).text();
  }

  private Future<Registry.Ranges> read(List<KeyRange> ranges) {
    reads.add(ranges);
    revision++;
    List<List<KeyValue>> values =
        ranges.stream()
            .map(range ->
                stored.entrySet().stream()
                    .filter(entry -> range.contains(entry.getKey()))
                    .map(entry -> new KeyValue(entry.getKey(), entry.getValue(), 1, 1, 0))
                    .toList())
            .toList();
    return Future.succeededFuture(new Registry.Ranges(revision, values));
  }

  @Test
  void whatWasNotReadLooksEmpty() {
    Values values =
        new RevisionValues(new Surroundings("n", "", _ -> Optional.empty()), List.of(), 3);

    assertThat(values.key("/a")).isEmpty();
    assertThat(values.tree("/")).isEmpty();
    assertThat(values.ageSeconds()).isEqualTo(3);
  }
}
