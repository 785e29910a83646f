package dev.remora.server.raft;

import dev.remora.server.raft.Message.Proposed;
import dev.remora.server.raft.Proposal.Reason;
import dev.remora.server.raft.membership.Changer;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts what is proposed into the leader's log, or on its way there. */
final class Proposals {
  private final Member member;
  private final Feeder feeder;
  private final PendingChange pending;

  Proposals(Member member, Feeder feeder, PendingChange pending) {
    this.member = member;
    this.feeder = feeder;
    this.pending = pending;
  }

  /** Proposes commands, one entry each. */
  Proposal commands(List<Payload> payloads) {
    if (!member.isLeader()) {
      List<Proposed> proposed = new ArrayList<>(payloads.size());
      for (Payload payload : payloads) {
        proposed.add(new Proposed(EntryKind.COMMAND, payload));
      }
      return forward(proposed);
    }
    long bytes = 0;
    for (int i = 0; i < payloads.size(); i++) {
      bytes += payloads.get(i).size();
    }
    Reason refusal = refusal(bytes);
    if (refusal != null) {
      return new Proposal.Refused(refusal);
    }
    long first = member.log.lastIndex() + 1;
    for (int i = 0; i < payloads.size(); i++) {
      member.log.append(new Entry(member.term, first + i, EntryKind.COMMAND, payloads.get(i)));
    }
    return appended(first, bytes);
  }

  /** Proposes a change of the configuration. */
  Proposal change(ConfChange change) {
    if (member.isLeader() && !pending.isFit(Changer.isLeave(change))) {
      return new Proposal.Refused(Reason.CHANGE_PENDING);
    }
    return mixed(List.of(new Proposed(EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change))));
  }

  /** Proposes what another member has sent; nobody waits for an answer. */
  void onForwarded(Message.Propose message) {
    mixed(message.proposals());
  }

  private Proposal mixed(List<Proposed> proposed) {
    if (!member.isLeader()) {
      return forward(proposed);
    }
    long bytes = 0;
    for (Proposed one : proposed) {
      bytes += one.payload().size();
    }
    Reason refusal = refusal(bytes);
    if (refusal != null) {
      return new Proposal.Refused(refusal);
    }
    long first = member.log.lastIndex() + 1;
    for (Proposed one : proposed) {
      append(one);
    }
    return appended(first, bytes);
  }

  private void append(Proposed proposed) {
    long index = member.log.lastIndex() + 1;
    boolean isChange = proposed.kind() == EntryKind.CONF_CHANGE;
    if (!isChange) {
      member.log.append(new Entry(member.term, index, proposed.kind(), proposed.payload()));
    } else if (pending.isFit(Changer.isLeave(ConfChangeCodec.decode(proposed.payload())))) {
      member.leadership.pendingConfIndex = index;
      member.log.append(new Entry(member.term, index, proposed.kind(), proposed.payload()));
    } else {
      member.log.append(new Entry(member.term, index, Payload.EMPTY));
    }
  }

  private Proposal forward(List<Proposed> proposed) {
    if (member.role != Role.FOLLOWER || member.leader == 0) {
      return new Proposal.Refused(Reason.NO_LEADER);
    }
    if (member.config.disableProposalForwarding()) {
      return new Proposal.Refused(Reason.NOT_LEADER);
    }
    member.outbox.now(new Message.Propose(member.id(), member.leader, 0, List.copyOf(proposed)));
    return new Proposal.Forwarded(member.leader);
  }

  /** Why this leader takes no proposal; entries without payload are never too much. */
  private @Nullable Reason refusal(long bytes) {
    if (member.self() == null) {
      return Reason.REMOVED;
    }
    Leadership leadership = member.leadership;
    if (leadership.transferee != 0) {
      return Reason.TRANSFERRING;
    }
    boolean isFull = leadership.uncommittedBytes + bytes > member.config.uncommittedBytesMax();
    return leadership.uncommittedBytes > 0 && bytes > 0 && isFull ? Reason.OVERLOADED : null;
  }

  private Proposal appended(long first, long bytes) {
    member.leadership.uncommittedBytes += bytes;
    long last = member.log.lastIndex();
    member.outbox.afterDurable(
        new Message.AppendResponse(member.id(), member.id(), member.term, last, false, 0, 0, 0));
    feeder.broadcastAppend();
    return new Proposal.Accepted(member.term, first);
  }

  /** Opens the leader's term with an entry of its own, by which older ones commit (Raft §8). */
  void openTerm() {
    long index = member.log.lastIndex() + 1;
    member.log.append(new Entry(member.term, index, Payload.EMPTY));
    appended(index, 0);
  }
}
