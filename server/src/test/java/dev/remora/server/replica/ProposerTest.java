package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ProposerTest {
  private static final Identity IDENTITY = new Identity(1, 10, 1, 7, "m10");
  private static final long LONG_AGO = -1;

  private final Group group = new Group();
  private final List<String> givenUp = new ArrayList<>();
  private final Proposer proposer =
      new Proposer(
          IDENTITY,
          new FixedClocks(),
          (propose, reason) -> givenUp.add(key(propose.command()) + " " + reason));

  ProposerTest() {
    proposer.connect(group, new MemberCheck(10, group, new FixedClocks(), (_, _) -> {}));
  }

  @Test
  void whatComesWhileNobodyLeadsIsProposedOnceSomebodyDoes() {
    group.answer = new Proposal.Refused(Proposal.Reason.NO_LEADER);
    propose("a");
    propose("b");
    group.answer = new Proposal.Forwarded(20);
    proposer.led(3);

    assertThat(group.taken).containsExactly("a", "b");
    assertThat(givenUp).isEmpty();
    proposer.led(4);
    assertThat(group.taken).containsExactly("a", "b");
  }

  @Test
  void whatALeaderWasGivenIsNeverProposedAgainButToldLostOnceALaterTermIsApplied() {
    proposer.led(3);
    group.answer = new Proposal.Forwarded(20);
    propose("a");
    proposer.reached(3);
    assertThat(givenUp).isEmpty();
    proposer.led(4);
    proposer.reached(4);

    assertThat(givenUp).containsExactly("a LEADER_LOST");
    assertThat(group.taken).containsExactly("a");
  }

  @Test
  void whatStillWaitsForALeaderIsNotLostWithTheTermBefore() {
    proposer.led(3);
    group.answer = new Proposal.Refused(Proposal.Reason.NO_LEADER);
    propose("a");
    proposer.reached(9);

    assertThat(givenUp).isEmpty();
  }

  @Test
  void whatWasGivenUpWhileItWaitedIsNotProposed() {
    group.answer = new Proposal.Refused(Proposal.Reason.TRANSFERRING);
    propose("a");
    proposer.giveUp(LONG_AGO, Answer.Reason.TIMED_OUT);
    assertThat(givenUp).isEmpty();
    proposer.giveUp(1, Answer.Reason.TIMED_OUT);
    group.answer = new Proposal.Accepted(3, 1);
    proposer.led(3);

    assertThat(givenUp).containsExactly("a TIMED_OUT");
    assertThat(group.taken).isEmpty();
  }

  @Test
  void aChangeOfTheMembersWaitsForALeaderToo() {
    group.answer = new Proposal.Refused(Proposal.Reason.NO_LEADER);
    proposer.add(
        new Pending.Propose(new Mailbox(Runnable::run), new Command.PromoteMember(5), _ -> {}),
        State.EMPTY);
    int before = group.changes;
    group.answer = new Proposal.Forwarded(20);
    proposer.led(3);

    assertThat(group.changes - before).isEqualTo(1);
  }

  @Test
  void tooMuchIsSaidAtOnce() {
    group.answer = new Proposal.Refused(Proposal.Reason.OVERLOADED);
    propose("a");

    assertThat(givenUp).containsExactly("a OVERLOADED");
  }

  private void propose(String key) {
    Bytes bytes = Bytes.utf8(key);
    Command put = new Command.Put(bytes, bytes, 0, false, false, false);
    proposer.add(new Pending.Propose(new Mailbox(Runnable::run), put, _ -> {}), State.EMPTY);
    proposer.flush();
  }

  private static String key(Command command) {
    return command instanceof Command.Put put ? put.key().text() : command.toString();
  }

  private static final class FixedClocks implements Clocks {
    @Override
    public long wallNanos() {
      return 0;
    }

    @Override
    public long monotonicNanos() {
      return 0;
    }
  }

  /** Answers as it is told, and keeps what it has not refused. */
  private static final class Group implements Consensus {
    private final List<String> taken = new ArrayList<>();
    private int changes;
    private Proposal answer = new Proposal.Accepted(1, 1);

    @Override
    public Proposal propose(List<Payload> payloads) {
      if (!(answer instanceof Proposal.Refused)) {
        payloads.forEach(payload -> taken.add(key(CommandCodec.decode(payload.array()).command())));
      }
      return answer;
    }

    @Override
    public Proposal proposeConf(ConfChange change) {
      changes++;
      return answer;
    }

    @Override
    public void readIndex(long token) {}

    @Override
    public void snapshotSaved(SnapshotMark mark, ConfState conf, int entriesKept) {}

    @Override
    public Status status() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public OptionalLong connectedSinceNanos(long peer) {
      return OptionalLong.empty();
    }
  }
}
