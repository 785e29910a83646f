package dev.remora.server.linearizable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How recorded lines are read. */
final class RecordedHistoryTest {
  private static final Edn ONE = new Edn.Atom("1");
  private static final Edn TWO = new Edn.Atom("2");

  @Test
  void aLineOfALogIsOneEvent() {
    assertThat(RecordedEvent.parse("INFO  jepsen.util - 7\t:fail\t:cas\t[1 2]"))
        .contains(
            new RecordedEvent(
                7, RecordedEvent.Type.FAIL, "cas", Edn.NIL, new Edn.Items(List.of(ONE, TWO))));
    assertThat(RecordedEvent.parse("2015-01-02 03:04:05 INFO x - 7 :invoke  :read   nil"))
        .contains(new RecordedEvent(7, RecordedEvent.Type.INVOKE, "read", Edn.NIL, Edn.NIL));
  }

  @Test
  void aMapIsOneEventInAnyOrderOfItsKeys() {
    assertThat(
            RecordedEvent.parse(
                "{:value \"a \\\"b\\\" {c}\", :key \"k\" :f :put, :type :ok, :process 3}"))
        .contains(
            new RecordedEvent(
                3,
                RecordedEvent.Type.OK,
                "put",
                new Edn.Quoted("k"),
                new Edn.Quoted("a \"b\" {c}")));
  }

  @Test
  void linesAboutOtherThingsAreLeftOut() {
    assertThat(RecordedEvent.parse("INFO  jepsen.core - Run complete, writing")).isEmpty();
    assertThat(RecordedEvent.parse("INFO  jepsen.util - :nemesis\t:info\t:start\tnil")).isEmpty();
    assertThat(RecordedEvent.parse("{:process :nemesis, :type :info, :f :start}")).isEmpty();
    assertThat(RecordedEvent.parse("")).isEmpty();
  }

  @Test
  void whatIsNotWellFormedIsRefusedWithItsLine() {
    for (String bad : List.of("{:process 1, :type :ok", "{:process 1, :type :maybe, :f :get}")) {
      assertThatThrownBy(() -> RecordedHistory.ofTexts(List.of("", bad)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("line 2: ");
    }
    assertThatThrownBy(() -> RecordedHistory.ofRegister(List.of("1 :ok :read 2")))
        .hasMessageContaining("ends what has not begun");
  }

  @Test
  void anUnknownOutcomeLeavesTheOperationOpenAndTheProcessFree() {
    List<Operation<Register.Input<Edn>, Register.Output<Edn>>> operations =
        RecordedHistory.ofRegister(
            List.of(
                "0 :invoke :write 1",
                "0 :info :write :timed-out",
                "0 :invoke :write 2",
                "0 :ok :write 2",
                "1 :invoke :cas [2 1]"));

    assertThat(operations)
        .containsExactly(
            new Operation<>(0, 0, Operation.OPEN, new Register.Input.Write<>("nil", ONE), null),
            new Operation<>(
                0, 1, 2, new Register.Input.Write<>("nil", TWO), new Register.Output.Written<>()),
            new Operation<>(
                1,
                3,
                Operation.OPEN,
                new Register.Input.CompareAndSet<>("nil", Optional.of(TWO), ONE),
                null));
  }

  @Test
  void aFailureTookNoEffectButAFailedCompareHasSeenAnotherValue() {
    List<Operation<Register.Input<Edn>, Register.Output<Edn>>> operations =
        RecordedHistory.ofRegister(
            List.of(
                "0 :invoke :write 1",
                "0 :fail :write 1",
                "0 :invoke :read nil",
                "0 :fail :read :timed-out",
                "0 :invoke :cas [nil 1]",
                "0 :fail :cas :connection-refused",
                "0 :invoke :cas [nil 1]",
                "0 :fail :cas [nil 1]"));

    assertThat(operations)
        .containsExactly(
            new Operation<>(
                0,
                3,
                4,
                new Register.Input.CompareAndSet<>("nil", Optional.empty(), ONE),
                new Register.Output.Compared<>(false)));
  }

  @Test
  void aTextThatIsNotThereIsEmpty() {
    List<Operation<Text.Input, Text.Output>> operations =
        RecordedHistory.ofTexts(
            List.of(
                "{:process 1, :type :invoke, :f :get, :key \"0\", :value nil}",
                "{:process 1, :type :ok, :f :get, :key \"0\", :value nil}"));

    assertThat(operations)
        .containsExactly(
            new Operation<>(1, 0, 1, new Text.Input.Get("\"0\""), new Text.Output.Value("")));
  }
}
