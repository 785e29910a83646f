package dev.remora.server.replica;

import dev.remora.server.apply.State;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.Status;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the other members come in: says who is listened to, and hands on what they bring. On the
 * replica's loop only.
 */
public final class PeerDoor implements PeerListener {
  /** Who is refused for so long for a reason that may pass is refused for good. */
  private static final Duration PASSING_MAX = Duration.ofSeconds(15);

  private final Identity identity;
  private final Clocks clocks;
  private final RaftNode node;
  private final Replica replica;
  private final Consumer<String> stopper;

  /** Since when, in monotonic nanoseconds, each member has refused this one without a break. */
  private final Map<Long, Long> refusedSince = new HashMap<>();

  /**
   * Opens it.
   *
   * @param stopper ends this member, with the reason, when it could only do harm
   */
  public PeerDoor(
      Identity identity, Clocks clocks, RaftNode node, Replica replica, Consumer<String> stopper) {
    this.identity = identity;
    this.clocks = clocks;
    this.node = node;
    this.replica = replica;
    this.stopper = stopper;
  }

  @Override
  public Greeting greeting() {
    return new Greeting(
        identity.cluster(),
        identity.member(),
        identity.incarnation(),
        identity.boot(),
        node.durableTerm(),
        node.durableIndex());
  }

  @Override
  public Optional<Refusal> refusal(Greeting greeting) {
    if (greeting.cluster() != identity.cluster()) {
      return Optional.of(
          new Refusal(
              "member %x belongs to cluster %x, and this is cluster %x: check --initial-cluster and"
                      .formatted(greeting.member(), greeting.cluster(), identity.cluster())
                  + " --initial-cluster-token",
              true));
    }
    if (replica.state().members().wasRemoved(greeting.member())) {
      return Optional.of(
          new Refusal(
              "member %x was removed from the cluster: to come back, it is added anew and started"
                      .formatted(greeting.member())
                  + " with an empty data directory",
              true));
    }
    return hasForgotten(greeting)
        ? Optional.of(
            new Refusal(
                "member %x has forgotten what it once confirmed (its log ends at %d): its data"
                        .formatted(greeting.member(), greeting.lastIndex())
                    + " directory is an old copy; remove the member from the cluster, then add it"
                    + " with an empty directory",
                true))
        : Optional.empty();
  }

  /** In one term, what a member has once confirmed to the leader is never cut off its log. */
  private boolean hasForgotten(Greeting greeting) {
    Status status = node.status();
    Status.PeerProgress progress = status.progress().get(greeting.member());
    return progress != null
        && greeting.term() <= status.hard().term()
        && greeting.lastIndex() < progress.match();
  }

  @Override
  public void refused(long peer, Refusal refusal) {
    long now = clocks.monotonicNanos();
    long since = refusedSince.computeIfAbsent(peer, _ -> now);
    if (refusal.isFinal() || now - since > PASSING_MAX.toNanos()) {
      stopper.accept(refusal.reason());
    }
  }

  @Override
  public void welcomed(long peer) {
    refusedSince.remove(peer);
  }

  @Override
  public void received(List<Message> messages) {
    node.receive(messages);
  }

  @Override
  public void asked(long peer, LeaseQuestion question) {
    replica.asked(peer, question);
  }

  @Override
  public void answered(LeaseReply reply) {
    replica.answered(reply);
  }

  @Override
  public void unreachable(long peer) {
    node.unreachable(peer);
  }

  @Override
  public void snapshotReceived(long leader, long leaderTerm, State state) {
    // The file may be newer than the place the leader's core spoke of: it is described as it is.
    SnapshotMeta meta = new SnapshotMeta(state.index(), state.term(), state.conf());
    node.receiveSnapshot(new Message.Snapshot(leader, identity.member(), leaderTerm, meta), state);
  }

  @Override
  public void snapshotStatus(long peer, boolean arrived) {
    node.snapshotStatus(peer, arrived);
  }
}
