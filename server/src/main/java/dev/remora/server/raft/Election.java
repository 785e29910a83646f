package dev.remora.server.raft;

import dev.remora.server.raft.Message.VoteRequest;
import dev.remora.server.raft.Message.VoteResponse;
import dev.remora.server.raft.progress.Tracker;
import dev.remora.server.raft.quorum.MajorityQuorum.Ballot;
import dev.remora.server.raft.quorum.MajorityQuorum.Ballots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Campaigns, and votes in others' campaigns (Raft §5.2, §5.4.1; pre-vote: dissertation §9.6). */
final class Election {
  private final Member member;
  private final Roles roles;
  private final Proposals proposals;

  /** The answers to the campaign under way; looked up only, so that their order tells nothing. */
  private final Map<Long, Ballot> answers = new HashMap<>();

  private final Ballots ballots = id -> answers.getOrDefault(id, Ballot.MISSING);

  Election(Member member, Roles roles, Proposals proposals) {
    this.member = member;
    this.roles = roles;
    this.proposals = proposals;
  }

  /** Campaigns, if this member may. */
  void start() {
    if (mayStart()) {
      if (member.config.preVote()) {
        ask();
      } else {
        run(false);
      }
    }
  }

  /** Campaigns because the leader says so: others shall vote though they hear of that leader. */
  void startForTransfer() {
    if (mayStart()) {
      run(true);
    }
  }

  /**
   * A committed change of the configuration has to be applied first: otherwise it would count the
   * votes of a configuration that may be two steps behind the others'.
   */
  private boolean mayStart() {
    return !member.isLeader() && member.isPromotable() && !member.log.hasUnappliedConfChange();
  }

  private void ask() {
    roles.becomePreCandidate();
    request(member.term + 1, true, false);
  }

  private void run(boolean isTransfer) {
    roles.becomeCandidate();
    request(member.term, false, isTransfer);
  }

  private void request(long term, boolean isPre, boolean isTransfer) {
    answers.clear();
    for (long voter : voters()) {
      if (voter == member.id()) {
        member.outbox.afterDurable(new VoteResponse(voter, voter, term, isPre, false));
      } else {
        member.outbox.now(
            new VoteRequest(
                member.id(),
                voter,
                term,
                member.log.lastIndex(),
                member.log.lastTerm(),
                isPre,
                isTransfer));
      }
    }
  }

  private Iterable<Long> voters() {
    Tracker tracker = member.tracker;
    TreeSet<Long> ids = new TreeSet<>(tracker.conf().voters());
    ids.addAll(tracker.conf().votersOutgoing());
    return List.copyOf(ids);
  }

  /** Somebody campaigns in this term, or asks whether it could in a later one. */
  void onRequest(VoteRequest request) {
    if (isFree(request) && member.log.isUpToDate(request.lastIndex(), request.lastTerm())) {
      // A granted question names the term asked for: the asker is not there yet.
      member.outbox.afterDurable(
          new VoteResponse(member.id(), request.from(), request.term(), request.isPre(), false));
      if (!request.isPre()) {
        member.timers.restartElection();
        member.vote = request.from();
      }
    } else {
      reject(request);
    }
  }

  private boolean isFree(VoteRequest request) {
    return member.vote == request.from()
        || (member.vote == 0 && member.leader == 0)
        || (request.isPre() && request.term() > member.term);
  }

  void reject(VoteRequest request) {
    member.outbox.afterDurable(
        new VoteResponse(member.id(), request.from(), member.term, request.isPre(), true));
  }

  /** Counts an answer, if it is one to the campaign under way. */
  void onResponse(VoteResponse response) {
    Role asker = response.isPre() ? Role.PRE_CANDIDATE : Role.CANDIDATE;
    if (member.role != asker) {
      return;
    }
    answers.putIfAbsent(response.from(), response.rejected() ? Ballot.REJECTED : Ballot.GRANTED);
    switch (member.tracker.quorum().result(ballots)) {
      case WON -> {
        if (response.isPre()) {
          run(false);
        } else {
          roles.becomeLeader();
          proposals.openTerm();
        }
      }
      // A question that is lost has begun no term: back to the one we are in.
      case LOST -> roles.becomeFollower(member.term, 0);
      case PENDING -> {}
    }
  }
}
