package dev.remora.agent.runner;

import dev.remora.agent.render.Effect;
import dev.remora.agent.render.Group;
import dev.remora.agent.render.GroupSettings;
import dev.remora.agent.render.Input;
import dev.remora.agent.render.Ledger;
import dev.remora.agent.view.Change;
import dev.remora.agent.view.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
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
  private final GroupSpec spec;
  private final GroupActions actions;
  private final GroupHistory history = new GroupHistory();
  private final GroupEvaluation evaluation;
  private final Renderer renderer;
  private final Guarded guarded;
  private final BiConsumer<GroupDriver, Renderer.ReadRanges> rendered;
  private final RandomGenerator random;

  private @Nullable Group group;
  private List<KeyRange> ranges = List.of();
  private List<String> warnings = List.of();

  /** Changes up to here are rendered, or will be by the render that is asked for. */
  private long markedAt = -1;

  private long renderedRevision;
  private String reason = "start";
  private String lastTrouble = "";
  private boolean isInPlace;
  private boolean isWithoutRegistry;
  private boolean isStopped;

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
      Reloader.Child child,
      BiConsumer<GroupDriver, Renderer.ReadRanges> rendered,
      RandomGenerator random) {
    this.vertx = vertx;
    this.spec = group.spec();
    this.actions = new GroupActions(vertx, ports, spec, child, new Events());
    this.evaluation = new GroupEvaluation(group);
    this.guarded =
        new Guarded(
            vertx,
            spec.name(),
            source.surroundings().prefix(),
            spec.guard(),
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
      Function<List<KeyRange>, Future<Registry.Ranges>> read,
      LongSupplier ageSeconds) {}

  /** Begins with what an earlier life left. */
  void start() {
    vertx
        .executeBlocking(actions.files()::left, false)
        .onSuccess(this::begin)
        .onFailure(failure -> {
          trouble("cannot read what was left: " + failure.getMessage());
          vertx.setTimer(START_RETRY_MILLIS, _ -> start());
        });
  }

  private void begin(GroupFiles.Left left) {
    ReloadLimit limit = spec.reloadLimit();
    boolean isFormatted =
        spec.templates().stream().anyMatch(each -> each.format() != TemplateSpec.Format.ANY);
    GroupSettings settings =
        GroupSettings.of(
                !spec.check().isEmpty() || isFormatted,
                !spec.reloads().isEmpty(),
                spec.settleMin().toMillis(),
                spec.settleMax().toMillis())
            .with(
                spec.verify() != null,
                limit == null ? 0 : limit.max(),
                limit == null ? 0 : limit.period().toMillis());
    Group begun = new Group(settings, left.ledger(), left.onDisk(), random);
    group = begun;
    actions.begin(left);
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
      history.onChange(change);
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
    return actions.quiet();
  }

  private static OptionalLong fromNow(OptionalLong deadline) {
    return deadline.isEmpty()
        ? deadline
        : OptionalLong.of(Math.max(0, deadline.getAsLong() - Clock.millis()));
  }

  GroupSpec spec() {
    return spec;
  }

  /**
   * Puts the earlier version back. It stays until the templates make something else than now.
   *
   * @return false if there is none, or the group is busy with its beginning
   */
  boolean rollBack() {
    Group begun = group;
    if (begun == null || actions.backups() == 0 || begun.ledger().isEmpty()) {
      return false;
    }
    reason = "rollback";
    feed(new Input.Rollback());
    return true;
  }

  /** How far it is, for people. */
  GroupStatus status() {
    Group begun = group;
    TreeSet<Path> paths = new TreeSet<>(actions.made());
    paths.addAll(spec.fixedPaths());
    return new GroupStatus(
        spec.name(),
        List.copyOf(paths),
        isInPlace,
        renderedRevision,
        begun == null ? Optional.empty() : Optional.of(begun.state()),
        lastTrouble,
        guarded.held(),
        begun == null ? Optional.empty() : begun.ledger(),
        begun == null ? OptionalLong.empty() : fromNow(begun.nextDeadline()),
        begun == null || spec.reloadLimit() == null
            ? OptionalInt.empty()
            : OptionalInt.of(begun.reloadsLeft(Clock.millis())),
        actions.backups(),
        history.uses(),
        history.changes(),
        reason);
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
      case Effect.Stage _ -> actions.stage();
      case Effect.Check _ -> actions.check();
      case Effect.SaveLedger(Ledger ledger) -> actions.save(ledger);
      case Effect.Replace(_, boolean keeps) -> actions.replace(keeps);
      case Effect.Reload(_, int attempt) -> actions.reload(attempt);
      case Effect.Verify _ -> actions.verify();
      case Effect.Restore(String bad) -> actions.restore(bad);
      case Effect.Discard() -> actions.discard();
    }
  }

  private void render() {
    actions
        .tracked(renderer.render(evaluation::evaluate, ranges))
        .onSuccess(outcome -> {
          ranges = outcome.ranges();
          renderedRevision = outcome.read().answer().revision();
          isWithoutRegistry = renderedRevision == 0 && !ranges.isEmpty();
          markedAt = Math.max(markedAt, renderedRevision);
          history.onRendered(outcome.read());
          rendered.accept(this, outcome.read());
          onResult(outcome.result());
        })
        .onFailure(failure -> {
          String why = String.valueOf(failure.getMessage());
          trouble(why);
          feed(new Input.NotRendered(why, false, true));
        });
  }

  private void onResult(GroupResult result) {
    switch (result) {
      case GroupResult.Missing(String message, _) -> {
        trouble(message);
        feed(new Input.NotRendered(message, true, false));
      }
      case GroupResult.Failed(String message, _) -> {
        trouble(message);
        feed(new Input.NotRendered(message, false, false));
      }
      case GroupResult.Made(
              List<OutputFiles.Output> fresh,
              boolean isFrozen,
              _,
              List<String> found) -> {
        warn(found);
        actions
            .compare(fresh)
            .onSuccess(compared -> onCompared(compared, isFrozen))
            .onFailure(failure -> {
              String why = "the destination cannot be read: " + failure.getMessage();
              trouble(why);
              feed(new Input.NotRendered(why, false, true));
            });
      }
    }
  }

  private void onCompared(GroupFiles.Compared compared, boolean isFrozen) {
    if (compared.hash().equals(compared.onDisk())) {
      inPlace();
    } else if (isFrozen) {
      trouble("a change waits while " + spec.freezeKey() + " is set");
    }
    boolean isTaken =
        group != null
            && group.ledger().map(Ledger::quarantined).filter(compared.hash()::equals).isPresent();
    if (compared.onDisk() != null && (isFrozen || isTaken)) {
      isInPlace = true; // What is there is what is meant to be there for now.
      rendered.accept(this, Renderer.ReadRanges.NOTHING);
    }
    feed(new Input.Rendered(compared.hash(), compared.onDisk(), isFrozen));
  }

  /** What the actions tell. */
  private final class Events implements GroupActions.Events {
    @Override
    public void ended(Input input) {
      feed(input);
    }

    @Override
    public void failed(String why) {
      trouble(why);
    }

    @Override
    public void replaced() {
      LOG.info(
          "rendered {} revision={} reason=\"{}\" at_us={}",
          subject(),
          renderedRevision,
          reason,
          ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
      inPlace();
    }

    @Override
    public void reloaded(int attempt) {
      LOG.info("reloaded {} attempt={}", subject(), attempt);
      if (group != null && group.ledger().map(Ledger::quarantined).isEmpty()) {
        lastTrouble = "";
      }
    }

    @Override
    public void verified(boolean isGood) {
      LOG.info("{} {}", isGood ? "verified" : "not verified", subject());
    }

    @Override
    public void returned(boolean isThere) {
      LOG.warn(
          "{} {}",
          isThere ? "the earlier version is back:" : "there is no earlier version of",
          subject());
    }
  }

  private void inPlace() {
    isInPlace = true;
    lastTrouble = "";
    rendered.accept(this, Renderer.ReadRanges.NOTHING);
  }

  /** What the log calls it: a single file by its path. */
  private String subject() {
    return (spec.isDirectory() ? "group=" : "destination=") + spec.name();
  }

  private void warn(List<String> found) {
    if (!found.equals(warnings)) {
      warnings = found;
      found.forEach(each -> LOG.warn("{} {}", subject(), each));
    }
  }

  /** Says once why the destination is not what it should be; it is retried more often than said. */
  private void trouble(String what) {
    if (!what.equals(lastTrouble)) {
      lastTrouble = what;
      LOG.warn(
          "not rendered, the last good file stands {}: {}",
          subject(),
          what.strip().replaceAll("\\s*\\R\\s*", " | "));
    }
  }
}
