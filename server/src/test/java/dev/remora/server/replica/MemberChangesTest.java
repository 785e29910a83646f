package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Changes of the members go through the log as changes of the configuration, and are answered. */
final class MemberChangesTest {
  private static final Member NEW = Member.unstarted(5, "", List.of("http://m5:2380"), false);

  private final TestMember member = TestMember.start();

  @AfterEach
  void close() {
    member.close();
  }

  @Test
  void whoIsAddedIsALearnerAtFirst() {
    Answer.Applied added = (Answer.Applied) ask(new Command.AddMember(NEW, 1));

    assertThat(added.outcome()).isEqualTo(new Outcome.MembersChanged(2));
    assertThat(added.state().members().get(5)).contains(NEW);
    assertThat(added.state().conf().learners()).containsExactly(5L);
  }

  @Test
  void aChangeThatIsRefusedLeavesTheConfigurationAsItWas() {
    State before = member.replica().state();
    Member atOurs = Member.unstarted(5, "", List.of("http://127.0.0.1:2380"), true);

    Answer.Applied added = (Answer.Applied) ask(new Command.AddMember(atOurs, 2));

    assertThat(added.outcome()).isEqualTo(new Outcome.Refused(1, Outcome.Reason.PEER_URL_EXISTS));
    assertThat(added.state().conf()).isEqualTo(before.conf());
    assertThat(added.state().members()).isEqualTo(before.members());
    assertThat(added.state().index()).isEqualTo(before.index() + 1);
    Command put = new Command.Put(Bytes.utf8("k"), Bytes.utf8("v"), 0, false, false, false);
    assertThat(ask(put)).isInstanceOf(Answer.Applied.class);
  }

  @Test
  void aChangeWhileAnotherIsUnderWayIsRefusedAtOnceAndLeavesNoEntry() {
    long before = member.replica().state().index();
    Command put = new Command.Put(Bytes.utf8("k"), Bytes.utf8("v"), 0, false, false, false);

    List<Answer> answers =
        askTogether(put, new Command.AddMember(NEW, 0), new Command.RemoveMember(5, 0), put);

    assertThat(answers.get(1)).isInstanceOf(Answer.Applied.class);
    assertThat(answers.get(2)).isEqualTo(new Answer.Failed(Answer.Reason.CHANGE_PENDING));
    Answer.Applied last = (Answer.Applied) answers.get(3);
    assertThat(last.outcome()).isEqualTo(new Outcome.Put(3, null));
    assertThat(last.state().index()).isEqualTo(before + 3);
  }

  @Test
  void whatWouldLeaveNoMajorityIsNotEvenProposed() {
    long self = member.replica().identity().member();
    long before = member.replica().state().index();

    assertThat(ask(new Command.RemoveMember(self, 2)))
        .isEqualTo(new Answer.Failed(Answer.Reason.NOT_ENOUGH_STARTED));
    assertThat(member.replica().state().index()).isEqualTo(before);
  }

  @Test
  void aMemberTellsTheClusterWhereItServes() {
    long self = member.replica().identity().member();

    assertThat(member.replica().state().members().get(self).orElseThrow().clientUrls())
        .containsExactly("http://127.0.0.1:2379");
    ask(new Command.PublishMember(self, "other", List.of(), 5));
    Command put = new Command.Put(Bytes.utf8("k"), Bytes.utf8("v"), 0, false, false, false);
    member.passSeconds(2);
    ask(put);
    Answer.Applied later = (Answer.Applied) ask(put);

    assertThat(later.state().members().get(self).orElseThrow().name()).isEqualTo("default");
  }

  @Test
  void whatIsKnownOfAMemberChangesWithoutTheConfiguration() {
    ask(new Command.AddMember(NEW, 0));

    Answer.Applied changed =
        (Answer.Applied) ask(new Command.UpdateMember(5, List.of("http://n5:2380"), 1));

    assertThat(changed.state().members().get(5))
        .contains(Member.unstarted(5, "", List.of("http://n5:2380"), false));
    assertThat(changed.state().conf().learners()).containsExactly(5L);
  }

  private Answer ask(Command command) {
    return askTogether(command).getFirst();
  }

  /** In one turn of the asking loop. */
  private List<Answer> askTogether(Command... commands) {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    member.onLoop((_, door) ->
        Arrays.stream(commands)
            .forEach(command -> {
              CompletableFuture<Answer> answer = new CompletableFuture<>();
              door.propose(command, answer::complete);
              answers.add(answer);
            }));
    return answers.stream().map(CompletableFuture::join).toList();
  }
}
