package dev.remora.server.replica;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.lease.Lease;
import dev.remora.server.lease.Lessor;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Payload;
import dev.remora.server.tree.Deadline;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The single writer of a member: takes proposals from other event loops, has them committed,
 * applies them, publishes the state, answers.
 *
 * <p>Other event loops ask through a {@link Door}. Everything else happens on the replica's own
 * loop.
 */
public final class Replica implements Consensus.Listener {
  /** Most proposals that may wait for their answer; beyond it the member says it is overloaded. */
  static final int WAITING_MAX = 50_000;

  /** Most proposals taken into one append. */
  private static final int BATCH_MAX = 1_024;

  /** Most compacted changes freed in one turn of the loop. */
  private static final int TRIM_MAX = 2_000;

  private static final int REVOKES_MAX = 100;

  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  private final Context loop;
  private final Identity identity;
  private final Clocks clocks;
  private final Applier applier;
  private final Lessor lessor = new Lessor();
  private final ConcurrentLinkedQueue<Inquiry> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final AtomicInteger waiting = new AtomicInteger();

  /** Proposals of this boot that are not applied yet, by sequence. */
  private final Map<Long, Inquiry.Propose> proposed = new HashMap<>();

  private final List<Mailbox> mailboxes = new ArrayList<>();
  private Optional<Consensus> consensus = Optional.empty();
  private Optional<Snapshots> snapshots = Optional.empty();
  private long sequence;
  private HistoryBounds historyBounds = HistoryBounds.DEFAULT;
  private AutoCompaction autoCompaction = AutoCompaction.none();
  private volatile Quota quota = Quota.UNBOUNDED;
  private boolean isCompacting;
  private boolean isTrimming;
  private boolean isExpiring;
  private volatile State published;
  private volatile boolean isFull;
  private volatile boolean isStopped;

  /** Something another loop wants of this one. */
  private sealed interface Inquiry {
    record Propose(Mailbox from, Command command, Consumer<Answer> done) implements Inquiry {}

    record Ask(Runnable question) implements Inquiry {}
  }

  /**
   * Goes on from a state.
   *
   * @param loop the replica's own event-loop context
   */
  public Replica(Context loop, Identity identity, Clocks clocks, State start) {
    this.loop = loop;
    this.identity = identity;
    this.clocks = clocks;
    this.applier = new Applier(start);
    this.published = start;
  }

  /**
   * From now on has snapshots written, and the log shortened by them. On the replica's loop, before
   * anything is replayed.
   */
  public void keepSnapshots(SnapshotSettings settings, SnapshotStore store, LogStore log) {
    long lastIndex = published.index();
    snapshots =
        Optional.of(
            new Snapshots(
                settings,
                store,
                log,
                task -> loop.runOnContext(_ -> task.run()),
                clocks,
                lastIndex));
  }

  /** Bounds the history otherwise than by default. On the replica's loop, before it starts. */
  public void keepHistory(HistoryBounds bounds) {
    historyBounds = bounds;
  }

  /** Has history compacted by age or count too. On the replica's loop, before it starts. */
  public void compactBy(AutoCompaction rule) {
    autoCompaction = rule;
  }

  /** Bounds the state, which by default is not. On the replica's loop. */
  public void keepWithin(Quota bound) {
    quota = bound;
  }

  /** Applies what the log held at the start, before anybody is served. On the replica's loop. */
  public void replay(List<Entry> entries) {
    entries.forEach(this::apply);
    publish();
  }

  /** Begins to serve; every lease gets its full TTL anew. On the replica's loop. */
  public void start(Vertx vertx, Consensus through) {
    consensus = Optional.of(through);
    State state = published;
    state.leases().granted().scan(Bytes.EMPTY, Bytes.EMPTY, this::startLease);
    vertx.setPeriodic(250, _ -> revokeExpiredLeases());
    vertx.setPeriodic(500, _ -> expireNodes());
    vertx.setPeriodic(500, _ -> compactByRule());
    trimLater(); // What a compaction before the restart had not freed yet.
    wake();
  }

  /** Who this member is. */
  public Identity identity() {
    return identity;
  }

  /** The newest state this member has applied and published. */
  public State state() {
    return published;
  }

  /**
   * Opens a door for one other event loop, which must be the caller's: one is enough for a loop.
   */
  public Door open(Context context) {
    Mailbox mailbox = new Mailbox(context);
    post(new Inquiry.Ask(() -> mailboxes.add(mailbox)));
    return new Door(this, mailbox);
  }

  void propose(Mailbox from, Command command, Consumer<Answer> done) {
    Answer.Reason refusal = refusal();
    if (refusal != null) {
      done.accept(new Answer.Failed(refusal));
      return;
    }
    switch (quota.judge(published, command)) {
      case ADMITTED -> take(new Inquiry.Propose(from, command, done));
      case REFUSED -> done.accept(new Answer.Failed(Answer.Reason.NO_SPACE));
      // Who is refused first is told once the alarm stands.
      case TO_BE_RAISED ->
          take(
              new Inquiry.Propose(
                  from, noSpace(), _ -> done.accept(new Answer.Failed(Answer.Reason.NO_SPACE))));
    }
  }

  private void take(Inquiry.Propose propose) {
    waiting.incrementAndGet();
    post(propose);
  }

  private Command noSpace() {
    return new Command.SetAlarm(new Alarm(identity.member(), Alarm.Kind.NOSPACE), true);
  }

  void keepAlive(Mailbox from, long lease, Consumer<Optional<Long>> done) {
    ask(from, () -> lessor.keepAlive(lease, clocks.monotonicNanos()), done);
  }

  void remainingSeconds(Mailbox from, long lease, Consumer<Optional<Long>> done) {
    ask(from, () -> lessor.remainingSeconds(lease, clocks.monotonicNanos()), done);
  }

  void follow(Mailbox from, Consumer<State> follower) {
    Runnable question =
        () -> {
          from.addFollower(follower);
          from.putNews(published);
        };
    post(new Inquiry.Ask(question));
  }

  /** Whether the disk has room for more log; while it has not, proposals are refused. */
  public void setFull(boolean full) {
    isFull = full;
  }

  /** Refuses everything from now on and answers what still waits. On the replica's loop. */
  public void stop() {
    isStopped = true;
    snapshots.ifPresent(Snapshots::stop);
    drain();
    List<Inquiry.Propose> left = new ArrayList<>(proposed.values());
    proposed.clear();
    left.forEach(propose -> answer(propose, new Answer.Failed(Answer.Reason.STOPPED)));
    mailboxes.forEach(Mailbox::send);
  }

  @Override
  public void committed(List<Entry> entries) {
    entries.forEach(this::apply);
    publish();
    mailboxes.forEach(Mailbox::send);
    snapshots.ifPresent(due -> due.offer(published));
    compactIfDue();
    raiseAlarmIfDue();
  }

  private Answer.@Nullable Reason refusal() {
    if (isStopped) {
      return Answer.Reason.STOPPED;
    }
    if (isFull) {
      return Answer.Reason.NO_SPACE;
    }
    return waiting.get() >= WAITING_MAX ? Answer.Reason.OVERLOADED : null;
  }

  private <T> void ask(Mailbox from, Supplier<T> question, Consumer<T> done) {
    Runnable asked =
        () -> {
          T answer = question.get();
          from.put(() -> done.accept(answer));
        };
    post(new Inquiry.Ask(asked));
  }

  private void post(Inquiry inquiry) {
    inbox.add(inquiry);
    wake();
  }

  private void wake() {
    if (isAwake.compareAndSet(false, true)) {
      loop.runOnContext(_ -> turn());
    }
  }

  private void turn() {
    isAwake.set(false);
    drain();
    mailboxes.forEach(Mailbox::send);
  }

  private void drain() {
    List<Payload> batch = new ArrayList<>();
    for (Inquiry next = inbox.poll(); next != null; next = inbox.poll()) {
      switch (next) {
        case Inquiry.Ask(Runnable question) -> question.run();
        case Inquiry.Propose propose -> batch.add(register(propose));
      }
      if (batch.size() == BATCH_MAX) {
        through(batch);
        batch = new ArrayList<>();
      }
    }
    through(batch);
  }

  private Payload register(Inquiry.Propose propose) {
    proposed.put(++sequence, propose);
    return encode(propose.command());
  }

  private Payload encode(Command command) {
    CommandCodec.Origin origin =
        new CommandCodec.Origin(identity.member(), identity.boot(), sequence);
    return Payload.of(CommandCodec.encode(origin, command));
  }

  private void through(List<Payload> batch) {
    if (!batch.isEmpty()) {
      consensus.orElseThrow().propose(batch);
    }
  }

  /** Proposes something nobody waits for. */
  private void proposeOwn(Command command) {
    if (!isStopped) {
      sequence++;
      through(List.of(encode(command)));
    }
  }

  private void apply(Entry entry) {
    snapshots.ifPresent(counted -> counted.count(entry.payload().size()));
    if (entry.payload().size() == 0) {
      applier.advance(entry.index(), entry.term());
      return;
    }
    CommandCodec.Proposal proposal = CommandCodec.decode(entry.payload().array());
    Outcome outcome = applier.apply(entry.index(), entry.term(), proposal.command());
    follow(proposal.command(), outcome);
    CommandCodec.Origin origin = proposal.origin();
    if (origin.member() == identity.member() && origin.boot() == identity.boot()) {
      Inquiry.Propose propose = proposed.remove(origin.sequence());
      if (propose != null) {
        answer(propose, outcome);
      }
    }
  }

  private void follow(Command command, Outcome outcome) {
    if (command instanceof Command.Compact) {
      isCompacting = false; // Done, or overtaken by another.
    }
    switch (outcome) {
      case Outcome.LeaseGranted(_, long id, long ttlSeconds) ->
          lessor.start(id, ttlSeconds, clocks.monotonicNanos());
      case Outcome.LeaseRevoked(_, long id) -> lessor.stop(id);
      case Outcome.Compacted _ -> trimLater();
      case Outcome.Expired _ -> isExpiring = false;
      case Outcome.Tree _,
          Outcome.Put _,
          Outcome.DeletedRange _,
          Outcome.Range _,
          Outcome.Txn _,
          Outcome.AlarmSet _,
          Outcome.Refused _ -> {}
    }
  }

  private boolean startLease(Lease lease) {
    lessor.start(lease.id(), lease.ttlSeconds(), clocks.monotonicNanos());
    return true;
  }

  private void answer(Inquiry.Propose propose, Outcome outcome) {
    waiting.decrementAndGet();
    Consumer<Answer> done = propose.done();
    // The state is read when the answer is given: it is published by then.
    propose.from().put(() -> done.accept(new Answer.Applied(outcome, published)));
  }

  private void answer(Inquiry.Propose propose, Answer.Failed failed) {
    waiting.decrementAndGet();
    propose.from().put(() -> propose.done().accept(failed));
  }

  private void publish() {
    State state = applier.freeze();
    if (LOG.isDebugEnabled() && state.revision() != published.revision()) {
      LOG.debug(
          "published revision={} index={} at_us={}",
          state.revision(),
          state.index(),
          clocks.wallNanos() / 1_000);
    }
    if (!state.alarms().equals(published.alarms())) {
      LOG.warn("alarms changed raised={}", state.alarms().raised());
    }
    published = state;
    mailboxes.forEach(mailbox -> mailbox.putNews(state));
  }

  private void compactIfDue() {
    if (!isCompacting && !isTrimming) {
      historyBounds
          .compactTo(published.keyspace())
          .ifPresent(revision -> {
            isCompacting = true;
            proposeOwn(new Command.Compact(revision));
          });
    }
  }

  /** What was on its way when the quota was reached may have passed it. */
  private void raiseAlarmIfDue() {
    if (quota.isPassedBy(published) && !published.alarms().has(Alarm.Kind.NOSPACE)) {
      proposeOwn(noSpace());
    }
  }

  private void compactByRule() {
    Keyspace keyspace = published.keyspace();
    autoCompaction
        .due(clocks.monotonicNanos(), keyspace.revision())
        .filter(revision -> revision > keyspace.compactRevision())
        .ifPresent(revision -> proposeOwn(new Command.Compact(revision)));
  }

  private void trimLater() {
    if (!isTrimming) {
      isTrimming = true;
      loop.runOnContext(_ -> trim());
    }
  }

  private void trim() {
    isTrimming = applier.trim(TRIM_MAX);
    if (isTrimming) {
      loop.runOnContext(_ -> trim());
    } else {
      publish(); // Or what was freed would be held until the next write.
      compactIfDue();
    }
  }

  private void revokeExpiredLeases() {
    lessor
        .takeExpired(clocks.monotonicNanos(), REVOKES_MAX)
        .forEach(id -> proposeOwn(new Command.LeaseRevoke(id, true)));
  }

  private void expireNodes() {
    long now = clocks.wallNanos();
    Optional<Deadline> first = published.tree().deadlines().firstLive(Bytes.EMPTY, Bytes.EMPTY);
    if (!isExpiring && first.isPresent() && first.get().expiration() <= now) {
      isExpiring = true;
      proposeOwn(new Command.Expire(now));
    }
  }
}
