package dev.remora.server.raft.progress;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.quorum.JointQuorum;
import dev.remora.server.raft.quorum.MajorityQuorum.Ballot;
import dev.remora.server.raft.quorum.MajorityQuorum.Ballots;
import dev.remora.server.raft.quorum.MajorityQuorum.Reached;
import dev.remora.server.raft.quorum.VoteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The configuration in force and every member's {@link Progress}, by ascending id. */
public final class Tracker {
  private final int inflightMax;
  private final long inflightBytesMax;

  private final Reached matches = this::match;
  private final Ballots hearings = this::heard;

  private ConfState conf = ConfState.EMPTY;
  private JointQuorum quorum = new JointQuorum(List.of(), List.of());
  private Progress[] members = new Progress[0];

  /**
   * Of a group without members.
   *
   * @param inflightMax the window of every member, in appends
   * @param inflightBytesMax the same in bytes, 0 for no bound
   */
  public Tracker(int inflightMax, long inflightBytesMax) {
    this.inflightMax = inflightMax;
    this.inflightBytesMax = inflightBytesMax;
  }

  /** The configuration in force. */
  public ConfState conf() {
    return conf;
  }

  /** Who decides. */
  public JointQuorum quorum() {
    return quorum;
  }

  /** How many members there are, learners too. */
  public int size() {
    return members.length;
  }

  /** The member at this place, from 0 on. */
  public Progress at(int place) {
    return members[place];
  }

  /** The member of this id, or null. */
  public @Nullable Progress find(long id) {
    for (Progress member : members) {
      if (member.id() == id) {
        return member;
      }
    }
    return null;
  }

  /**
   * Brings a configuration into force. Who stays keeps its progress.
   *
   * @param renewed who begins anew though it was there
   * @param next where to try first with whoever is new
   */
  public void reconfigure(ConfState newConf, Set<Long> renewed, long next) {
    Set<Long> ids = new TreeSet<>(newConf.voters());
    ids.addAll(newConf.votersOutgoing());
    ids.addAll(newConf.learners());
    List<Progress> progresses = new ArrayList<>();
    for (long id : ids) {
      Progress known = renewed.contains(id) ? null : find(id);
      Progress progress = known == null ? fresh(id, next) : known;
      progress.setLearner(newConf.learners().contains(id));
      progresses.add(progress);
    }
    members = progresses.toArray(Progress[]::new);
    conf = newConf;
    quorum = new JointQuorum(newConf.voters(), newConf.votersOutgoing());
  }

  /** Counts as active: it had no time to be heard of yet. */
  private Progress fresh(long id, long next) {
    Progress progress = new Progress(id, next, new Inflights(inflightMax, inflightBytesMax));
    progress.setActive(true);
    return progress;
  }

  /**
   * Forgets what was known of the members.
   *
   * @param self the member that knows its own log
   */
  public void reset(long self, long lastIndex) {
    for (int i = 0; i < members.length; i++) {
      Progress old = members[i];
      Progress fresh =
          new Progress(old.id(), lastIndex + 1, new Inflights(inflightMax, inflightBytesMax));
      fresh.setLearner(old.isLearner());
      if (old.id() == self) {
        fresh.accepted(lastIndex);
      }
      members[i] = fresh;
    }
  }

  /** The highest index that a quorum's logs agree up to. */
  public long committed() {
    return quorum.committed(matches);
  }

  private long match(long id) {
    Progress member = find(id);
    return member == null ? 0 : member.match();
  }

  /** Whether a quorum was heard of in this election timeout. */
  public boolean isQuorumActive() {
    return quorum.result(hearings) == VoteResult.WON;
  }

  private Ballot heard(long id) {
    Progress member = find(id);
    return member != null && member.isActive() ? Ballot.GRANTED : Ballot.REJECTED;
  }
}
