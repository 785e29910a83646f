package dev.remora.agent.render;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A machine with one destination, one program and one agent that can be killed between any two
 * actions. The disk and the program outlive the agent.
 */
final class Host {
  static final long SETTLE = 0;

  // What survives a crash.
  @Nullable String file;
  @Nullable Ledger savedLedger;
  @Nullable String loaded;
  @Nullable String backup;
  final List<String> reloads = new ArrayList<>();

  // The registry.
  String value = "v0";

  // Faults.
  int failingReloads;
  int actionsUntilCrash = Integer.MAX_VALUE;
  boolean reloadHasEffectWhenItFails;

  /** Contents that the program does not work with. */
  final List<String> bad = new ArrayList<>();

  boolean hasVerify;

  private final boolean hasCheck;
  private Group group;
  private final Deque<Effect> todo = new ArrayDeque<>();
  private long now;
  private @Nullable String staged;
  int actions;

  /** Thrown in place of an action: the agent is dead. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  Host(boolean hasCheck) {
    this.hasCheck = hasCheck;
    this.group = make();
  }

  private Group make() {
    GroupSettings settings =
        new GroupSettings(hasCheck, true, hasVerify, SETTLE, 0, 0, 0, 100, 1_000);
    return new Group(settings, savedLedger, file, new Random(1));
  }

  void restart() {
    todo.clear();
    staged = null;
    actionsUntilCrash = Integer.MAX_VALUE;
    group = make();
    todo.addAll(group.start());
  }

  void change(String newValue) {
    value = newValue;
    feed(new Input.Dirty(1));
  }

  void rollBack() {
    feed(new Input.Rollback());
  }

  /** Works until nothing is left to do, letting time pass as far as needed. */
  void settle() {
    for (int i = 0; i < 10_000; i++) {
      if (!todo.isEmpty()) {
        act(todo.removeFirst());
      } else if (group.nextDeadline().isPresent()) {
        now = Math.max(now, group.nextDeadline().getAsLong());
        feed(new Input.Tick());
      } else {
        return;
      }
    }
    throw new IllegalStateException("never settles: " + group.state());
  }

  /** Works until there is nothing to do but to let time pass. */
  void work() {
    while (!todo.isEmpty()) {
      act(todo.removeFirst());
    }
  }

  GroupState state() {
    return group.state();
  }

  private void feed(Input input) {
    todo.addAll(group.step(now, input));
  }

  private void act(Effect effect) {
    if (actions++ == actionsUntilCrash) {
      throw new Killed();
    }
    switch (effect) {
      case Effect.Render _ -> feed(new Input.Rendered(value, file));
      case Effect.Stage(String hash) -> {
        staged = hash;
        feed(new Input.StageDone(null));
      }
      case Effect.Check _ -> feed(new Input.CheckDone(null));
      case Effect.SaveLedger(Ledger ledger) -> {
        savedLedger = ledger;
        feed(new Input.LedgerDone(null));
      }
      case Effect.Replace(String hash, boolean keeps) -> {
        if (keeps) {
          backup = file;
        }
        file = Objects.requireNonNull(staged);
        if (!hash.equals(file)) {
          throw new IllegalStateException("replaced by something else");
        }
        feed(new Input.WriteDone(null));
      }
      case Effect.Reload _ -> reload();
      case Effect.Verify(String hash) ->
          feed(new Input.VerifyDone(bad.contains(hash) ? "does not work" : null));
      case Effect.Restore(String hash) -> {
        boolean isThere = backup != null && !backup.equals(hash);
        if (isThere) {
          file = backup;
          backup = null;
        }
        feed(new Input.Restored(isThere ? file : null, null));
      }
      case Effect.Discard() -> staged = null;
    }
  }

  private void reload() {
    String content = Objects.requireNonNull(file);
    reloads.add(content);
    if (failingReloads > 0) {
      failingReloads--;
      if (reloadHasEffectWhenItFails) {
        loaded = content;
      }
      feed(new Input.ReloadDone("exit code 1"));
      return;
    }
    loaded = content;
    feed(new Input.ReloadDone(null));
  }
}
