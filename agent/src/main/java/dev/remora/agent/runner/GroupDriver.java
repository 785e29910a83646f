package dev.remora.agent.runner;

import dev.remora.agent.render.Effect;
import dev.remora.agent.render.Group;
import dev.remora.agent.render.GroupSettings;
import dev.remora.agent.render.Input;
import dev.remora.agent.template.TemplateResult;
import dev.remora.agent.view.Change;
import dev.remora.agent.view.GuardSettings;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives one {@link Group}: does what it asks for and tells it how that ended. */
final class GroupDriver {
  private static final Logger LOG = LoggerFactory.getLogger(GroupDriver.class);
  private static final long START_RETRY_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final Ports ports;
  private final GroupSpec spec;
  private final Evaluator evaluator;
  private final Renderer renderer;
  private final Guarded guarded;
  private final BiConsumer<GroupDriver, Renderer.ReadRanges> rendered;
  private final RandomGenerator random;

  private @Nullable Group group;
  private List<KeyRange> ranges = List.of();
  private List<String> warnings = List.of();
  private String text = "";
  private OutputFiles.@Nullable Staged staged;

  /** Changes up to here are rendered, or will be by the render that is asked for. */
  private long markedAt = -1;

  private long renderedRevision;
  private String reason = "start";
  private String lastTrouble = "";
  private boolean isInPlace;
  private boolean isWithoutRegistry;
  private boolean isStopped;

  /** What was begun and has not ended: reads, files, commands. */
  private int underWay;

  private final Promise<Void> quiet = Promise.promise();
  private long timer = -1;

  /**
   * Makes one that has not begun.
   *
   * @param rendered told of each evaluation, when {@link #ranges} is up to date
   */
  GroupDriver(
      Vertx vertx,
      Ports ports,
      RenderedGroup group,
      Source source,
      BiConsumer<GroupDriver, Renderer.ReadRanges> rendered,
      RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.ports = ports;
    this.spec = group.spec();
    this.evaluator = group.evaluator();
    this.guarded =
        new Guarded(
            vertx,
            spec.name(),
            source.surroundings().prefix(),
            source.guard(),
            () -> onReleased("the hold is over"));
    this.renderer =
        new Renderer(
            source.surroundings(),
            asked -> source.read().apply(asked).map(read -> guarded.filter(asked, read)),
            source.ageSeconds());
    this.rendered = rendered;
    this.random = random;
  }

  /**
   * Where its values come from.
   *
   * @param read reads ranges at one revision
   * @param ageSeconds how long ago the registry last confirmed what {@code read} answers
   */
  record Source(
      Surroundings surroundings,
      GuardSettings guard,
      Function<List<KeyRange>, Future<Registry.Ranges>> read,
      LongSupplier ageSeconds) {}

  /** Begins with what an earlier life left. */
  void start() {
    record Left(Optional<dev.remora.agent.render.Ledger> ledger, Optional<String> onDisk) {}
    vertx
        .executeBlocking(
            () ->
                new Left(ports.ledgers().load(spec.name()), ports.files().hash(spec.destination())),
            false)
        .onSuccess(left -> begin(left.ledger().orElse(null), left.onDisk().orElse(null)))
        .onFailure(failure -> {
          trouble("cannot read what was left: " + failure.getMessage());
          vertx.setTimer(START_RETRY_MILLIS, _ -> start());
        });
  }

  private void begin(dev.remora.agent.render.@Nullable Ledger ledger, @Nullable String onDisk) {
    GroupSettings settings =
        GroupSettings.of(
            !spec.check().isEmpty(),
            !spec.reload().isEmpty(),
            spec.settleMin().toMillis(),
            spec.settleMax().toMillis());
    Group begun = new Group(settings, ledger, onDisk, random);
    group = begun;
    begun.start().forEach(this::perform);
    mark(0, "start");
  }

  /** What the last evaluation asked for. */
  List<KeyRange> ranges() {
    return ranges;
  }

  /** Whether the destination has held what its template makes, at least once. */
  boolean isInPlace() {
    return isInPlace;
  }

  /** Marks the group dirty, if the change is one it does not know of yet. */
  void onChange(Change change) {
    if (ranges.contains(change.range())) {
      mark(change.revision(), "changed " + change.range().start());
    }
  }

  /** The registry has another history: its revisions count from anew. */
  void onRewound() {
    markedAt = -1;
    mark(0, "the registry went back");
  }

  /** Something else is to be shown of what the template asked for. */
  void onReleased(String why) {
    markedAt = -1;
    mark(0, why);
  }

  /** The registry has been read: what was rendered without it is rendered anew. */
  void onRead() {
    if (isWithoutRegistry) {
      isWithoutRegistry = false;
      onReleased("the registry is back");
    }
  }

  /**
   * Begins nothing more; completes once nothing is under way. What was not finished is finished by
   * the next life.
   */
  Future<Void> stop() {
    isStopped = true;
    vertx.cancelTimer(timer);
    guarded.stop();
    ended(0);
    return quiet.future();
  }

  private void ended(int count) {
    underWay -= count;
    if (isStopped && underWay == 0) {
      quiet.tryComplete();
    }
  }

  private static OptionalLong fromNow(OptionalLong deadline) {
    return deadline.isEmpty()
        ? deadline
        : OptionalLong.of(Math.max(0, deadline.getAsLong() - Clock.millis()));
  }

  GroupSpec spec() {
    return spec;
  }

  /** How far it is, for people. */
  GroupStatus status() {
    Group begun = group;
    return new GroupStatus(
        spec.name(),
        isInPlace,
        renderedRevision,
        begun == null ? Optional.empty() : Optional.of(begun.state()),
        lastTrouble,
        guarded.held(),
        begun == null ? Optional.empty() : begun.ledger(),
        begun == null ? OptionalLong.empty() : fromNow(begun.nextDeadline()));
  }

  private void mark(long revision, String why) {
    if (revision > markedAt) {
      markedAt = revision;
      reason = why;
      feed(new Input.Dirty(revision));
    }
  }

  private void feed(Input input) {
    if (isStopped || group == null) {
      return;
    }
    group.step(Clock.millis(), input).forEach(this::perform);
    vertx.cancelTimer(timer);
    OptionalLong deadline = group.nextDeadline();
    if (deadline.isPresent()) {
      long wait = Math.max(1, deadline.getAsLong() - Clock.millis());
      timer = vertx.setTimer(wait, _ -> feed(new Input.Tick()));
    }
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Render _ -> render();
      case Effect.Stage _ -> stage();
      case Effect.Check _ -> check();
      case Effect.SaveLedger(var ledger) ->
          blocking(
              () -> {
                ports.ledgers().save(spec.name(), ledger);
                return ledger;
              },
              "the ledger cannot be saved",
              _ -> {},
              Input.LedgerDone::new);
      case Effect.Replace _ -> replace();
      case Effect.Reload(_, int attempt) -> reload(attempt);
      case Effect.Discard() -> discard();
    }
  }

  private void render() {
    underWay++;
    renderer
        .render(evaluator, ranges)
        .onComplete(_ -> ended(1))
        .onSuccess(outcome -> {
          ranges = outcome.ranges();
          renderedRevision = outcome.read().answer().revision();
          isWithoutRegistry = renderedRevision == 0 && !ranges.isEmpty();
          markedAt = Math.max(markedAt, renderedRevision);
          rendered.accept(this, outcome.read());
          onResult(outcome.result());
        })
        .onFailure(failure -> {
          String why = String.valueOf(failure.getMessage());
          trouble(why);
          feed(new Input.NotRendered(why, false, true));
        });
  }

  private void onResult(TemplateResult result) {
    switch (result) {
      case TemplateResult.Missing(_, _, String message, _) -> {
        trouble(message);
        feed(new Input.NotRendered(message, true, false));
      }
      case TemplateResult.Failed(_, String message, _) -> {
        trouble(message);
        feed(new Input.NotRendered(message, false, false));
      }
      case TemplateResult.Rendered(String made, _, List<String> found) -> {
        warn(found);
        text = made;
        String hash = ContentHash.of(made);
        underWay++;
        vertx
            .executeBlocking(() -> ports.files().hash(spec.destination()), false)
            .onComplete(_ -> ended(1))
            .onSuccess(onDisk -> onCompared(hash, onDisk.orElse(null)))
            .onFailure(failure -> {
              String why = "the destination cannot be read: " + failure.getMessage();
              trouble(why);
              feed(new Input.NotRendered(why, false, true));
            });
      }
    }
  }

  private void onCompared(String hash, @Nullable String onDisk) {
    if (hash.equals(onDisk)) {
      inPlace();
    }
    feed(new Input.Rendered(hash, onDisk));
  }

  private void stage() {
    String made = text;
    blocking(
        () -> ports.files().stage(spec.destination(), made, spec.mode()),
        "cannot be staged",
        fresh -> staged = fresh,
        Input.StageDone::new);
  }

  private void check() {
    if (staged == null) {
      throw new IllegalStateException("a check of nothing staged");
    }
    command("check", CommandOutcome.check(spec.check(), staged.path(), spec.checkTimeout()))
        .onSuccess(failure -> feed(new Input.CheckDone(failure)));
  }

  private void replace() {
    OutputFiles.Staged replacing = staged;
    if (replacing == null) {
      throw new IllegalStateException("a replacement with nothing staged");
    }
    blocking(
        () -> {
          ports.files().replace(replacing);
          return replacing;
        },
        "cannot be replaced",
        _ -> onReplaced(),
        Input.WriteDone::new);
  }

  private void onReplaced() {
    staged = null;
    LOG.info(
        "rendered destination={} revision={} reason=\"{}\" at_us={}",
        spec.destination(),
        renderedRevision,
        reason,
        ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
    inPlace();
  }

  private void reload(int attempt) {
    Commands.Command command = new Commands.Command(spec.reload(), "", spec.reloadTimeout());
    command("reload", command)
        .onSuccess(failure -> {
          if (failure == null) {
            LOG.info("reloaded destination={} attempt={}", spec.destination(), attempt);
          }
          feed(new Input.ReloadDone(failure));
        });
  }

  private void discard() {
    OutputFiles.Staged unwanted = staged;
    staged = null;
    if (unwanted != null) {
      blocking(
          () -> {
            ports.files().discard(unwanted);
            return unwanted;
          },
          "a staged file cannot be removed",
          _ -> {},
          null);
    }
  }

  /** Runs a command and answers why it failed, or with null. */
  private Future<@Nullable String> command(String what, Commands.Command command) {
    underWay++;
    return Future.fromCompletionStage(ports.commands().run(command), context)
        .onComplete(_ -> ended(1))
        .map(result -> CommandOutcome.failure(what, command.arguments(), result))
        .otherwise(failure -> what + " failed: " + failure.getClass().getSimpleName())
        .onSuccess(failure -> {
          if (failure != null) {
            trouble(failure);
          }
        });
  }

  private <T> void blocking(
      Callable<T> work,
      String failed,
      java.util.function.Consumer<T> done,
      @Nullable Function<@Nullable String, Input> answer) {
    underWay++;
    vertx
        .executeBlocking(work, false)
        .onComplete(_ -> ended(1))
        .onComplete(result -> {
          String failure = null;
          if (result.succeeded()) {
            done.accept(result.result());
          } else {
            failure = failed + ": " + result.cause().getMessage();
            trouble(failure);
          }
          if (answer != null) {
            feed(answer.apply(failure));
          }
        });
  }

  private void inPlace() {
    isInPlace = true;
    lastTrouble = "";
    rendered.accept(this, Renderer.ReadRanges.NOTHING);
  }

  private void warn(List<String> found) {
    if (!found.equals(warnings)) {
      warnings = found;
      found.forEach(each -> LOG.warn("destination={} {}", spec.destination(), each));
    }
  }

  /** Says once why the destination is not what it should be; it is retried more often than said. */
  private void trouble(String what) {
    if (!what.equals(lastTrouble)) {
      lastTrouble = what;
      LOG.warn(
          "not rendered, the last good file stands destination={}: {}",
          spec.destination(),
          what.strip().replaceAll("\\s*\\R\\s*", " | "));
    }
  }
}
