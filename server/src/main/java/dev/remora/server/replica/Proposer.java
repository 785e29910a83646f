package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Hands commands to consensus, each under a number of its own, by which its entry is known again
 * when it is applied. On the replica's loop only.
 */
final class Proposer {
  /** Most commands taken into one append. */
  private static final int BATCH_MAX = 1_024;

  private final Identity identity;
  private final Pending pending;
  private final Consensus consensus;
  private final MemberCheck memberCheck;
  private final BiConsumer<Pending.Propose, Answer.Reason> refused;
  private List<Payload> payloads = new ArrayList<>();
  private List<Long> sequences = new ArrayList<>();
  private long sequence;

  /**
   * Begins.
   *
   * @param pending where those go that wait for their entry
   * @param refused is told what will have none, and why
   */
  Proposer(
      Identity identity,
      Pending pending,
      Consensus consensus,
      MemberCheck memberCheck,
      BiConsumer<Pending.Propose, Answer.Reason> refused) {
    this.identity = identity;
    this.pending = pending;
    this.consensus = consensus;
    this.memberCheck = memberCheck;
    this.refused = refused;
  }

  /**
   * Takes a command that somebody waits for; it goes with others, at the latest with {@link
   * #flush}.
   *
   * @param state the newest
   */
  void take(Pending.Propose asked, State state) {
    if (asked.command() instanceof Command.Reconfiguration change) {
      flush();
      reconfigure(asked, change, state);
      return;
    }
    payloads.add(register(asked));
    sequences.add(sequence);
    if (payloads.size() == BATCH_MAX) {
      flush();
    }
  }

  private void reconfigure(Pending.Propose asked, Command.Reconfiguration change, State state) {
    Answer.Reason refusal = memberCheck.refusal(change, state);
    if (refusal != null) {
      refused.accept(asked, refusal);
      return;
    }
    Payload payload = register(asked);
    List<Long> ofChange = List.of(sequence); // What is done now may propose in turn.
    heed(consensus.proposeConf(MemberChanges.confChange(change, payload)), ofChange);
  }

  /** Proposes what was taken. */
  void flush() {
    if (!payloads.isEmpty()) {
      List<Payload> batch = payloads;
      List<Long> ofBatch = sequences;
      payloads = new ArrayList<>();
      sequences = new ArrayList<>();
      heed(consensus.propose(batch), ofBatch);
    }
  }

  /** Proposes a command that nobody waits for. */
  Proposal own(Command command) {
    sequence++;
    Payload payload = encode(command);
    return command instanceof Command.Reconfiguration change
        ? consensus.proposeConf(MemberChanges.confChange(change, payload))
        : consensus.propose(List.of(payload));
  }

  private void heed(Proposal proposal, List<Long> ofProposal) {
    if (proposal instanceof Proposal.Refused(Proposal.Reason reason)) {
      ofProposal.forEach(lost ->
          pending.take(lost).ifPresent(asked -> refused.accept(asked, Answer.Reason.of(reason))));
    }
  }

  private Payload register(Pending.Propose asked) {
    pending.add(++sequence, asked);
    return encode(asked.command());
  }

  private Payload encode(Command command) {
    CommandCodec.Origin origin =
        new CommandCodec.Origin(identity.member(), identity.boot(), sequence);
    return Payload.of(CommandCodec.encode(origin, command));
  }
}
