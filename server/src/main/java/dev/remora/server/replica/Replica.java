package dev.remora.server.replica;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

  /** etcd's time for a request at its defaults. */
  private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(7);

  /** After so long without an answer a read is asked about once more. */
  private static final Duration REASK = Duration.ofMillis(500);

  private final Identity identity;
  private final Clocks clocks;
  private final Reads reads;
  private final ConfState alone;
  private final Inbox inbox;
  private final Executor loop;
  private final ReplicaCounts counts = new ReplicaCounts();

  private final Proposer proposer;
  private final LeaderDuties duties;
  private final LeaderDesk desk;
  private final Trimming trimming;
  private final StateCheck check;
  private final List<Mailbox> mailboxes = new ArrayList<>();
  private Applier applier;
  private Optional<Consensus> consensus = Optional.empty();
  private Optional<Snapshots> snapshots = Optional.empty();
  private Optional<Publication> publication = Optional.empty();
  private BiConsumer<Command, Outcome> observer = (_, _) -> {};
  private Duration requestTimeout = DEFAULT_REQUEST_TIMEOUT;
  private volatile Quota quota = Quota.UNBOUNDED;
  private boolean isLeader;

  private volatile Leadership leadership = Leadership.NONE;
  private volatile State published;
  private volatile boolean isFull;
  private volatile boolean isStopped;

  /** Whether nobody else can commit anything: then what is published is all there is. */
  private volatile boolean isAlone;

  /**
   * Goes on from a state.
   *
   * @param loop runs things on the replica's loop, one after the other
   */
  public Replica(Executor loop, Identity identity, Clocks clocks, State start) {
    this.loop = loop;
    this.identity = identity;
    this.clocks = clocks;
    this.proposer = new Proposer(identity, clocks, this::giveUp);
    this.duties = new LeaderDuties(clocks, this::proposeAsLeader);
    this.reads = new Reads(clocks, identity.boot());
    this.desk = new LeaderDesk(clocks, duties, reads, identity.boot());
    this.alone = ConfState.of(List.of(identity.member()));
    this.applier = new Applier(start);
    this.trimming = new Trimming(loop, changesMax -> applier.trim(changesMax), this::trimmed);
    this.published = start;
    this.inbox = new Inbox(loop, propose -> proposer.add(propose, published), this::endTurn);
    this.check = new StateCheck(identity.member(), start);
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

  /**
   * Gives every lease its full TTL again when this member was paused for so long, since it heard of
   * no keep-alive meanwhile; 1 s if not set. On the replica's loop.
   */
  public void renewLeasesAfter(Duration pause) {
    duties.renewLeasesAfter(pause);
  }

  /** From now on tells of all that is applied, on the replica's loop. Before it starts. */
  public void tellApplied(BiConsumer<Command, Outcome> told) {
    observer = told;
  }

  /** Bounds the state, which by default is not. On the replica's loop. */
  public void keepWithin(Quota bound) {
    quota = bound;
  }

  /** After so long what was asked is given up; 7 s if not set. On the replica's loop. */
  public void giveUpAfter(Duration timeout) {
    requestTimeout = timeout;
  }

  /** Has a way to the other members. On the replica's loop, before it starts. */
  public void connect(Transport transport) {
    desk.connect(transport);
    check.connect(transport);
  }

  /** Has the cluster know this member's name and where it serves. Before it starts. */
  public void announce(List<String> clientUrls) {
    Predicate<Command> proposes = command -> !(proposeOwn(command) instanceof Proposal.Refused);
    publication = Optional.of(new Publication(identity, clientUrls, clocks, proposes));
  }

  /** Begins to serve. On the replica's loop, before consensus says anything. */
  public void start(Timers timers, Consensus through) {
    consensus = Optional.of(through);
    desk.judgeBy(id -> MemberCheck.isInSync(through.status(), id));
    proposer.connect(
        through,
        new MemberCheck(
            identity.member(),
            through,
            clocks,
            (id, done) -> desk.ask(LeaderQuestion.Kind.IN_SYNC, id, done)));
    Promotion promotion = new Promotion(through, this::proposeAsLeader);
    timers.every(Duration.ofMillis(500), () -> promotion.promote(published));
    timers.every(Duration.ofMillis(500), this::publishSelf);
    timers.every(Duration.ofMillis(250), () -> duties.revokeExpiredLeases(published));
    timers.every(Duration.ofMillis(500), () -> duties.expireNodes(published));
    timers.every(Duration.ofMillis(500), this::giveUpOverdue);
    timers.every(Duration.ofMillis(500), () -> duties.compactByRule(published));
    timers.every(Duration.ofMillis(500), this::tellState);
    trimming.begin(); // What a compaction before the restart had not freed yet.
    inbox.wake();
  }

  /** Who this member is. */
  public Identity identity() {
    return identity;
  }

  /** The newest state this member has applied and published. */
  public State state() {
    return published;
  }

  /** Who leads, as far as this member knows. */
  public Leadership leadership() {
    return leadership;
  }

  /** What is counted here. */
  public ReplicaCounts counts() {
    return counts;
  }

  /**
   * Opens a door for one other event loop, which must be the caller's: one is enough for a loop.
   */
  public Door open(Executor owner) {
    Mailbox mailbox = new Mailbox(owner);
    inbox.ask(() -> mailboxes.add(mailbox));
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
    counts.proposed();
    inbox.add(propose);
    propose.from().atTurnEnd(inbox::wake);
  }

  private Command noSpace() {
    return new Command.SetAlarm(new Alarm(identity.member(), Alarm.Kind.NOSPACE), true);
  }

  void readIndex(Mailbox from, Consumer<Optional<State>> done) {
    if (isAlone) {
      done.accept(Optional.of(published)); // Nobody was told of a write that is not in it.
      return;
    }
    inbox.ask(() -> reads.add(state -> from.put(() -> done.accept(state))));
  }

  void askLease(Mailbox from, LeaderQuestion.Kind kind, long lease, Consumer<LeaseAnswer> done) {
    inbox.ask(() -> desk.ask(kind, lease, answer -> from.put(() -> done.accept(answer))));
  }

  /** Another member asks about a lease. On the replica's loop. */
  public void asked(long peer, LeaderQuestion question) {
    desk.asked(peer, question);
    nextRead();
  }

  /** The leader answers what this member has asked. On the replica's loop. */
  public void answered(LeaderReply reply) {
    desk.answered(reply);
    mailboxes.forEach(Mailbox::send);
  }

  void transferLeader(long target) {
    inbox.ask(() -> consensus.ifPresent(through -> through.transferLeader(target)));
  }

  void follow(Mailbox from, Consumer<State> follower) {
    Runnable question =
        () -> {
          from.addFollower(follower);
          from.putNews(published);
        };
    inbox.ask(question);
  }

  void unfollow(Mailbox from, Consumer<State> follower) {
    inbox.ask(() -> from.removeFollower(follower));
  }

  /** Whether the disk has room for more log; while it has not, proposals are refused. */
  public void setFull(boolean full) {
    isFull = full;
  }

  /** Refuses everything from now on and answers what still waits. On the replica's loop. */
  public void stop() {
    isStopped = true;
    snapshots.ifPresent(Snapshots::stop);
    inbox.drain();
    endTurn();
    proposer.giveUp(clocks.monotonicNanos() + 1, Answer.Reason.STOPPED);
    desk.giveUp(clocks.monotonicNanos() + 1, Answer.Reason.STOPPED);
    reads.stop();
    mailboxes.forEach(Mailbox::send);
  }

  @Override
  public void committed(List<Entry> entries) {
    entries.forEach(this::apply);
    advanced();
  }

  @Override
  public boolean admits(ConfChange change) {
    return MemberChanges.command(change)
        .map(proposal -> applier.admits(proposal.command()))
        .orElse(true);
  }

  @Override
  public void configured(Entry entry, ConfState conf) {
    snapshots.ifPresent(counted -> counted.count(entry.payload().size()));
    MemberChanges.command(ConfChangeCodec.decode(entry.payload()))
        .ifPresentOrElse(
            proposal -> {
              Command change = proposal.command();
              Outcome outcome = applier.reconfigure(entry.index(), entry.term(), change, conf);
              proposer.applied(proposal.origin()).ifPresent(propose -> answer(propose, outcome));
            },
            () -> applier.configure(entry.index(), entry.term(), conf));
    check.applied(entry.index(), applier.digest());
    advanced();
  }

  @Override
  public void restored(State state) {
    applier = new Applier(state);
    check.restart(state);
    snapshots.ifPresent(newer -> newer.received(state.index()));
    trimming.begin();
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
    counts.led(soft.leader(), leadership.leader());
    leadership = new Leadership(soft.leader(), term);
    StateLog.led(leadership, published.members());
    if (isLeader && !led) {
      duties.begin(published);
    }
    reads.again(clocks.monotonicNanos() + 1);
    desk.led(isLeader, soft.leader());
    nextRead();
    proposer.led(term);
    mailboxes.forEach(Mailbox::send);
  }

  private void advanced() {
    long before = published.term();
    publish();
    if (published.term() != before) {
      proposer.reached(published.term());
    }
    // With an entry of its own term, a leader has applied all that was ever answered (Raft §8).
    isAlone = isLeader && published.term() == leadership.term() && published.conf().equals(alone);
    reads.applied(published);
    mailboxes.forEach(Mailbox::send);
    snapshots.ifPresent(due -> due.offer(published));
    compactIfDue();
    raiseAlarmIfDue();
    publishSelf();
  }

  private void tellState() {
    if (isLeader) {
      check.tell(published);
    }
  }

  /** Whether another member has made something else of the log. On the replica's loop. */
  boolean differs(StateClaim other) {
    return check.differs(other);
  }

  private void publishSelf() {
    publication.ifPresent(self -> self.offer(published));
  }

  private void compactIfDue() {
    if (!trimming.isUnderWay()) {
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
    return counts.waiting() >= WAITING_MAX ? Answer.Reason.OVERLOADED : null;
  }

  private void endTurn() {
    proposer.flush();
    nextRead();
    mailboxes.forEach(Mailbox::send);
  }

  /** Entries may be lost with a leader; nobody hears of that but by waiting in vain. */
  private void giveUpOverdue() {
    long now = clocks.monotonicNanos();
    long longAgo = now - requestTimeout.toNanos();
    proposer.giveUp(longAgo, Answer.Reason.TIMED_OUT);
    reads.giveUp(longAgo);
    desk.giveUp(longAgo, Answer.Reason.TIMED_OUT);
    reads.again(now - REASK.toNanos());
    nextRead();
    proposer.offerHeld();
    mailboxes.forEach(Mailbox::send);
  }

  /** Proposes what is the leader's business, and nobody waits for. Whether it is under way. */
  private boolean proposeAsLeader(Command command) {
    return isLeader && proposeOwn(command) instanceof Proposal.Accepted;
  }

  private Proposal proposeOwn(Command command) {
    return isStopped ? new Proposal.Refused(Proposal.Reason.NO_LEADER) : proposer.own(command);
  }

  private void apply(Entry entry) {
    takeIn(entry);
    check.applied(entry.index(), applier.digest());
  }

  private void takeIn(Entry entry) {
    snapshots.ifPresent(counted -> counted.count(entry.payload().size()));
    if (entry.payload().size() == 0) {
      applier.advance(entry.index(), entry.term());
      return;
    }
    byte[] payload = entry.payload().array();
    Optional<Pending.Propose> waiter = proposer.applied(CommandCodec.origin(payload));
    // Of what was proposed here, the command that was encoded is still at hand.
    Command command =
        waiter.isPresent() ? waiter.get().command() : CommandCodec.decode(payload).command();
    Outcome outcome = applier.apply(entry.index(), entry.term(), command);
    duties.applied(command.bare(), outcome);
    observer.accept(command, outcome);
    if (outcome instanceof Outcome.Compacted) {
      trimming.begin();
    }
    waiter.ifPresent(propose -> answer(propose, outcome));
  }

  private void answer(Pending.Propose propose, Outcome outcome) {
    counts.answered();
    Consumer<Answer> done = propose.done();
    // The state is read when the answer is given: it is published by then.
    propose.from().put(() -> done.accept(new Answer.Applied(outcome, published)));
  }

  private void giveUp(Pending.Propose propose, Answer.Reason reason) {
    counts.gaveUp();
    propose.from().put(() -> propose.done().accept(new Answer.Failed(reason)));
  }

  private void publish() {
    State state = applier.freeze();
    StateLog.published(published, state, clocks);
    published = state;
    mailboxes.forEach(mailbox -> mailbox.putNews(state));
  }

  /** What was on its way when the quota was reached may have passed it. */
  private void raiseAlarmIfDue() {
    if (quota.isPassedBy(published) && !published.alarms().has(Alarm.Kind.NOSPACE)) {
      proposeOwn(noSpace());
    }
  }

  private void trimmed() {
    publish(); // Or what was freed would be held until the next write.
    compactIfDue();
  }
}
