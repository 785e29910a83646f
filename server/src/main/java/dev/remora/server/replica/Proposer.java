package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands commands to consensus, those of a turn together, and knows who waits for which until its
 * entry is applied. While nobody leads they wait here; what a leader was once given is never
 * proposed again, since it may be committed all the same. On the replica's loop only.
 */
final class Proposer {
  /** Most commands in one append. */
  private static final int BATCH_MAX = 1_024;

  private final Identity identity;
  private final Pending pending;
  private final BiConsumer<Pending.Propose, Answer.Reason> givenUp;
  private @Nullable Consensus consensus;
  private @Nullable MemberCheck memberCheck;
  private Batch gathered = new Batch(null);
  private List<Batch> held = new ArrayList<>();
  private long sequence;
  private long term;

  /** Commands that go to consensus together, or a change of the configuration alone. */
  private static final class Batch {
    final List<Payload> payloads = new ArrayList<>();
    final List<Long> sequences = new ArrayList<>();
    final Command.@Nullable Reconfiguration change;

    Batch(Command.@Nullable Reconfiguration change) {
      this.change = change;
    }
  }

  /**
   * Begins.
   *
   * @param givenUp answers those whose command has no outcome
   */
  Proposer(Identity identity, Clocks clocks, BiConsumer<Pending.Propose, Answer.Reason> givenUp) {
    this.identity = identity;
    this.pending = new Pending(clocks);
    this.givenUp = givenUp;
  }

  /** From now on has somebody to hand commands to. */
  void connect(Consensus through, MemberCheck check) {
    consensus = through;
    memberCheck = check;
  }

  /**
   * Takes a command; it is handed on with {@link #flush} at the latest.
   *
   * @param state the newest
   */
  void add(Pending.Propose propose, State state) {
    if (propose.command() instanceof Command.Reconfiguration change) {
      flush();
      reconfigure(propose, change, state);
      return;
    }
    register(propose, gathered);
    if (gathered.payloads.size() == BATCH_MAX) {
      flush();
    }
  }

  private void reconfigure(Pending.Propose propose, Command.Reconfiguration change, State state) {
    if (memberCheck == null) {
      reconfigure(propose, change);
      return;
    }
    memberCheck.judge(
        change,
        state,
        refusal -> {
          if (refusal == null) {
            reconfigure(propose, change);
          } else {
            givenUp.accept(propose, refusal);
          }
        });
  }

  private void reconfigure(Pending.Propose propose, Command.Reconfiguration change) {
    Batch alone = new Batch(change);
    register(propose, alone);
    offer(alone);
  }

  private void register(Pending.Propose propose, Batch batch) {
    pending.add(++sequence, propose, term);
    batch.payloads.add(encode(propose.command()));
    batch.sequences.add(sequence);
  }

  /** Hands on what was gathered. */
  void flush() {
    if (!gathered.payloads.isEmpty()) {
      Batch batch = gathered;
      gathered = new Batch(null);
      offer(batch);
    }
  }

  /** Proposes a command that nobody waits for; it is never held. */
  Proposal own(Command command) {
    sequence++;
    Batch alone = new Batch(command instanceof Command.Reconfiguration change ? change : null);
    alone.payloads.add(encode(command));
    return propose(alone);
  }

  private Payload encode(Command command) {
    CommandCodec.Origin origin =
        new CommandCodec.Origin(identity.member(), identity.boot(), sequence);
    return Payload.of(CommandCodec.encode(origin, command));
  }

  private void offer(Batch batch) {
    switch (propose(batch)) {
      case Proposal.Accepted _, Proposal.Forwarded _ -> {}
      case Proposal.Refused(Proposal.Reason reason) -> {
        switch (reason) {
          case NO_LEADER, NOT_LEADER, TRANSFERRING -> hold(batch);
          case OVERLOADED -> giveUp(batch, Answer.Reason.OVERLOADED);
          case REMOVED -> giveUp(batch, Answer.Reason.REMOVED);
          case CHANGE_PENDING -> giveUp(batch, Answer.Reason.CHANGE_PENDING);
        }
      }
    }
  }

  private Proposal propose(Batch batch) {
    if (consensus == null) {
      return new Proposal.Refused(Proposal.Reason.NO_LEADER);
    }
    return batch.change == null
        ? consensus.propose(batch.payloads)
        : consensus.proposeConf(MemberChanges.confChange(batch.change, batch.payloads.getFirst()));
  }

  private void hold(Batch batch) {
    batch.sequences.forEach(unsent -> pending.send(unsent, Pending.UNSENT));
    held.add(batch);
  }

  private void giveUp(Batch batch, Answer.Reason reason) {
    batch.sequences.forEach(
        refused -> pending.take(refused).ifPresent(propose -> givenUp.accept(propose, reason)));
  }

  /** Somebody leads in this term, or nobody. */
  void led(long inTerm) {
    term = inTerm;
    offerHeld();
  }

  /** Proposes what nobody has had yet, but for what was given up meanwhile. */
  void offerHeld() {
    List<Batch> offered = held;
    held = new ArrayList<>();
    for (Batch batch : offered) {
      Batch waiting = new Batch(batch.change);
      for (int i = 0; i < batch.sequences.size(); i++) {
        if (pending.send(batch.sequences.get(i), term)) {
          waiting.payloads.add(batch.payloads.get(i));
          waiting.sequences.add(batch.sequences.get(i));
        }
      }
      if (!waiting.payloads.isEmpty()) {
        offer(waiting);
      }
    }
  }

  /** The command of this origin is applied: who waits for it here, if anybody does. */
  Optional<Pending.Propose> applied(CommandCodec.Origin origin) {
    boolean isOwn = origin.member() == identity.member() && origin.boot() == identity.boot();
    return isOwn ? pending.take(origin.sequence()) : Optional.empty();
  }

  /**
   * An entry of this term is applied: what a leader of an earlier one was given, and is not applied
   * by now, is as good as lost. Not for sure: it may lie in a socket to a member that leads again.
   */
  void reached(long appliedTerm) {
    pending.takeSentBefore(
        appliedTerm, propose -> givenUp.accept(propose, Answer.Reason.LEADER_LOST));
  }

  /** Gives up what has waited since before this time. */
  void giveUp(long beforeNanos, Answer.Reason reason) {
    pending.takeOverdue(beforeNanos, propose -> givenUp.accept(propose, reason));
  }
}
