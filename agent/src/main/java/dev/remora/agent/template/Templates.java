package dev.remora.agent.template;

import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.error.PebbleException;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.io.IOException;
import java.util.Locale;

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
  private final CurrentEvaluation current = new CurrentEvaluation();
  private final PebbleEngine engine;

  /** Makes the engine: tens of milliseconds the first time in a JVM, well under one after that. */
  public Templates(TemplateFiles files, Limits limits) {
    this.files = files;
    this.limits = limits;
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
    Evaluation evaluation = new Evaluation(values, files, limits, name);
    current.begin(evaluation);
    try {
      PebbleTemplate template = engine.getTemplate(name);
      OutputWriter output = new OutputWriter(evaluation);
      template.evaluate(output);
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
