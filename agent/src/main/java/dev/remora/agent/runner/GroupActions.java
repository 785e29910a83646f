package dev.remora.agent.runner;

import dev.remora.agent.render.Input;
import dev.remora.agent.render.Ledger;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Carries out what a group asks for on the disk and of programs, and tells how that ended. */
final class GroupActions {
  private final Vertx vertx;
  private final GroupSpec spec;
  private final GroupFiles files;
  private final Reloader reloader;
  private final Events events;
  private final Promise<Void> quiet = Promise.promise();

  /** What is on its way, until it is in place. */
  private List<OutputFiles.Output> outputs = List.of();

  private OutputFiles.@Nullable Staged staged;

  /** The files that were made of items, or may have been. */
  private List<Path> made = List.of();

  /** Those before what is being staged. */
  private List<Path> madeBefore = List.of();

  private int backups;

  /** What was begun and has not ended: reads, files, commands. */
  private int underWay;

  private boolean isStopping;

  /** What is told, on the context. */
  interface Events {
    /** The answer to an effect. */
    void ended(Input input);

    /** Why something did not work, before {@link #ended} says that it did not. */
    void failed(String why);

    void replaced();

    void reloaded(int attempt);

    void verified(boolean isGood);

    /** The return to an earlier version is over; {@code isThere} whether there was one. */
    void returned(boolean isThere);
  }

  GroupActions(Vertx vertx, Ports ports, GroupSpec spec, Reloader.Child child, Events events) {
    this.vertx = vertx;
    this.spec = spec;
    this.files = new GroupFiles(ports, spec);
    this.reloader = new Reloader(vertx, vertx.getOrCreateContext(), ports, child);
    this.events = events;
  }

  void begin(GroupFiles.Left left) {
    made = left.made();
    backups = left.backups();
  }

  GroupFiles files() {
    return files;
  }

  List<Path> made() {
    return made;
  }

  int backups() {
    return backups;
  }

  /** Completes once nothing is under way. */
  Future<Void> quiet() {
    isStopping = true;
    ended(0);
    return quiet.future();
  }

  /** Counts something as under way until it has ended. */
  <T extends @Nullable Object> Future<T> tracked(Future<T> begun) {
    underWay++;
    return begun.onComplete(_ -> ended(1));
  }

  private void ended(int count) {
    underWay -= count;
    if (isStopping && underWay == 0) {
      quiet.tryComplete();
    }
  }

  /** Compares what is to be with what is there; a stage that follows is of this. */
  Future<GroupFiles.Compared> compare(List<OutputFiles.Output> fresh) {
    outputs = fresh;
    List<Path> known = made;
    return tracked(vertx.executeBlocking(() -> files.compare(fresh, known, true), false));
  }

  void save(Ledger ledger) {
    List<Path> known = made;
    blocking(
        () -> {
          files.save(ledger, known);
          return ledger;
        },
        "the ledger cannot be saved",
        _ -> {},
        Input.LedgerDone::new);
  }

  void stage() {
    List<OutputFiles.Output> fresh = outputs;
    madeBefore = made;
    TreeSet<Path> both = new TreeSet<>(made);
    both.addAll(GroupFiles.made(fresh));
    made = List.copyOf(both);
    List<Path> before = madeBefore;
    blocking(
        () -> files.stage(fresh, before),
        "cannot be staged",
        done -> staged = done,
        Input.StageDone::new);
  }

  void check() {
    OutputFiles.Staged checked = staged;
    List<OutputFiles.Output> fresh = outputs;
    if (checked == null) {
      throw new IllegalStateException("a check of nothing staged");
    }
    Callable<@Nullable String> mistaken = () -> files.malformed(fresh).orElse(null);
    Future<@Nullable String> checking =
        vertx
            .executeBlocking(mistaken, false)
            .compose(mistake ->
                mistake != null || spec.check().isEmpty()
                    ? Future.succeededFuture(mistake)
                    : reloader.run(
                        "check",
                        CommandOutcome.check(spec.check(), checked.checked(), spec.checkTimeout())))
            .otherwise(failure -> "the check failed: " + failure.getMessage());
    tracked(checking)
        .onSuccess(failure -> {
          troubleUnlessNull(failure);
          events.ended(new Input.CheckDone(failure));
        });
  }

  void replace(boolean keeps) {
    OutputFiles.Staged replacing = staged;
    if (replacing == null) {
      throw new IllegalStateException("a replacement with nothing staged");
    }
    List<Path> before = madeBefore;
    blocking(
        () -> {
          files.replace(replacing, keeps, before);
          return files.backupCount();
        },
        "cannot be replaced",
        count -> {
          backups = count;
          staged = null;
          made = GroupFiles.made(outputs);
          outputs = List.of();
          events.replaced();
        },
        Input.WriteDone::new);
  }

  void reload(int attempt) {
    tracked(reloader.reload(spec.reloads()))
        .onSuccess(failure -> {
          if (failure == null) {
            events.reloaded(attempt);
          }
          troubleUnlessNull(failure);
          events.ended(new Input.ReloadDone(failure));
        });
  }

  void verify() {
    VerifySpec wanted = spec.verify();
    if (wanted == null) {
      throw new IllegalStateException("a look that nobody wants");
    }
    tracked(reloader.verify(wanted, spec.reloads()))
        .onSuccess(failure -> {
          troubleUnlessNull(failure);
          events.verified(failure == null);
          events.ended(new Input.VerifyDone(failure));
        });
  }

  void restore(String bad) {
    List<Path> before = made;
    AtomicReference<@Nullable String> hash = new AtomicReference<>();
    blocking(
        () -> files.restore(bad, before),
        "the earlier version cannot be put back",
        returned -> {
          hash.set(returned.hash());
          made = returned.made();
          backups = returned.backups();
          events.returned(returned.hash() != null);
        },
        failure -> new Input.Restored(hash.get(), failure));
  }

  void discard() {
    OutputFiles.Staged unwanted = staged;
    staged = null;
    made = madeBefore;
    if (unwanted != null) {
      blocking(
          () -> {
            files.discard(unwanted);
            return unwanted;
          },
          "a staged file cannot be removed",
          _ -> {},
          null);
    }
  }

  private <T> void blocking(
      Callable<T> work,
      String failed,
      Consumer<T> done,
      @Nullable Function<@Nullable String, Input> answer) {
    tracked(vertx.executeBlocking(work, false))
        .onComplete(result -> {
          String failure = null;
          if (result.succeeded()) {
            done.accept(result.result());
          } else {
            failure = failed + ": " + result.cause().getMessage();
            events.failed(failure);
          }
          if (answer != null) {
            events.ended(answer.apply(failure));
          }
        });
  }

  private void troubleUnlessNull(@Nullable String what) {
    if (what != null) {
      events.failed(what);
    }
  }
}
