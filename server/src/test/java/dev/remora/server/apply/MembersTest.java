package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.raft.ConfState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who belongs to the cluster, change after change. */
final class MembersTest {
  /** Its highest bit is set: ids are unsigned. */
  private static final long HIGH = 0x8e9e05c52164694dL;

  private final TreeSet<Long> voters = new TreeSet<>();
  private final TreeSet<Long> learners = new TreeSet<>();
  private Applier applier = new Applier(State.EMPTY);
  private long index;

  @Test
  void membersAreListedByUnsignedId() {
    found(HIGH, 7, 3);

    assertThat(members().list()).extracting(Member::id).containsExactly(3L, 7L, HIGH);
    assertThat(members().get(HIGH)).contains(founder(HIGH));
    assertThat(members().get(4)).isEmpty();
  }

  @Test
  void whoIsAddedHasNoVoteUntilItIsPromoted() {
    found(1);

    assertThat(change(new Command.AddMember(joining(5, false), 0))).isInstanceOf(done());
    assertThat(applier.freeze().hasVote(5)).isFalse();
    assertThat(members().get(5)).contains(joining(5, false));

    assertThat(change(new Command.PromoteMember(5))).isInstanceOf(done());
    assertThat(applier.freeze().hasVote(5)).isTrue();
    assertThat(change(new Command.PromoteMember(5)))
        .isEqualTo(refused(Outcome.Reason.MEMBER_NOT_LEARNER));
  }

  @Test
  void aLearnerThatIsPromotedByRequestIsOneThatVotesFromThenOn() {
    found(1);
    change(new Command.AddMember(joining(5, true), 0));

    change(new Command.PromoteMember(5));

    assertThat(members().get(5)).contains(joining(5, false));
  }

  @Test
  void nobodyIsAddedBeforeTheOneBeforeHasStarted() {
    found(1, 2, 3);
    change(new Command.AddMember(joining(5, false), 0));
    Command.Reconfiguration second = new Command.AddMember(joining(6, false), 0);

    assertThat(change(second)).isEqualTo(refused(Outcome.Reason.NOT_ENOUGH_STARTED));
    apply(new Command.PublishMember(5, "m5", List.of("http://m5:2379"), 0));

    assertThat(change(second)).isInstanceOf(done());
    assertThat(members().get(5))
        .contains(
            new Member(5, "m5", List.of("http://m5:2380"), List.of("http://m5:2379"), false, 0));
  }

  @Test
  void noIdAndNoPeerUrlIsTakenTwice() {
    found(1, 2);

    assertThat(change(new Command.AddMember(joining(2, false), 0)))
        .isEqualTo(refused(Outcome.Reason.MEMBER_EXISTS));
    Member elsewhere = Member.unstarted(5, "", List.of("http://new:1", "http://m2:2380"), false);
    assertThat(change(new Command.AddMember(elsewhere, 0)))
        .isEqualTo(refused(Outcome.Reason.PEER_URL_EXISTS));
    assertThat(apply(new Command.UpdateMember(1, List.of("http://m2:2380"), 0)))
        .isEqualTo(refused(Outcome.Reason.PEER_URL_EXISTS));
    assertThat(apply(new Command.UpdateMember(2, List.of("http://m2:2380"), 0)))
        .isInstanceOf(done());
  }

  @Test
  void whoHasLeftNeverComesBack() {
    found(1, 2, 3);

    assertThat(change(new Command.RemoveMember(3, 0))).isInstanceOf(done());

    assertThat(members().list()).extracting(Member::id).containsExactly(1L, 2L);
    assertThat(members().wasRemoved(3)).isTrue();
    Outcome gone = refused(Outcome.Reason.MEMBER_REMOVED);
    assertThat(change(new Command.RemoveMember(3, 0))).isEqualTo(gone);
    assertThat(change(new Command.AddMember(joining(3, false), 0))).isEqualTo(gone);
    assertThat(change(new Command.PromoteMember(3))).isEqualTo(gone);
    assertThat(apply(new Command.UpdateMember(3, List.of("http://x:1"), 0))).isEqualTo(gone);
    assertThat(apply(new Command.PublishMember(3, "m3", List.of(), 0))).isEqualTo(gone);
  }

  @Test
  void nothingBecomesOfAMemberThatNobodyKnows() {
    found(1, 2);
    Outcome unknown = refused(Outcome.Reason.MEMBER_NOT_FOUND);

    assertThat(change(new Command.RemoveMember(9, 2))).isEqualTo(unknown);
    assertThat(change(new Command.PromoteMember(9))).isEqualTo(unknown);
    assertThat(apply(new Command.UpdateMember(9, List.of("http://x:1"), 1))).isEqualTo(unknown);
    assertThat(apply(new Command.PublishMember(9, "m9", List.of(), 0))).isEqualTo(unknown);
  }

  @Test
  void theLastVoterStays() {
    found(1);
    change(new Command.AddMember(joining(5, true), 0));

    assertThat(change(new Command.RemoveMember(1, 0)))
        .isEqualTo(refused(Outcome.Reason.NOT_ENOUGH_STARTED));
    assertThat(change(new Command.RemoveMember(5, 0))).isInstanceOf(done());
  }

  @Test
  void thereIsOneLearnerAtATime() {
    found(1);
    change(new Command.AddMember(joining(5, true), 0));
    apply(new Command.PublishMember(5, "m5", List.of(), 0));

    assertThat(change(new Command.AddMember(joining(6, true), 0)))
        .isEqualTo(refused(Outcome.Reason.TOO_MANY_LEARNERS));
    assertThat(change(new Command.AddMember(joining(6, false), 0))).isInstanceOf(done());
  }

  @Test
  void aChangeTakesAsManyRevisionsAsItSays() {
    found(1);

    assertThat(change(new Command.AddMember(joining(5, false), 1)))
        .isEqualTo(new Outcome.MembersChanged(2));
    assertThat(change(new Command.AddMember(joining(5, false), 1)))
        .isEqualTo(refused(Outcome.Reason.MEMBER_EXISTS, 2));
    assertThat(apply(new Command.UpdateMember(5, List.of("http://x:1"), 1)))
        .isEqualTo(new Outcome.MembersChanged(3));
    assertThat(change(new Command.RemoveMember(5, 2))).isEqualTo(new Outcome.MembersChanged(5));
    assertThat(apply(new Command.PublishMember(1, "other", List.of(), 0)))
        .isEqualTo(new Outcome.MembersChanged(5));
    assertThatThrownBy(() -> new Command.RemoveMember(5, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRefusedChangeThatChangedTheConfigurationIsABug() {
    found(1);

    assertThatThrownBy(() ->
            applier.reconfigure(2, 1, new Command.RemoveMember(9, 0), ConfState.of(List.of(2L))))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> applier.apply(3, 1, new Command.RemoveMember(1, 0)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSnapshotCarriesTheMembersAndThoseThatLeft() throws Exception {
    found(1, 2, HIGH);
    change(new Command.AddMember(joining(5, true), 1));
    apply(new Command.PublishMember(5, "m5", List.of("http://m5:2379", "http://m5:4001"), 0));
    change(new Command.RemoveMember(HIGH, 2));
    change(new Command.RemoveMember(2, 2));
    State written = applier.freeze();

    State read = reload(written);

    assertThat(read.members()).isEqualTo(written.members());
    assertThat(read.members().removed()).containsExactly(2L, HIGH);
    assertThat(read.conf()).isEqualTo(written.conf());
    assertThat(read.revision()).isEqualTo(6);
    applier = new Applier(read);
    Command put = new Command.Put(Bytes.utf8("k"), Bytes.utf8("v"), 0, false, false, false);
    assertThat(apply(put)).isEqualTo(new Outcome.Put(7, null));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aChangeIsReadAsItWasWritten(Command.MemberChange change) {
    CommandCodec.Origin origin = new CommandCodec.Origin(1, 2, 3);

    assertThat(CommandCodec.decode(CommandCodec.encode(origin, change)))
        .isEqualTo(new CommandCodec.Proposal(origin, change));
  }

  static List<Command.MemberChange> changes() {
    return List.of(
        new Command.AddMember(joining(HIGH, true), 0),
        new Command.AddMember(
            new Member(
                5, "m5", List.of("http://a:1", "http://b:2"), List.of("http://c:3"), false, 70),
            1),
        new Command.RemoveMember(HIGH, 2),
        new Command.PromoteMember(HIGH),
        new Command.UpdateMember(HIGH, List.of("http://a:1", "http://b:2"), 1),
        new Command.PublishMember(HIGH, "näme", List.of("http://c:3"), 71));
  }

  private void found(long... ids) {
    for (long id : ids) {
      index++;
      voters.add(id);
      applier.reconfigure(index, 1, new Command.AddMember(founder(id), 0), conf());
    }
  }

  private static Member founder(long id) {
    String host = "m" + Long.toUnsignedString(id);
    return Member.unstarted(id, host, List.of("http://" + host + ":2380"), false);
  }

  private static Member joining(long id, boolean isLearner) {
    return Member.unstarted(id, "", List.of("http://m" + id + ":2380"), isLearner);
  }

  /** As the driver does it: asks first, changes the configuration if it may, then applies. */
  private Outcome change(Command.Reconfiguration change) {
    if (applier.admits(change)) {
      Consumer<Long> effect =
          switch (change) {
            case Command.AddMember _ -> learners::add;
            case Command.RemoveMember _ ->
                id -> {
                  voters.remove(id);
                  learners.remove(id);
                };
            case Command.PromoteMember _ ->
                id -> {
                  learners.remove(id);
                  voters.add(id);
                };
          };
      effect.accept(change.id());
    }
    return applier.reconfigure(++index, 1, change, conf());
  }

  private Outcome apply(Command command) {
    return applier.apply(++index, 1, command);
  }

  private ConfState conf() {
    return new ConfState(List.copyOf(voters), List.of(), List.copyOf(learners), List.of(), false);
  }

  private Members members() {
    return applier.freeze().members();
  }

  private static Class<Outcome.MembersChanged> done() {
    return Outcome.MembersChanged.class;
  }

  private static Outcome refused(Outcome.Reason reason) {
    return refused(reason, 1);
  }

  private static Outcome refused(Outcome.Reason reason, long revision) {
    return new Outcome.Refused(revision, reason);
  }

  private static State reload(State state) throws InvalidSnapshotException {
    List<byte[]> chunks = new ArrayList<>();
    new SnapshotEncoder(state).forEachRemaining(chunks::add);
    SnapshotDecoder decoder = new SnapshotDecoder();
    for (byte[] chunk : chunks) {
      decoder.accept(chunk);
    }
    return decoder.finish();
  }
}
