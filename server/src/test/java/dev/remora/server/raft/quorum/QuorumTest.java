package dev.remora.server.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.raft.quorum.MajorityQuorum.Ballot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class QuorumTest {
  private static final int ROUNDS = 5_000;
  private static final int MEMBERS = 7;

  private static final List<Ballot> BALLOTS = List.of(Ballot.values());

  private final Random random = new Random(1);
  private final long[] reached = new long[MEMBERS + 1];
  private final Ballot[] ballots = new Ballot[MEMBERS + 1];

  @Test
  void committedIsWhatMoreThanHalfOfEachHalfHasReached() {
    for (int round = 0; round < ROUNDS; round++) {
      List<Long> incoming = someVoters(1);
      List<Long> outgoing = someVoters(0);
      LongStream.rangeClosed(1, MEMBERS).forEach(id -> reached[(int) id] = random.nextInt(6));

      long committed = new JointQuorum(incoming, outgoing).committed(id -> reached[(int) id]);

      assertThat(committed).as("%s %s", incoming, outgoing).isEqualTo(best(incoming, outgoing));
    }
  }

  private long best(List<Long> incoming, List<Long> outgoing) {
    return LongStream.rangeClosed(0, 6)
        .filter(index -> hasMajority(incoming, index) && hasMajority(outgoing, index))
        .max()
        .orElseThrow();
  }

  private boolean hasMajority(List<Long> voters, long index) {
    long count = voters.stream().filter(id -> reached[id.intValue()] >= index).count();
    return voters.isEmpty() || 2 * count > voters.size();
  }

  @Test
  void aVoteIsPendingAsLongAsTheMissingAnswersDecideIt() {
    for (int round = 0; round < ROUNDS; round++) {
      List<Long> incoming = someVoters(1);
      List<Long> outgoing = someVoters(0);
      for (int id = 1; id <= MEMBERS; id++) {
        ballots[id] = BALLOTS.get(random.nextInt(BALLOTS.size()));
      }

      VoteResult result = new JointQuorum(incoming, outgoing).result(id -> ballots[(int) id]);

      boolean isWonAtLeast = isWon(incoming, Ballot.REJECTED) && isWon(outgoing, Ballot.REJECTED);
      boolean isWonAtMost = isWon(incoming, Ballot.GRANTED) && isWon(outgoing, Ballot.GRANTED);
      VoteResult expected =
          isWonAtLeast ? VoteResult.WON : isWonAtMost ? VoteResult.PENDING : VoteResult.LOST;
      assertThat(result).as("%s %s", incoming, outgoing).isEqualTo(expected);
    }
  }

  private boolean isWon(List<Long> voters, Ballot missing) {
    long granted =
        voters.stream()
            .map(id -> ballots[id.intValue()])
            .map(ballot -> ballot == Ballot.MISSING ? missing : ballot)
            .filter(ballot -> ballot == Ballot.GRANTED)
            .count();
    return voters.isEmpty() || 2 * granted > voters.size();
  }

  private List<Long> someVoters(int least) {
    List<Long> voters = new ArrayList<>();
    while (voters.size() < least || random.nextInt(4) != 0) {
      long id = 1L + random.nextInt(MEMBERS);
      if (!voters.contains(id)) {
        voters.add(id);
      } else if (voters.size() >= least) {
        break;
      }
    }
    return voters;
  }
}
