package dev.remora.server.replica;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.Members;
import dev.remora.server.apply.State;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.Status;
import java.time.Duration;
import java.util.List;
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
  private final Door door;
  private final List<String> peerUrls;
  private final Consumer<Refusal> stopper;

  private final RefusalClock refusals = new RefusalClock(PASSING_MAX);

  /**
   * Opens it.
   *
   * @param door the replica's, of its own loop
   * @param peerUrls where this member is reached
   * @param stopper ends this member, with the reason, when it could only do harm
   */
  public PeerDoor(
      Identity identity,
      Clocks clocks,
      RaftNode node,
      Replica replica,
      Door door,
      List<String> peerUrls,
      Consumer<Refusal> stopper) {
    this.identity = identity;
    this.clocks = clocks;
    this.node = node;
    this.replica = replica;
    this.door = door;
    this.peerUrls = List.copyOf(peerUrls);
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
        node.durableIndex(),
        peerUrls);
  }

  @Override
  public Optional<Refusal> refusal(Greeting greeting) {
    return stranger(greeting)
        .or(() ->
            hasForgotten(greeting)
                ? refused(
                    Refusal.Weight.FINAL,
                    "member %x has forgotten what it once confirmed (its log ends at %d): its data"
                            .formatted(greeting.member(), greeting.lastIndex())
                        + " directory is an old copy; remove the member from the cluster, then add"
                        + " it with an empty directory")
                : Optional.empty());
  }

  @Override
  public boolean isStillWelcome(Greeting greeting) {
    return stranger(greeting).isEmpty();
  }

  /** Why one is not the member that it says it is; nothing if it is, or may be. */
  private Optional<Refusal> stranger(Greeting greeting) {
    if (greeting.cluster() != identity.cluster()) {
      return refused(
          Refusal.Weight.FINAL,
          "member %x belongs to cluster %x, and this is cluster %x: check --initial-cluster and"
                  .formatted(greeting.member(), greeting.cluster(), identity.cluster())
              + " --initial-cluster-token");
    }
    Members members = replica.state().members();
    if (members.wasRemoved(greeting.member())) {
      return refused(
          Refusal.Weight.REMOVED,
          "member %x was removed from the cluster: to come back, it is added anew and started"
                  .formatted(greeting.member())
              + " with an empty data directory");
    }
    boolean isAnother =
        members
            .get(greeting.member())
            .filter(known -> known.incarnation() != 0)
            .filter(known -> known.incarnation() != greeting.incarnation())
            .isPresent();
    return isAnother ? refused(Refusal.Weight.FINAL, wiped(greeting.member())) : Optional.empty();
  }

  private static String wiped(long member) {
    return "member %x has started before with another data directory, and has promised what this one"
            .formatted(member)
        + " does not know: remove it from the cluster, then add it and start it with an empty"
        + " directory and --initial-cluster-state existing";
  }

  private static Optional<Refusal> refused(Refusal.Weight weight, String reason) {
    return Optional.of(new Refusal(reason, weight));
  }

  /** In one term, what a member has once confirmed to the leader is never cut off its log. */
  private boolean hasForgotten(Greeting greeting) {
    Status status = node.status();
    Status.PeerProgress progress = status.progress().get(greeting.member());
    return progress != null
        && greeting.term() <= status.hard().term()
        && greeting.lastIndex() < progress.match();
  }

  /** Answered from a state that has all that was ever answered, such as that it was added. */
  @Override
  public void introduce(List<String> urls, Consumer<Introduction> done) {
    door.readIndex(read ->
        done.accept(
            read.map(state -> introduction(urls, state.members()))
                .orElse(new Introduction.Unsure("no quorum of the members is there"))));
  }

  private Introduction introduction(List<String> urls, Members members) {
    List<String> sorted = urls.stream().sorted().toList();
    Optional<Member> joining =
        members.list().stream()
            .filter(member -> member.peerUrls().stream().sorted().toList().equals(sorted))
            .findFirst();
    if (joining.isEmpty()) {
      return new Introduction.Unknown(
          ("the cluster knows no member at %s: add it first, with etcdctl member add or POST"
                  + " /v2/members; its URLs are %s")
              .formatted(
                  urls,
                  members.list().stream().map(Member::peerUrls).flatMap(List::stream).toList()));
    }
    long member = joining.get().id();
    return joining.get().incarnation() == 0
        ? new Introduction.Known(identity.cluster(), member, named(members))
        : new Introduction.Unknown(wiped(member));
  }

  private static List<Introduction.Named> named(Members members) {
    return members.list().stream()
        .map(member -> new Introduction.Named(member.name(), member.peerUrls()))
        .toList();
  }

  @Override
  public void refused(long peer, Refusal refusal) {
    boolean isOver = refusals.refused(peer, clocks.monotonicNanos());
    if (refusal.weight() != Refusal.Weight.PASSING || isOver) {
      stopper.accept(refusal);
    }
  }

  @Override
  public void welcomed(long peer) {
    refusals.welcomed(peer);
  }

  @Override
  public void received(List<Message> messages) {
    node.receive(messages);
  }

  @Override
  public void asked(long peer, LeaderQuestion question) {
    replica.asked(peer, question);
  }

  @Override
  public void answered(LeaderReply reply) {
    replica.answered(reply);
  }

  /** Entries are the same everywhere: who has made something else of them is not to be believed. */
  @Override
  public void told(long peer, StateClaim claim) {
    if (replica.differs(claim)) {
      String reason =
          "the state after entry %d is not what member %x has made of the same log: one of the two"
                  .formatted(claim.index(), peer)
              + " has failed; start this one again, and if that does not help, remove it from the"
              + " cluster and add it anew with an empty data directory";
      stopper.accept(new Refusal(reason, Refusal.Weight.FINAL));
    }
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
