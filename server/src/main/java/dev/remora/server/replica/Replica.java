package dev.remora.server.replica;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
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

  /** After so long what was asked is given up: etcd's time for a request at its defaults. */
  private static final Duration OVERDUE = Duration.ofSeconds(7);

  private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

  private final Executor loop;
  private final Identity identity;
  private final Clocks clocks;
  private final Reads reads;
  private final ConfState alone;
  private final ConcurrentLinkedQueue<Inquiry> inbox = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isAwake = new AtomicBoolean();
  private final AtomicInteger waiting = new AtomicInteger();

  private final Pending pending;
  private final LeaderDuties duties;
  private final List<Mailbox> mailboxes = new ArrayList<>();
  private Applier applier;
  private Optional<Consensus> consensus = Optional.empty();
  private Optional<Snapshots> snapshots = Optional.empty();
  private long sequence;
  private volatile Quota quota = Quota.UNBOUNDED;
  private boolean isTrimming;
  private boolean isLeader;
  private long leaderTerm;
  private volatile State published;
  private volatile boolean isFull;
  private volatile boolean isStopped;

  /** Whether nobody else can commit anything: then what is published is all there is. */
  private volatile boolean isAlone;

  /** Proposals that go into the log together. */
  private static final class Batch {
    final List<Payload> payloads = new ArrayList<>();
    final List<Long> sequences = new ArrayList<>();
  }

  /** Something another loop wants of this one. */
  private sealed interface Inquiry {
    record Want(Pending.Propose propose) implements Inquiry {}

    record Ask(Runnable question) implements Inquiry {}
  }

  /**
   * Goes on from a state.
   *
   * @param loop runs things on the replica's loop, one after the other
   */
  public Replica(Executor loop, Identity identity, Clocks clocks, State start) {
    this.loop = loop;
    this.identity = identity;
    this.clocks = clocks;
    this.pending = new Pending(clocks);
    this.duties = new LeaderDuties(clocks, this::proposeAsLeader);
    this.reads = new Reads(clocks, identity.boot());
    this.alone = ConfState.of(List.of(identity.member()));
    this.applier = new Applier(start);
    this.published = start;
  }

  /** From now on has snapshots written. On the replica's loop, before it starts. */
  public void keepSnapshots(SnapshotSettings settings, SnapshotStore store) {
    Snapshots.Listener listener =
        (mark, conf, kept) ->
            consensus.ifPresent(through -> through.snapshotSaved(mark, conf, kept));
    snapshots =
        Optional.of(new Snapshots(settings, store, listener, loop, clocks, published.index()));
  }

  /** Bounds the history otherwise than by default. On the replica's loop, before it starts. */
  public void keepHistory(HistoryBounds bounds) {
    duties.keepHistory(bounds);
  }

  /** Has history compacted by age or count too. On the replica's loop, before it starts. */
  public void compactBy(AutoCompaction rule) {
    duties.compactBy(rule);
  }

  /** Bounds the state, which by default is not. On the replica's loop. */
  public void keepWithin(Quota bound) {
    quota = bound;
  }

  /** Begins to serve. On the replica's loop, before consensus says anything. */
  public void start(Timers timers, Consensus through) {
    consensus = Optional.of(through);
    timers.every(Duration.ofMillis(250), duties::revokeExpiredLeases);
    timers.every(Duration.ofMillis(500), () -> duties.expireNodes(published));
    timers.every(Duration.ofMillis(500), this::giveUpOverdue);
    timers.every(Duration.ofMillis(500), () -> duties.compactByRule(published));
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
  public Door open(Executor owner) {
    Mailbox mailbox = new Mailbox(owner);
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
      case ADMITTED -> take(new Pending.Propose(from, command, done));
      case REFUSED -> done.accept(new Answer.Failed(Answer.Reason.NO_SPACE));
      // Who is refused first is told once the alarm stands.
      case TO_BE_RAISED ->
          take(
              new Pending.Propose(
                  from, noSpace(), _ -> done.accept(new Answer.Failed(Answer.Reason.NO_SPACE))));
    }
  }

  private void take(Pending.Propose propose) {
    waiting.incrementAndGet();
    inbox.add(new Inquiry.Want(propose));
    propose.from().atTurnEnd(this::wake);
  }

  private Command noSpace() {
    return new Command.SetAlarm(new Alarm(identity.member(), Alarm.Kind.NOSPACE), true);
  }

  void readIndex(Mailbox from, Consumer<Optional<State>> done) {
    if (isAlone) {
      done.accept(Optional.of(published)); // Nobody was told of a write that is not in it.
      return;
    }
    post(new Inquiry.Ask(() -> reads.add(state -> from.put(() -> done.accept(state)))));
  }

  void keepAlive(Mailbox from, long lease, Consumer<Optional<Long>> done) {
    ask(from, () -> duties.keepAlive(lease), done);
  }

  void remainingSeconds(Mailbox from, long lease, Consumer<Optional<Long>> done) {
    ask(from, () -> duties.remainingSeconds(lease), done);
  }

  void follow(Mailbox from, Consumer<State> follower) {
    Runnable question =
        () -> {
          from.addFollower(follower);
          from.putNews(published);
        };
    post(new Inquiry.Ask(question));
  }

  void unfollow(Mailbox from, Consumer<State> follower) {
    post(new Inquiry.Ask(() -> from.removeFollower(follower)));
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
    pending.takeOverdue(
        clocks.monotonicNanos() + 1, propose -> giveUp(propose, Answer.Reason.STOPPED));
    reads.stop();
    mailboxes.forEach(Mailbox::send);
  }

  @Override
  public void committed(List<Entry> entries) {
    entries.forEach(this::apply);
    advanced();
  }

  @Override
  public void configured(Entry entry, ConfState conf) {
    snapshots.ifPresent(counted -> counted.count(entry.payload().size()));
    applier.configure(entry.index(), entry.term(), conf);
    advanced();
  }

  @Override
  public void restored(State state) {
    applier = new Applier(state);
    trimLater();
    advanced();
  }

  @Override
  public void snapshotWanted() {
    snapshots.ifPresent(wanted -> wanted.begin(published));
  }

  @Override
  public void readable(long token, long index) {
    reads.readable(token, index, published);
    mailboxes.forEach(Mailbox::send);
  }

  @Override
  public void led(Ready.SoftState soft, long term) {
    boolean led = isLeader;
    isLeader = soft.role() == Role.LEADER;
    isAlone = false;
    leaderTerm = term;
    if (isLeader && !led) {
      duties.begin(published);
    }
    reads.again();
    nextRead();
  }

  private void advanced() {
    publish();
    // With an entry of its own term, a leader has applied all that was ever answered (Raft §8).
    isAlone = isLeader && published.term() == leaderTerm && published.conf().equals(alone);
    reads.applied(published);
    mailboxes.forEach(Mailbox::send);
    snapshots.ifPresent(due -> due.offer(published));
    compactIfDue();
    raiseAlarmIfDue();
  }

  private void compactIfDue() {
    if (!isTrimming) {
      duties.compactIfDue(published);
    }
  }

  /** Asks for a place to read at, for all that gathered in a turn. */
  private void nextRead() {
    consensus.ifPresent(through -> reads.next().ifPresent(through::readIndex));
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
      loop.execute(this::turn);
    }
  }

  private void turn() {
    isAwake.set(false);
    drain();
    mailboxes.forEach(Mailbox::send);
  }

  private void drain() {
    Batch batch = new Batch();
    for (Inquiry next = inbox.poll(); next != null; next = inbox.poll()) {
      switch (next) {
        case Inquiry.Ask(Runnable question) -> question.run();
        case Inquiry.Want(Pending.Propose propose) -> {
          batch.payloads.add(register(propose));
          batch.sequences.add(sequence);
        }
      }
      if (batch.payloads.size() == BATCH_MAX) {
        through(batch);
        batch = new Batch();
      }
    }
    through(batch);
    nextRead();
  }

  private Payload register(Pending.Propose propose) {
    pending.add(++sequence, propose);
    return encode(propose.command());
  }

  private Payload encode(Command command) {
    CommandCodec.Origin origin =
        new CommandCodec.Origin(identity.member(), identity.boot(), sequence);
    return Payload.of(CommandCodec.encode(origin, command));
  }

  private void through(Batch batch) {
    if (batch.payloads.isEmpty()) {
      return;
    }
    switch (consensus.orElseThrow().propose(batch.payloads)) {
      case Proposal.Accepted _, Proposal.Forwarded _ -> {}
      case Proposal.Refused(Proposal.Reason reason) ->
          batch.sequences.forEach(refused ->
              pending.take(refused).ifPresent(propose -> giveUp(propose, failure(reason))));
    }
  }

  private static Answer.Reason failure(Proposal.Reason reason) {
    return switch (reason) {
      case OVERLOADED -> Answer.Reason.OVERLOADED;
      case NO_LEADER, NOT_LEADER, TRANSFERRING, REMOVED -> Answer.Reason.NO_LEADER;
    };
  }

  /** Entries may be lost with a leader; nobody hears of that but by waiting in vain. */
  private void giveUpOverdue() {
    long longAgo = clocks.monotonicNanos() - OVERDUE.toNanos();
    pending.takeOverdue(longAgo, propose -> giveUp(propose, Answer.Reason.TIMED_OUT));
    reads.giveUp(longAgo);
    reads.again();
    nextRead();
    mailboxes.forEach(Mailbox::send);
  }

  /** Proposes what is the leader's business, and nobody waits for. Whether it is under way. */
  private boolean proposeAsLeader(Command command) {
    return isLeader && proposeOwn(command);
  }

  private boolean proposeOwn(Command command) {
    if (isStopped || consensus.isEmpty()) {
      return false;
    }
    sequence++;
    return consensus.get().propose(List.of(encode(command))) instanceof Proposal.Accepted;
  }

  private void apply(Entry entry) {
    snapshots.ifPresent(counted -> counted.count(entry.payload().size()));
    if (entry.payload().size() == 0) {
      applier.advance(entry.index(), entry.term());
      return;
    }
    byte[] payload = entry.payload().array();
    Optional<Pending.Propose> waiter = takeWaiter(CommandCodec.origin(payload));
    // Of what was proposed here, the command that was encoded is still at hand.
    Command command =
        waiter.isPresent() ? waiter.get().command() : CommandCodec.decode(payload).command();
    Outcome outcome = applier.apply(entry.index(), entry.term(), command);
    duties.applied(command, outcome);
    if (outcome instanceof Outcome.Compacted) {
      trimLater();
    }
    waiter.ifPresent(propose -> answer(propose, outcome));
  }

  private Optional<Pending.Propose> takeWaiter(CommandCodec.Origin origin) {
    return origin.member() == identity.member() && origin.boot() == identity.boot()
        ? pending.take(origin.sequence())
        : Optional.empty();
  }

  private void answer(Pending.Propose propose, Outcome outcome) {
    waiting.decrementAndGet();
    Consumer<Answer> done = propose.done();
    // The state is read when the answer is given: it is published by then.
    propose.from().put(() -> done.accept(new Answer.Applied(outcome, published)));
  }

  private void giveUp(Pending.Propose propose, Answer.Reason reason) {
    waiting.decrementAndGet();
    propose.from().put(() -> propose.done().accept(new Answer.Failed(reason)));
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

  /** What was on its way when the quota was reached may have passed it. */
  private void raiseAlarmIfDue() {
    if (quota.isPassedBy(published) && !published.alarms().has(Alarm.Kind.NOSPACE)) {
      proposeOwn(noSpace());
    }
  }

  private void trimLater() {
    if (!isTrimming) {
      isTrimming = true;
      loop.execute(this::trim);
    }
  }

  private void trim() {
    isTrimming = applier.trim(TRIM_MAX);
    if (isTrimming) {
      loop.execute(this::trim);
    } else {
      publish(); // Or what was freed would be held until the next write.
      compactIfDue();
    }
  }
}
