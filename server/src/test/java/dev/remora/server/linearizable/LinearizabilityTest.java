package dev.remora.server.linearizable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Histories made by hand and by chance, with verdicts known from elsewhere. */
final class LinearizabilityTest {
  private static final Register<Integer> REGISTER = new Register<>();

  private final History<Register.Input<Integer>, Register.Output<Integer>> history =
      new History<>();

  @Test
  void aReadSeesTheLastWriteBeforeIt() {
    write("x", 1);
    write("x", 2);
    read("x", 2);
    assertLinearizable();

    read("x", 1);

    assertThat(check())
        .isInstanceOfSatisfying(
            Verdict.Violation.class,
            violation ->
                assertThat(violation.explanation())
                    .startsWith("key x: no order explains the answer of")
                    .contains("client 0 from 6 to 7: Read[key=x]")
                    .contains("Write[key=x, value=2]")
                    .endsWith("the answer would be Value[value=Optional[2]]"));
  }

  @Test
  void ofWritesAtTheSameTimeAnyMayBeTheLast() {
    int one = history.invoke(1, new Register.Input.Write<>("x", 1));
    int two = history.invoke(2, new Register.Input.Write<>("x", 2));
    history.complete(two, new Register.Output.Written<>());
    history.complete(one, new Register.Output.Written<>());
    read("x", 2);
    read("x", 2);
    assertLinearizable();

    read("x", 1);

    assertViolation();
  }

  @Test
  void aReadDuringAWriteSeesTheOldOrTheNewButNeverTheOldAgain() {
    write("x", 1);
    int writing = history.invoke(1, new Register.Input.Write<>("x", 2));
    read("x", 1);
    read("x", 2);
    assertLinearizable();

    read("x", 1);
    history.complete(writing, new Register.Output.Written<>());

    assertViolation();
  }

  @Test
  void aWriteOfUnknownOutcomeMayTakeEffectLateOrNeverButNotTwice() {
    write("x", 1);
    history.invoke(1, new Register.Input.Write<>("x", 2));
    read("x", 1);
    write("x", 3);
    read("x", 3);
    assertLinearizable();
    read("x", 2);
    assertLinearizable();
    write("x", 4);

    read("x", 2);

    assertViolation();
  }

  @Test
  void twoWritesOfUnknownOutcomeMayTakeEffectOneAfterTheOther() {
    history.invoke(1, new Register.Input.Write<>("x", 2));
    history.invoke(2, new Register.Input.Write<>("x", 2));
    read("x", 2);
    write("x", 3);
    read("x", 2);
    assertLinearizable();
    write("x", 3);

    read("x", 2);

    assertViolation();
  }

  @Test
  void aWriteIsNotSeenBeforeItsCall() {
    read("x", 1);

    history.invoke(1, new Register.Input.Write<>("x", 1));

    assertViolation();
  }

  @Test
  void aWriteThatIsTakenBackIsNotSeen() {
    int failed = history.invoke(1, new Register.Input.Write<>("x", 1));
    history.withdraw(failed);

    read("x", 1);

    assertViolation();
  }

  @Test
  void aFailedCompareHasSeenAnotherValue() {
    write("x", 1);
    compare("x", 2, 3, false);
    compare("x", 1, 2, true);
    read("x", 2);
    assertLinearizable();

    compare("x", 2, 3, false);

    assertViolation();
  }

  @Test
  void everyKeyIsCheckedByItself() {
    write("x", 1);
    write("y", 2);
    read("x", 1);
    read("y", 2);
    assertLinearizable();

    read("y", 1);

    assertThat(check()).asString().contains("key y: ");
  }

  @Test
  void aSearchThatGrowsTooLargeIsGivenUp() {
    RandomHistories histories = new RandomHistories(new Random(1), 1000, 12);

    Verdict verdict = Linearizability.check(REGISTER, histories.next(200), 100);

    assertThat(verdict).isEqualTo(new Verdict.Undecided("more than 100 configurations"));
  }

  @Test
  void smallHistoriesAreJudgedAsByTryingAllOrders() {
    int refused = 0;
    for (long seed = 0; seed < 600; seed++) {
      RandomHistories histories = new RandomHistories(new Random(seed), 2, 3);
      List<Operation<Register.Input<Integer>, Register.Output<Integer>>> operations =
          histories.next(6);
      if (seed % 2 == 1) {
        operations = histories.spoiled(operations);
      }

      Verdict verdict = Linearizability.check(REGISTER, operations);

      boolean isLinearizable = new AllOrders<>(REGISTER, operations).isLinearizable();
      assertThat(verdict instanceof Verdict.Linearizable)
          .as("seed %d: %s", seed, operations)
          .isEqualTo(isLinearizable);
      refused += isLinearizable ? 0 : 1;
    }
    assertThat(refused).as("of 300 spoiled ones").isBetween(100, 290);
  }

  @Test
  void longHistoriesAreAcceptedAndMostlyRefusedOnceSpoiled() {
    int refused = 0;
    for (long seed = 0; seed < 200; seed++) {
      RandomHistories histories = new RandomHistories(new Random(seed), 1000, 6);
      List<Operation<Register.Input<Integer>, Register.Output<Integer>>> operations =
          histories.next(120);

      assertThat(Linearizability.check(REGISTER, operations))
          .as("seed %d", seed)
          .isEqualTo(new Verdict.Linearizable());
      Verdict verdict = Linearizability.check(REGISTER, histories.spoiled(operations));

      refused += verdict instanceof Verdict.Violation ? 1 : 0;
    }
    assertThat(refused).as("of 200").isGreaterThan(190);
  }

  private void write(String key, int value) {
    history.complete(
        history.invoke(0, new Register.Input.Write<>(key, value)), new Register.Output.Written<>());
  }

  private void read(String key, int value) {
    history.complete(
        history.invoke(0, new Register.Input.Read<>(key)),
        new Register.Output.Value<>(Optional.of(value)));
  }

  private void compare(String key, int expected, int next, boolean wasEqual) {
    history.complete(
        history.invoke(0, new Register.Input.CompareAndSet<>(key, Optional.of(expected), next)),
        new Register.Output.Compared<>(wasEqual));
  }

  private Verdict check() {
    return Linearizability.checkKeys(
        REGISTER, Register.Input::key, new ArrayList<>(history.operations()));
  }

  private void assertLinearizable() {
    assertThat(check()).isEqualTo(new Verdict.Linearizable());
  }

  private void assertViolation() {
    assertThat(check()).isInstanceOf(Verdict.Violation.class);
  }
}
