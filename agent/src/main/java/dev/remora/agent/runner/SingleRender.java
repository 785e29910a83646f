package dev.remora.agent.runner;

import dev.remora.agent.render.Ledger;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
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

  /** A program that is started later reads the files then. */
  static final Reloader.Child NO_CHILD =
      new Reloader.Child() {
        @Override
        public boolean isStarted() {
          return false;
        }

        @Override
        public Future<@Nullable String> reload(boolean isRestart) {
          return Future.succeededFuture(null);
        }
      };

  private final Context context;
  private final Ports ports;
  private final Vertx vertx;
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
      Vertx vertx,
      Context context,
      Ports ports,
      Surroundings surroundings,
      Options options,
      PrintStream out,
      PrintStream err) {
    this.vertx = vertx;
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
      case Attempt.Made(GroupResult.Made made, long revision) -> {
        made.warnings().forEach(each -> err.println("warning: " + each));
        try {
          yield options.isDry()
              ? show(group.spec(), made, revision)
              : write(group.spec(), made, revision);
        } catch (IOException e) {
          yield fail(group, Outcome.NOT_WRITTEN, "cannot be written: " + e.getMessage());
        }
      }
    };
  }

  /** How an evaluation went. */
  private sealed interface Attempt {
    record Made(GroupResult.Made result, long revision) implements Attempt {}

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
    GroupEvaluation evaluation = new GroupEvaluation(group);
    context.runOnContext(
        _ -> renderer.render(evaluation::evaluate, nothingKnown).onComplete(promise));
    try {
      Renderer.Outcome outcome = await(promise.future());
      return switch (outcome.result()) {
        case GroupResult.Made made -> new Attempt.Made(made, outcome.read().answer().revision());
        case GroupResult.Missing(String message, _) ->
            new Attempt.Trouble(Outcome.DATA_MISSING, message);
        case GroupResult.Failed(String message, _) ->
            new Attempt.Trouble(Outcome.TEMPLATE_FAILED, message);
      };
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return new Attempt.Trouble(Outcome.REGISTRY_FAILED, String.valueOf(cause.getMessage()));
    }
  }

  private Outcome show(GroupSpec spec, GroupResult.Made made, long revision) throws IOException {
    GroupFiles files = new GroupFiles(ports, spec);
    GroupFiles.Compared compared = files.compare(made.outputs(), files.left().made(), false);
    boolean isSame = compared.hash().equals(compared.onDisk());
    out.println(
        (isSame ? "unchanged " : "would render ") + subject(spec) + " revision=" + revision);
    if (!isSame) {
      diff(made.outputs());
    }
    return Outcome.DONE;
  }

  /** Shows what is different, but for what is sensitive. */
  private void diff(List<OutputFiles.Output> outputs) throws IOException {
    if (!options.showsDiff()) {
      return;
    }
    for (OutputFiles.Output output : outputs) {
      String before = ports.files().text(output.destination()).orElse("");
      String after = ((OutputFiles.Content.Text) output.content()).text();
      if (!before.equals(after)) {
        out.print(
            output.how().isSensitive()
                ? output.destination() + " differs; it is sensitive\n"
                : options.diff().of(output.destination().toString(), before, after));
      }
    }
  }

  private static String subject(GroupSpec spec) {
    return (spec.isDirectory() ? "group=" : "destination=") + spec.name();
  }

  private Outcome write(GroupSpec spec, GroupResult.Made made, long revision) throws IOException {
    GroupFiles files = new GroupFiles(ports, spec);
    GroupFiles.Left left = files.left();
    Ledger ledger = left.ledger();
    GroupFiles.Compared compared = files.compare(made.outputs(), left.made(), true);
    String hash = compared.hash();
    if (hash.equals(compared.onDisk())) {
      out.println("unchanged " + subject(spec) + " revision=" + revision);
      boolean isOwed = ledger != null && !hash.equals(ledger.acknowledged());
      return isOwed
          ? reload(spec, files, hash, left.made())
          : acknowledge(files, ledger, hash, left.made());
    }
    if (ledger != null && hash.equals(ledger.quarantined())) {
      return fail(spec, Outcome.CHECK_FAILED, "the program did not work with this content before");
    }
    if (made.isFrozen()) {
      out.println("frozen " + subject(spec) + " revision=" + revision);
      return Outcome.DONE;
    }
    diff(made.outputs());
    OutputFiles.Staged staged = files.stage(made.outputs(), left.made());
    TreeSet<Path> both = new TreeSet<>(left.made());
    both.addAll(GroupFiles.made(made.outputs()));
    try {
      Outcome checked = check(spec, files, made.outputs(), staged);
      if (checked != Outcome.DONE) {
        files.discard(staged);
        return checked;
      }
      String before = ledger == null ? null : ledger.acknowledged();
      files.save(new Ledger(hash, hash, hash.equals(before) ? null : before), both);
      boolean isProven = ledger == null || !ledger.isReloadOwed();
      files.replace(staged, isProven, left.made());
    } catch (IOException e) {
      files.discard(staged);
      throw e;
    }
    out.println("rendered " + subject(spec) + " revision=" + revision);
    return reload(spec, files, hash, GroupFiles.made(made.outputs()));
  }

  private Outcome check(
      GroupSpec spec, GroupFiles files, List<OutputFiles.Output> outputs, OutputFiles.Staged staged)
      throws IOException {
    Optional<String> malformed = files.malformed(outputs);
    if (malformed.isPresent()) {
      return fail(spec, Outcome.CHECK_FAILED, malformed.get());
    }
    if (spec.check().isEmpty()) {
      return Outcome.DONE;
    }
    return command(
        spec,
        Outcome.CHECK_FAILED,
        "check",
        CommandOutcome.check(spec.check(), staged.checked(), spec.checkTimeout()));
  }

  private Outcome reload(GroupSpec spec, GroupFiles files, String hash, List<Path> made)
      throws IOException {
    for (ReloadSpec each : spec.reloads()) {
      Outcome reloaded =
          each instanceof ReloadSpec.Command(List<String> command, Duration timeout)
              ? command(
                  spec, Outcome.RELOAD_FAILED, "reload", new Commands.Command(command, "", timeout))
              : told(spec, Outcome.RELOAD_FAILED, ask(reloader -> reloader.reload(List.of(each))));
      if (reloaded != Outcome.DONE) {
        return reloaded;
      }
    }
    VerifySpec verify = spec.verify();
    if (verify != null) {
      String failure = ask(reloader -> reloader.verify(verify, spec.reloads()));
      if (failure != null) {
        return takeBack(spec, files, hash, made, failure);
      }
    }
    return acknowledge(files, null, hash, made);
  }

  /** The order of the daemon: first it is recorded, then the earlier version is back. */
  private Outcome takeBack(
      GroupSpec spec, GroupFiles files, String bad, List<Path> made, String why)
      throws IOException {
    files.save(new Ledger(bad, bad, null, bad), made);
    GroupFiles.Returned returned = files.restore(bad, made);
    if (returned.hash() != null) {
      files.save(new Ledger(bad, returned.hash(), null, bad), returned.made());
      String failure = ask(reloader -> reloader.reload(spec.reloads()));
      if (failure != null) {
        return told(spec, Outcome.RELOAD_FAILED, why + "; the earlier version is back, " + failure);
      }
      files.save(new Ledger(bad, returned.hash(), returned.hash(), bad), returned.made());
    }
    return fail(
        spec,
        Outcome.CHECK_FAILED,
        why
            + (returned.hash() == null
                ? "; there is no earlier version"
                : "; the earlier version is back"));
  }

  private Outcome acknowledge(
      GroupFiles files, @Nullable Ledger before, String hash, List<Path> made) throws IOException {
    Ledger done = new Ledger(hash, hash, hash);
    if (!done.equals(before)) {
      files.save(done, made);
    }
    return Outcome.DONE;
  }

  /** Asks on the context, and waits for the answer. */
  private @Nullable String ask(Function<Reloader, Future<@Nullable String>> question) {
    Promise<@Nullable String> answer = Promise.promise();
    context.runOnContext(
        _ -> question.apply(new Reloader(vertx, context, ports, NO_CHILD)).onComplete(answer));
    return await(answer.future());
  }

  private Outcome told(GroupSpec spec, Outcome ifFailed, @Nullable String failure) {
    return failure == null ? Outcome.DONE : fail(spec, ifFailed, failure);
  }

  /**
   * A person waits for this run, so that the command's own words are shown to them, unless these
   * may quote something sensitive.
   */
  private Outcome command(GroupSpec spec, Outcome ifFailed, String what, Commands.Command command) {
    Commands.Result result = ports.commands().run(command).toCompletableFuture().join();
    String failure = CommandOutcome.failure(what, command.arguments(), result);
    if (failure == null) {
      return Outcome.DONE;
    }
    String output = spec.isSensitive() ? "" : CommandOutcome.output(result);
    return fail(spec, ifFailed, output.isBlank() ? failure : failure + "\n" + output.strip());
  }

  private Outcome fail(RenderedGroup group, Outcome outcome, String message) {
    return fail(group.spec(), outcome, message);
  }

  private Outcome fail(GroupSpec spec, Outcome outcome, @Nullable String message) {
    err.println("error: " + spec.name() + ": " + message);
    return outcome;
  }

  private static <T extends @Nullable Object> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
