package dev.remora.agent.runner;

import dev.remora.agent.template.Dependencies;
import dev.remora.agent.template.Items;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.template.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates all templates of a group against the same values. Also those behind one that fails, so
 * that everything the group depends on is known.
 */
final class GroupEvaluation {
  private static final int FILES_MAX = 10_000;
  private static final List<String> NOT_FROZEN = List.of("", "0", "false", "no", "off");

  private final RenderedGroup group;

  GroupEvaluation(RenderedGroup group) {
    this.group = group;
  }

  GroupResult evaluate(Values values) {
    Run run = new Run(values);
    if (group.spec().freezeKey() != null) {
      run.freeze(group.spec().freezeKey());
    }
    for (int i = 0; i < group.evaluators().size(); i++) {
      TemplateSpec template = group.spec().templates().get(i);
      Evaluator evaluator = group.evaluators().get(i);
      if (template.forEach() == null) {
        String text = run.text(evaluator.evaluate(Map.of(), values));
        if (text != null) {
          run.add(template, template.path(), text);
        }
      } else {
        run.each(template, template.forEach(), evaluator);
      }
    }
    return run.result();
  }

  /** One evaluation: the first trouble counts. */
  private static final class Run {
    private final Values values;
    private final TreeMap<Path, OutputFiles.Output> outputs = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();
    private Dependencies dependencies = Dependencies.none();
    private @Nullable TemplateResult trouble;
    private @Nullable String refusal;
    private boolean isFrozen;

    Run(Values values) {
      this.values = values;
    }

    /** What is set to anything but a word for no is set. */
    void freeze(String key) {
      dependencies = dependencies.and(new Dependencies(sorted(key), sorted(), sorted()));
      isFrozen =
          values
              .key(key)
              .map(value -> !NOT_FROZEN.contains(value.strip().toLowerCase(Locale.ROOT)))
              .orElse(false);
    }

    private static SortedSet<String> sorted(String... names) {
      return new TreeSet<>(List.of(names));
    }

    void each(TemplateSpec template, TemplateSpec.ForEach forEach, Evaluator evaluator) {
      Items items = evaluator.items(values);
      dependencies = dependencies.and(items.dependencies());
      switch (items) {
        case Items.NotFound(TemplateResult reason) -> fail(reason);
        case Items.Found(List<@Nullable Object> elements, _, List<String> found) -> {
          warnings.addAll(found);
          MadePath paths = new MadePath(template.destination());
          int place = 0;
          for (Object item : elements) {
            place++;
            one(template, forEach, evaluator, paths, item, place);
          }
        }
      }
    }

    private void one(
        TemplateSpec template,
        TemplateSpec.ForEach forEach,
        Evaluator evaluator,
        MadePath paths,
        @Nullable Object item,
        int place) {
      Map<String, @Nullable Object> given = new HashMap<>();
      given.put(forEach.as(), item);
      String destination = text(evaluator.destination(given, values));
      String text = text(evaluator.evaluate(given, values));
      if (destination == null || text == null) {
        return;
      }
      Path path = paths.of(destination).orElse(null);
      if (path == null) {
        refuse(
            "for_each: item "
                + place
                + " does not name a file of "
                + MadePath.written(template.destination()));
      } else {
        add(template, path, text);
      }
    }

    void add(TemplateSpec template, Path path, String text) {
      var output =
          new OutputFiles.Output(
              path.toAbsolutePath().normalize(), new OutputFiles.Content.Text(text), template);
      if (outputs.putIfAbsent(output.destination(), output) != null) {
        refuse("two templates or items make the same file of " + template.destination());
      } else if (outputs.size() > FILES_MAX) {
        refuse("more than " + FILES_MAX + " files");
      }
    }

    /** The text, or null after it was remembered why there is none. */
    @Nullable String text(TemplateResult result) {
      dependencies = dependencies.and(result.dependencies());
      if (result instanceof TemplateResult.Rendered(String text, _, List<String> found)) {
        warnings.addAll(found);
        return text;
      }
      fail(result);
      return null;
    }

    private void fail(TemplateResult result) {
      if (trouble == null) {
        trouble = result;
      }
    }

    private void refuse(String why) {
      if (refusal == null) {
        refusal = why;
      }
    }

    GroupResult result() {
      if (trouble instanceof TemplateResult.Missing(_, _, String message, _)) {
        return new GroupResult.Missing(message, dependencies);
      }
      if (trouble instanceof TemplateResult.Failed(_, String message, _)) {
        return new GroupResult.Failed(message, dependencies);
      }
      if (refusal != null) {
        return new GroupResult.Failed(refusal, dependencies);
      }
      return new GroupResult.Made(
          List.copyOf(outputs.values()),
          isFrozen,
          dependencies,
          warnings.stream().distinct().toList());
    }
  }
}
