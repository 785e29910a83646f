package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Renders every group once, without registering anything, and says how that went. It blocks, so it
 * runs on a thread of its own; the registry is asked on the given context.
 *
 * <p>The order of one group is the daemon's, so that a reload that fails here, or is cut off, is
 * owed in the ledger and done by whoever runs next.
 */
public final class SingleRender {
  private static final long RETRY_MILLIS = 200;

  private final Context context;
  private final Ports ports;
  private final Renderer renderer;
  private final Options options;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * What is wanted beside the rendering itself.
   *
   * @param isDry nothing is written, checked or reloaded
   * @param showsDiff the difference of old and new text is printed; this shows values
   * @param timeout how long the registry and missing keys are waited for
   * @param diff makes a unified diff of an old and a new text
   */
  public record Options(boolean isDry, boolean showsDiff, Duration timeout, Diff diff) {}

  /** Shows the difference of two texts. */
  public interface Diff {
    /** A unified diff; empty if they are equal. */
    String of(String name, String before, String after);
  }

  /** How a group ended, with the exit code that says so. */
  public enum Outcome {
    DONE(0),
    NOT_WRITTEN(1),
    TEMPLATE_FAILED(3),
    DATA_MISSING(4),
    CHECK_FAILED(5),
    RELOAD_FAILED(6),
    REGISTRY_FAILED(7);

    private final int exitCode;

    Outcome(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The exit code of a run in which this was the first trouble. */
    public int exitCode() {
      return exitCode;
    }
  }

  /** Makes one; {@code out} gets what happened, {@code err} what went wrong. */
  public SingleRender(
      Context context,
      Ports ports,
      Surroundings surroundings,
      Options options,
      PrintStream out,
      PrintStream err) {
    this.context = context;
    this.ports = ports;
    this.renderer = new Renderer(surroundings, ports.registry()::read, () -> 0);
    this.options = options;
    this.out = out;
    this.err = err;
  }

  /** Renders all groups, also after one has failed; returns the first trouble. */
  public Outcome run(List<RenderedGroup> groups) {
    Outcome first = Outcome.DONE;
    long deadline = System.nanoTime() + options.timeout().toNanos();
    for (RenderedGroup group : groups) {
      Outcome outcome = run(group, deadline);
      if (first == Outcome.DONE) {
        first = outcome;
      }
    }
    return first;
  }

  private Outcome run(RenderedGroup group, long deadline) {
    Attempt attempt = evaluate(group, deadline);
    return switch (attempt) {
      case Attempt.Trouble(Outcome outcome, String message) -> fail(group, outcome, message);
      case Attempt.Made(TemplateResult.Rendered made, long revision) -> {
        made.warnings().forEach(each -> err.println("warning: " + each));
        try {
          yield options.isDry()
              ? show(group, made.text(), revision)
              : write(group, made.text(), revision);
        } catch (IOException e) {
          yield fail(group, Outcome.NOT_WRITTEN, "cannot be written: " + e.getMessage());
        }
      }
    };
  }

  /** How an evaluation went. */
  private sealed interface Attempt {
    record Made(TemplateResult.Rendered result, long revision) implements Attempt {}

    record Trouble(Outcome outcome, String message) implements Attempt {}
  }

  /** Evaluates until it succeeds, fails for good, or time is up. */
  private Attempt evaluate(RenderedGroup group, long deadline) {
    while (true) {
      Attempt attempt = evaluateOnce(group);
      boolean mayChange =
          attempt instanceof Attempt.Trouble(Outcome outcome, _)
              && (outcome == Outcome.DATA_MISSING || outcome == Outcome.REGISTRY_FAILED);
      if (!mayChange || System.nanoTime() + RETRY_MILLIS * 1_000_000 > deadline) {
        return attempt;
      }
      try {
        Thread.sleep(RETRY_MILLIS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return attempt;
      }
    }
  }

  private Attempt evaluateOnce(RenderedGroup group) {
    Promise<Renderer.Outcome> promise = Promise.promise();
    List<KeyRange> nothingKnown = List.of();
    context.runOnContext(_ -> renderer.render(group.evaluator(), nothingKnown).onComplete(promise));
    try {
      Renderer.Outcome outcome = await(promise.future());
      return switch (outcome.result()) {
        case TemplateResult.Rendered made ->
            new Attempt.Made(made, outcome.read().answer().revision());
        case TemplateResult.Missing(_, _, String message, _) ->
            new Attempt.Trouble(Outcome.DATA_MISSING, message);
        case TemplateResult.Failed(_, String message, _) ->
            new Attempt.Trouble(Outcome.TEMPLATE_FAILED, message);
      };
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Attempt.Trouble(Outcome.REGISTRY_FAILED, String.valueOf(cause.getMessage()));
    }
  }

  private Outcome show(RenderedGroup group, String text, long revision) throws IOException {
    Optional<String> old = ports.files().text(group.spec().destination());
    boolean isSame = old.isPresent() && old.get().equals(text);
    out.println(
        (isSame ? "unchanged" : "would render")
            + " destination="
            + group.spec().destination()
            + " revision="
            + revision);
    if (!isSame && options.showsDiff()) {
      out.print(options.diff().of(group.spec().name(), old.orElse(""), text));
    }
    return Outcome.DONE;
  }

  private Outcome write(RenderedGroup group, String text, long revision) throws IOException {
    GroupSpec spec = group.spec();
    String hash = ContentHash.of(text);
    Ledger ledger = ports.ledgers().load(spec.name()).orElse(null);
    Optional<String> onDisk = ports.files().hash(spec.destination());
    boolean isSame = onDisk.isPresent() && onDisk.get().equals(hash);
    if (isSame) {
      out.println("unchanged destination=" + spec.destination() + " revision=" + revision);
      boolean isOwed = ledger != null && !hash.equals(ledger.acknowledged());
      return isOwed ? reload(spec, hash) : acknowledge(spec, hash);
    }
    if (options.showsDiff()) {
      String old = ports.files().text(spec.destination()).orElse("");
      out.print(options.diff().of(spec.name(), old, text));
    }
    OutputFiles.Staged staged = ports.files().stage(spec.destination(), text, spec.mode());
    try {
      Outcome checked = check(spec, staged);
      if (checked != Outcome.DONE) {
        ports.files().discard(staged);
        return checked;
      }
      String before = ledger == null ? null : ledger.acknowledged();
      ports
          .ledgers()
          .save(spec.name(), new Ledger(hash, hash, hash.equals(before) ? null : before));
      ports.files().replace(staged);
    } catch (IOException e) {
      ports.files().discard(staged);
      throw e;
    }
    out.println("rendered destination=" + spec.destination() + " revision=" + revision);
    return reload(spec, hash);
  }

  private Outcome check(GroupSpec spec, OutputFiles.Staged staged) {
    if (spec.check().isEmpty()) {
      return Outcome.DONE;
    }
    return command(
        spec,
        Outcome.CHECK_FAILED,
        "check",
        CommandOutcome.check(spec.check(), staged.path(), spec.checkTimeout()));
  }

  private Outcome reload(GroupSpec spec, String hash) throws IOException {
    if (!spec.reload().isEmpty()) {
      Outcome reloaded =
          command(
              spec,
              Outcome.RELOAD_FAILED,
              "reload",
              new Commands.Command(spec.reload(), "", spec.reloadTimeout()));
      if (reloaded != Outcome.DONE) {
        return reloaded;
      }
    }
    return acknowledge(spec, hash);
  }

  private Outcome acknowledge(GroupSpec spec, String hash) throws IOException {
    Ledger done = new Ledger(hash, hash, hash);
    if (!ports.ledgers().load(spec.name()).equals(Optional.of(done))) {
      ports.ledgers().save(spec.name(), done);
    }
    return Outcome.DONE;
  }

  /** A person waits for this run, so that the command's own words are shown to them. */
  private Outcome command(GroupSpec spec, Outcome ifFailed, String what, Commands.Command command) {
    Commands.Result result = ports.commands().run(command).toCompletableFuture().join();
    String failure = CommandOutcome.failure(what, command.arguments(), result);
    if (failure == null) {
      return Outcome.DONE;
    }
    String output = CommandOutcome.output(result);
    return fail(spec, ifFailed, output.isBlank() ? failure : failure + "\n" + output.strip());
  }

  private Outcome fail(RenderedGroup group, Outcome outcome, String message) {
    return fail(group.spec(), outcome, message);
  }

  private Outcome fail(GroupSpec spec, Outcome outcome, @Nullable String message) {
    err.println("error: " + spec.destination() + ": " + message);
    return outcome;
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
