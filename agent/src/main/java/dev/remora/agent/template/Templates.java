package dev.remora.agent.template;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The templates of one directory.
 *
 * <p>Parsed templates are kept while their text stays the same. Not thread-safe; one evaluation at
 * a time.
 */
public final class Templates {
  private static final int PEBBLE_SIZE_FACTOR = 4;

  private final TemplateFiles files;
  private final Limits limits;
  private final Machine machine;
  private final CurrentEvaluation current = new CurrentEvaluation();
  private final PebbleEngine engine;

  /**
   * Makes the engine: tens of milliseconds the first time in a JVM, well under one after that.
   *
   * @param machine by which evaluations are stopped that take too long or too much memory
   */
  public Templates(TemplateFiles files, Limits limits, Machine machine) {
    this.files = files;
    this.limits = limits;
    this.machine = machine;
    Language language = new Language(current);
    this.engine =
        new PebbleEngine.Builder()
            .loader(new SourceLoader(current))
            .templateCache(new SourceCache())
            .registerExtensionCustomizer(language::narrowed)
            .extension(language)
            .strictVariables(true)
            .autoEscaping(false)
            .newLineTrimming(false)
            .defaultLocale(Locale.ROOT)
            .methodAccessValidator((object, method) -> false)
            // Counts what macros make as well as what is printed of it, hence the factor.
            .maxRenderedSize(
                (int) Math.min(Integer.MAX_VALUE, (long) limits.outputChars() * PEBBLE_SIZE_FACTOR))
            .build();
  }

  /**
   * Evaluates a template of the directory against one revision's values.
   *
   * @param name path below the template directory
   */
  public TemplateResult render(String name, Values values) {
    return render(name, Map.of(), values);
  }

  /**
   * As {@link #render(String, Values)}, with further variables.
   *
   * @param given by name: maps, lists, strings, numbers, booleans or null
   */
  public TemplateResult render(String name, Map<String, ?> given, Values values) {
    return rendered(new Evaluation(values, files, limits, machine, given, name, null));
  }

  /**
   * Evaluates a text that is not in the directory but was written in the configuration, such as a
   * destination with a name in it.
   *
   * @param label names it in messages, where a file's name would stand
   */
  public TemplateResult renderText(String label, String text, Map<String, ?> given, Values values) {
    return rendered(inline(label, text, given, values));
  }

  /**
   * Evaluates an expression that a {@code for} tag could go through.
   *
   * @param label names it in messages, where a file's name would stand
   */
  public Items items(String label, String expression, Map<String, ?> given, Values values) {
    Evaluation evaluation = inline(label, "{{ " + expression + " }}", given, values);
    evaluation.collect();
    TemplateResult result = rendered(evaluation);
    if (!(result instanceof TemplateResult.Rendered)) {
      return new Items.NotFound(result);
    }
    List<@Nullable Object> printed = evaluation.collected();
    if (printed.size() != 1) {
      return new Items.NotFound(Faults.failed("it is not one expression", evaluation));
    }
    try {
      return new Items.Found(
          new ArrayList<>(LoopNode.elements(printed.getFirst(), evaluation)),
          evaluation.dependencies(),
          evaluation.warnings());
    } catch (RefusedException e) {
      return new Items.NotFound(Faults.failed(e, evaluation));
    }
  }

  private Evaluation inline(String label, String text, Map<String, ?> given, Values values) {
    return new Evaluation(values, files, limits, machine, given, label, text);
  }

  private TemplateResult rendered(Evaluation evaluation) {
    current.begin(evaluation);
    try {
      PebbleTemplate template = engine.getTemplate(evaluation.file());
      OutputWriter output = new OutputWriter(evaluation);
      template.evaluate(output, new HashMap<>(evaluation.given()));
      return new TemplateResult.Rendered(
          output.toString(), evaluation.dependencies(), evaluation.warnings());
    } catch (MissingKeyException e) {
      return Faults.missing(e, evaluation);
    } catch (PebbleException e) {
      return Faults.failed(e, evaluation);
    } catch (StackOverflowError e) {
      // Only a template nested absurdly deep does this; nothing but the evaluation is lost.
      return Faults.failed("expressions are nested too deep", evaluation);
    } catch (IOException | RuntimeException e) {
      return Faults.failed("cannot be evaluated: " + e.getClass().getSimpleName(), evaluation);
    } finally {
      current.end();
    }
  }
}
