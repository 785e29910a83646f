package dev.remora.agent.render;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One group: what is rendered, checked, written and reloaded together.
 *
 * <p>At most one effect is outstanding. The order is what makes a crash harmless: the ledger says
 * that a reload is owed before the rename makes it so, and says that it is acknowledged only after
 * the reload succeeded. A crash between any two steps repeats work, and never loses a reload:
 *
 * <ul>
 *   <li>before the ledger is saved: nothing has happened;
 *   <li>after that, before the rename: the destination does not have the written hash, so it is
 *       rendered again before anything else;
 *   <li>after the rename, before the acknowledgement is durable: it has, so the reload is owed at
 *       start, at once, also while the registry is away.
 * </ul>
 *
 * <p>Content that the program does not work with is first recorded as in quarantine, then the
 * earlier version is put back, and the program is told of it: a crash in between repeats that too.
 *
 * <p>Not thread-safe; single writer. Times are milliseconds of one monotonic clock.
 */
public final class Group {
  private final GroupSettings settings;
  private final RandomGenerator random;

  private Step step = new Step.Idle();
  private @Nullable Ledger ledger;
  private final @Nullable String onDiskAtStart;

  /** Where the group stands while nothing is outstanding and no change is held. */
  private GroupState settled = new GroupState.Waiting("nothing rendered yet");

  private @Nullable Hold hold;
  private @Nullable Retry renderRetry;
  private @Nullable Retry reloadRetry;
  private @Nullable Retry acknowledgeRetry;
  private @Nullable Retry restoreRetry;
  private int renderFailures;
  private int reloadFailures;
  private int restoreFailures;
  private long revision;
  private boolean hasRendered;
  private boolean isRollbackWanted;

  /** Why what is in quarantine is there, as far as this life knows. */
  private String quarantineReason = "the program did not work with it";

  /** Whether what the new content replaces is worth keeping as an earlier version. */
  private boolean keeps;

  private final Budget budget;

  /** A change that waits for more. */
  private record Hold(long sinceMillis, long untilMillis) {}

  /**
   * Makes a group as it was left.
   *
   * @param ledger as it was saved; null if this group never wrote anything, {@link Ledger#UNKNOWN}
   *     if it may have
   * @param onDisk hash of the destination, or null if there is no file
   */
  public Group(
      GroupSettings settings,
      @Nullable Ledger ledger,
      @Nullable String onDisk,
      RandomGenerator random) {
    this.settings = settings;
    this.ledger = ledger;
    this.onDiskAtStart = onDisk;
    this.random = random;
    this.budget = new Budget(settings.reloadsMax(), settings.reloadsPeriodMillis());
  }

  /**
   * Begins: a reload that is owed from before is done at once, and so is the return to an earlier
   * version. To be called once, first.
   */
  public List<Effect> start() {
    Ledger left = ledger;
    if (left == null) {
      return List.of();
    }
    String bad = left.quarantined();
    if (bad != null && onDiskAtStart != null && bad.equals(left.written())) {
      return bad.equals(onDiskAtStart) ? restore(bad) : returned(onDiskAtStart);
    }
    boolean isOwed = left.isReloadOwed() && Objects.equals(left.written(), onDiskAtStart);
    return isOwed ? tell() : List.of();
  }

  /**
   * Takes one input and returns what it calls for, in order.
   *
   * @param nowMillis never less than at the last call
   * @throws IllegalStateException if the input answers no outstanding effect: a bug
   */
  public List<Effect> step(long nowMillis, Input input) {
    return switch (input) {
      case Input.Dirty(long at) -> onDirty(nowMillis, at);
      case Input.Tick() -> next(nowMillis);
      case Input.Rendered(String hash, var onDisk, boolean isFrozen) ->
          onRendered(nowMillis, hash, onDisk, isFrozen);
      case Input.NotRendered notRendered -> onNotRendered(nowMillis, notRendered);
      case Input.StageDone(var failure) -> onStageDone(nowMillis, failure);
      case Input.CheckDone(var failure) -> onCheckDone(nowMillis, failure);
      case Input.LedgerDone(var failure) -> onLedgerDone(nowMillis, failure);
      case Input.WriteDone(var failure) -> onWriteDone(nowMillis, failure);
      case Input.ReloadDone(var failure) -> onReloadDone(nowMillis, failure);
      case Input.VerifyDone(var failure) -> onVerifyDone(failure);
      case Input.Restored(var hash, var failure) -> onRestored(nowMillis, hash, failure);
      case Input.Rollback() -> {
        isRollbackWanted = true;
        yield next(nowMillis);
      }
    };
  }

  /** When a {@link Input.Tick} is due at the latest; empty while an effect is outstanding. */
  public OptionalLong nextDeadline() {
    if (!isIdle()) {
      return OptionalLong.empty();
    }
    long earliest =
        Stream.of(renderRetry, reloadRetry, acknowledgeRetry, restoreRetry)
            .mapToLong(Retry::at)
            .reduce(hold == null ? Long.MAX_VALUE : hold.untilMillis(), Math::min);
    return earliest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(earliest);
  }

  /** Where the group stands now. */
  public GroupState state() {
    return switch (step) {
      case Step.Idle() -> hold == null ? settled : new GroupState.Held(hold.untilMillis());
      case Step.Rendering() -> new GroupState.Rendering();
      case Step.Staging _, Step.Checking _ -> new GroupState.Checking();
      case Step.Recording _, Step.Replacing _, Step.Owing _ -> new GroupState.Writing();
      case Step.Reloading(_, int attempt) -> new GroupState.Reloading(attempt);
      case Step.Acknowledging _ -> new GroupState.Reloading(reloadFailures + 1);
      case Step.Verifying _ -> new GroupState.Verifying();
      case Step.Quarantining _, Step.Restoring _, Step.Returning _ -> new GroupState.Returning();
    };
  }

  /** How many changes may reach the program at once; without a bound, the greatest number. */
  public int reloadsLeft(long nowMillis) {
    return budget.left(nowMillis);
  }

  /** The ledger as it was last made durable, if there is one yet. */
  public Optional<Ledger> ledger() {
    return Optional.ofNullable(ledger);
  }

  private List<Effect> onDirty(long now, long at) {
    revision = Math.max(revision, at);
    renderRetry = null; // The render that follows is the retry.
    long since = hold == null ? now : hold.sinceMillis();
    long max = Math.max(settings.settleMinMillis(), settings.settleMaxMillis());
    long until = Math.min(now + settings.settleMinMillis(), since + max);
    hold = new Hold(since, hasRendered ? until : now);
    return next(now);
  }

  /** Does what is due, if nothing is outstanding. New content goes before an old reload. */
  private List<Effect> next(long now) {
    if (!isIdle()) {
      return List.of();
    }
    if (isRollbackWanted) {
      isRollbackWanted = false;
      if (ledger != null && ledger.written() != null) {
        return quarantine("it was taken back by request");
      }
    }
    if (Retry.at(restoreRetry) <= now && ledger != null && ledger.written() != null) {
      return restore(ledger.written());
    }
    if ((hold != null && hold.untilMillis() <= now) || Retry.at(renderRetry) <= now) {
      hold = null;
      renderRetry = null;
      step = new Step.Rendering();
      return List.of(new Effect.Render(revision));
    }
    if (Retry.at(reloadRetry) <= now) {
      return tell();
    }
    if (Retry.at(acknowledgeRetry) <= now && ledger != null && ledger.written() != null) {
      acknowledgeRetry = null;
      return acknowledge(ledger.written());
    }
    return List.of();
  }

  private List<Effect> onRendered(
      long now, String hash, @Nullable String onDisk, boolean isFrozen) {
    expect(step instanceof Step.Rendering, "rendered");
    hasRendered = true;
    renderFailures = 0;
    if (ledger != null && hash.equals(ledger.quarantined())) {
      return hash.equals(onDisk) ? restore(hash) : rest(now, quarantined(hash));
    }
    if (!hash.equals(onDisk)) {
      return isFrozen ? rest(now, new GroupState.Frozen()) : begin(now, hash, onDisk);
    }
    Ledger same = new Ledger(hash, hash, hash);
    if (ledger == null || hash.equals(ledger.acknowledged())) {
      boolean isSaved = same.equals(ledger) && acknowledgeRetry == null;
      return isSaved ? settle(now, hash) : acknowledge(same);
    }
    Ledger owed = new Ledger(hash, hash, ledger.acknowledged());
    if (!owed.equals(ledger)) {
      step = new Step.Owing(owed);
      return List.of(new Effect.SaveLedger(owed));
    }
    return reloadRetry == null ? tell() : rest(now, retrying(reloadRetry));
  }

  /** New content goes its way, unless too much of that went out lately. */
  private List<Effect> begin(long now, String hash, @Nullable String onDisk) {
    long free = budget.nextMillis(now);
    if (free > now) {
      renderRetry = new Retry("too many reloads", free);
      return rest(now, new GroupState.Throttled(free));
    }
    Ledger left = ledger;
    boolean isProven =
        left == null || !left.isReloadOwed() || !Objects.equals(left.written(), onDisk);
    keeps = onDisk != null && isProven;
    step = new Step.Staging(hash);
    return List.of(new Effect.Stage(hash));
  }

  private List<Effect> onNotRendered(long now, Input.NotRendered why) {
    expect(step instanceof Step.Rendering, "not rendered");
    if (why.isTransient()) {
      return retryRender(now, why.reason());
    }
    return rest(
        now,
        why.isMissing()
            ? new GroupState.Waiting(why.reason())
            : new GroupState.Failed(why.reason()));
  }

  private List<Effect> onStageDone(long now, @Nullable String failure) {
    if (!(step instanceof Step.Staging(String hash))) {
      throw unexpected("staged");
    }
    if (failure != null) {
      return retryRender(now, failure);
    }
    if (settings.hasCheck()) {
      step = new Step.Checking(hash);
      return List.of(new Effect.Check(hash));
    }
    return record(hash);
  }

  private List<Effect> onCheckDone(long now, @Nullable String failure) {
    if (!(step instanceof Step.Checking(String hash))) {
      throw unexpected("checked");
    }
    if (failure != null) {
      return discardThen(rest(now, new GroupState.Failed(failure)));
    }
    return record(hash);
  }

  /**
   * Says what the rename will make true. The program may have loaded anything since it last
   * acknowledged this same content, so that acknowledgement does not count any more.
   */
  private List<Effect> record(String hash) {
    String acknowledged = ledger == null ? null : ledger.acknowledged();
    restoreRetry = null; // What was to be taken back is replaced.
    Ledger intent = new Ledger(hash, hash, hash.equals(acknowledged) ? null : acknowledged);
    step = new Step.Recording(intent);
    return List.of(new Effect.SaveLedger(intent));
  }

  private List<Effect> onLedgerDone(long now, @Nullable String failure) {
    return switch (step) {
      case Step.Recording(Ledger intent) -> {
        if (failure != null) {
          yield discardThen(retryRender(now, failure));
        }
        ledger = intent;
        String hash = Objects.requireNonNull(intent.written());
        step = new Step.Replacing(hash);
        yield List.of(new Effect.Replace(hash, keeps));
      }
      case Step.Owing(Ledger owed) -> {
        if (failure != null) {
          yield retryRender(now, failure);
        }
        ledger = owed;
        yield tell();
      }
      case Step.Acknowledging(Ledger acknowledged) -> onAcknowledged(now, acknowledged, failure);
      case Step.Quarantining(Ledger bad) -> {
        // A disk that cannot take this down is no reason to leave the program as it is.
        ledger = bad;
        yield restore(Objects.requireNonNull(bad.written()));
      }
      case Step.Returning(Ledger returned) -> {
        ledger = returned;
        yield tell();
      }
      case Step.Idle _, Step.Rendering _, Step.Staging _, Step.Checking _ ->
          throw unexpected("ledger saved");
      case Step.Replacing _, Step.Reloading _, Step.Verifying _, Step.Restoring _ ->
          throw unexpected("ledger saved");
    };
  }

  private List<Effect> onWriteDone(long now, @Nullable String failure) {
    expect(step instanceof Step.Replacing, "written");
    if (failure != null) {
      return discardThen(retryRender(now, failure));
    }
    reloadFailures = 0;
    budget.spend(now);
    return tell();
  }

  /**
   * Reloads what the ledger says is written, or counts it as acknowledged if there is no reload.
   */
  private List<Effect> tell() {
    reloadRetry = null;
    String written = ledger == null ? null : ledger.written();
    if (written == null) {
      throw new IllegalStateException("a reload of nothing");
    }
    if (!settings.hasReload()) {
      return acknowledge(written);
    }
    int attempt = reloadFailures + 1;
    step = new Step.Reloading(written, attempt);
    return List.of(new Effect.Reload(written, attempt));
  }

  private List<Effect> onReloadDone(long now, @Nullable String failure) {
    if (!(step instanceof Step.Reloading(var hash, _)) || hash == null) {
      throw unexpected("reloaded");
    }
    if (failure == null) {
      reloadFailures = 0;
      boolean isReturned = ledger != null && ledger.isReturned();
      if (settings.hasVerify() && !isReturned) {
        step = new Step.Verifying(hash);
        return List.of(new Effect.Verify(hash));
      }
      return acknowledge(hash);
    }
    Retry retry = Retry.of(now, failure, settings.backOff(reloadFailures, random));
    reloadFailures++;
    reloadRetry = retry;
    return rest(now, retrying(retry));
  }

  private List<Effect> onVerifyDone(@Nullable String failure) {
    if (!(step instanceof Step.Verifying(String hash))) {
      throw unexpected("verified");
    }
    return failure == null ? acknowledge(hash) : quarantine(failure);
  }

  /** Takes back what is written: it is not tried again until something else is rendered. */
  private List<Effect> quarantine(String reason) {
    Ledger now = Objects.requireNonNull(ledger);
    quarantineReason = reason;
    restoreFailures = 0;
    String bad = now.isReturned() ? now.quarantined() : now.written();
    Ledger taken = new Ledger(bad, now.written(), null, bad);
    step = new Step.Quarantining(taken);
    return List.of(new Effect.SaveLedger(taken));
  }

  private List<Effect> restore(String bad) {
    restoreRetry = null;
    reloadRetry = null;
    step = new Step.Restoring(bad);
    return List.of(new Effect.Restore(bad));
  }

  private List<Effect> onRestored(long now, @Nullable String hash, @Nullable String failure) {
    if (!(step instanceof Step.Restoring(String bad))) {
      throw unexpected("restored");
    }
    if (failure != null) {
      Retry retry = Retry.of(now, failure, settings.backOff(restoreFailures, random));
      restoreFailures++;
      restoreRetry = retry;
      return rest(now, retrying(retry));
    }
    if (hash == null) {
      String reason = quarantineReason + "; there is no earlier version to return to";
      return rest(now, new GroupState.Quarantined(bad, reason));
    }
    return returned(hash);
  }

  private List<Effect> returned(String hash) {
    Ledger before = Objects.requireNonNull(ledger);
    Ledger returned = new Ledger(before.quarantined(), hash, null, before.quarantined());
    reloadFailures = 0;
    step = new Step.Returning(returned);
    return List.of(new Effect.SaveLedger(returned));
  }

  private GroupState quarantined(String bad) {
    return reloadRetry == null
        ? new GroupState.Quarantined(bad, quarantineReason)
        : retrying(reloadRetry);
  }

  /** The program has this content. What the ledger has in quarantine instead stays there. */
  private List<Effect> acknowledge(String hash) {
    Ledger left = ledger;
    boolean isReturned = left != null && left.isReturned() && hash.equals(left.written());
    String bad = left != null && isReturned ? left.quarantined() : null;
    return acknowledge(new Ledger(bad == null ? hash : bad, hash, hash, bad));
  }

  private List<Effect> acknowledge(Ledger acknowledged) {
    reloadRetry = null;
    step = new Step.Acknowledging(acknowledged);
    return List.of(new Effect.SaveLedger(acknowledged));
  }

  /** Until it is saved, the worst a crash does is one reload more. */
  private List<Effect> onAcknowledged(long now, Ledger acknowledged, @Nullable String failure) {
    ledger = acknowledged;
    if (failure == null) {
      acknowledgeRetry = null;
      String bad = acknowledged.quarantined();
      String written = Objects.requireNonNull(acknowledged.written());
      return bad == null ? settle(now, written) : rest(now, quarantined(bad));
    }
    Retry retry = new Retry(failure, now + settings.retryMaxMillis());
    acknowledgeRetry = retry;
    return rest(now, new GroupState.Retrying(failure, false, retry.atMillis()));
  }

  private List<Effect> settle(long now, String hash) {
    acknowledgeRetry = null;
    return rest(now, new GroupState.InSync(hash));
  }

  private List<Effect> retryRender(long now, String reason) {
    Retry retry = Retry.of(now, reason, settings.backOff(renderFailures, random));
    renderFailures++;
    renderRetry = retry;
    return rest(now, retrying(retry));
  }

  private List<Effect> rest(long now, GroupState state) {
    settled = state;
    step = new Step.Idle();
    return next(now);
  }

  private GroupState retrying(Retry retry) {
    boolean isOwed = ledger != null && ledger.isReloadOwed();
    return new GroupState.Retrying(retry.reason(), isOwed, retry.atMillis());
  }

  private static List<Effect> discardThen(List<Effect> effects) {
    return Stream.concat(Stream.of(new Effect.Discard()), effects.stream()).toList();
  }

  private boolean isIdle() {
    return step instanceof Step.Idle;
  }

  private void expect(boolean isExpected, String input) {
    if (!isExpected) {
      throw unexpected(input);
    }
  }

  private IllegalStateException unexpected(String input) {
    return new IllegalStateException(input + " during " + step);
  }
}
