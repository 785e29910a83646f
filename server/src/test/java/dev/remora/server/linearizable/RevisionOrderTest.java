package dev.remora.server.linearizable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Texts under keys, put and got; the store's first revision is 1, of no key. */
final class RevisionOrderTest {
  private final History<Text.Input, Revisioned<Text.Output>> history = new History<>();
  private final Map<Operation<Text.Input, Revisioned<Text.Output>>, Long> learned = new HashMap<>();

  @Test
  void whatHappensOneAfterTheOtherIsInOrder() {
    put("a", "1", 2);
    get("a", "1", 2);
    put("b", "2", 3);
    get("a", "1", 3);
    get("b", "2", 3);

    assertLinearizable();
  }

  @Test
  void aRevisionIsOneChangesOnly() {
    put("a", "1", 2);
    put("b", "2", 2);

    assertViolation("two changes made one revision");
  }

  @Test
  void aReadSeesTheStateOfItsRevision() {
    put("a", "1", 2);
    put("a", "2", 3);
    get("a", "1", 3);

    assertViolation("at its revision the answer is Value[value=2]");
  }

  @Test
  void aReadIsNotOlderThanWhatWasOverBeforeIt() {
    put("a", "1", 2);
    put("a", "2", 3);
    get("a", "1", 2);

    assertViolation("was over before the call of");
  }

  @Test
  void aReadIsNotOlderThanAReadBeforeItThoughTheWriteIsNotOver() {
    int writing = history.invoke(1, new Text.Input.Put("a", "1"));
    get("a", "1", 2);
    get("a", "", 1);
    history.complete(writing, changed(2));

    assertViolation("was over before the call of");
  }

  @Test
  void aChangeIsNewerThanWhatWasOverBeforeIt() {
    put("a", "1", 3);
    put("b", "2", 2);

    assertViolation("was over before the call of");
  }

  @Test
  void whatOverlapsMayHaveEitherOrder() {
    int one = history.invoke(1, new Text.Input.Put("a", "1"));
    int two = history.invoke(2, new Text.Input.Put("a", "2"));
    history.complete(one, changed(3));
    history.complete(two, changed(2));
    get("a", "1", 3);

    assertLinearizable();
  }

  @Test
  void aSerializableReadMayBeOldButSeesTheStateOfItsRevision() {
    put("a", "1", 2);
    put("a", "2", 3);
    getOld("a", "1", 2);
    assertLinearizable();

    getOld("a", "2", 2);

    assertViolation("at its revision the answer is Value[value=1]");
  }

  @Test
  void evenASerializableReadDoesNotSeeTheFuture() {
    getOld("a", "1", 2);
    put("a", "1", 2);

    assertViolation("was over before the call of");
  }

  @Test
  void anOpenChangeMayTakeARevision() {
    put("a", "1", 2);
    history.invoke(1, new Text.Input.Put("b", "lost"));
    put("a", "2", 4);
    get("a", "2", 4);
    assertLinearizable();

    put("a", "3", 6);

    assertViolation("2 revisions up to this are nobody's, with 1 operations open");
  }

  @Test
  void aReadOfARevisionThatNobodyMadeIsRefused() {
    put("a", "1", 2);
    get("a", "1", 3);

    assertViolation("1 revisions up to this are nobody's");
  }

  @Test
  void anOpenChangeThatWasSeenHasItsPlace() {
    history.invoke(1, new Text.Input.Put("a", "late"));
    Operation<Text.Input, Revisioned<Text.Output>> open = history.operations().getFirst();
    put("a", "1", 2);
    get("a", "late", 3);
    assertViolation("at its revision the answer is Value[value=1]");

    learned.put(open, 3L);

    assertLinearizable();
  }

  @Test
  void aSeenChangeIsNotOlderThanItsCall() {
    put("a", "1", 3);
    history.invoke(1, new Text.Input.Put("b", "2"));
    learned.put(history.operations().getLast(), 2L);

    assertViolation("was over before the call of");
  }

  @Test
  void longHistoriesAreAcceptedAndRefusedOnceARevisionIsWrong() {
    int refused = 0;
    for (long seed = 0; seed < 100; seed++) {
      List<Operation<Text.Input, Revisioned<Text.Output>>> operations =
          randomHistory(new Random(seed));
      assertThat(check(operations)).as("seed %d", seed).isEqualTo(new Verdict.Linearizable());
      int at = new Random(seed).nextInt(operations.size());
      Operation<Text.Input, Revisioned<Text.Output>> old = operations.get(at);
      Revisioned<Text.Output> answer = old.output();
      assertThat(answer).isNotNull();

      operations.set(
          at,
          new Operation<>(
              old.client(),
              old.invoked(),
              old.completed(),
              old.input(),
              new Revisioned<>(answer.revision() + 5, answer.kind(), answer.output())));

      refused += check(operations) instanceof Verdict.Violation ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(95);
  }

  /** A call that is under way, and its answer if it has taken effect. */
  private record Pending(int number, Text.Input input, Optional<Revisioned<Text.Output>> answer) {}

  /** Ten clients; each operation takes effect at a random time between call and answer. */
  private static List<Operation<Text.Input, Revisioned<Text.Output>>> randomHistory(Random random) {
    History<Text.Input, Revisioned<Text.Output>> history = new History<>();
    Map<Integer, Pending> pending = new TreeMap<>();
    Function<Text.Input, Text.Output> store = replay();
    long revision = 1;
    for (int step = 0; step < 3000 || !pending.isEmpty(); step++) {
      int client = random.nextInt(10);
      Pending own = pending.remove(client);
      if (own == null) {
        if (step < 3000) {
          Text.Input input = randomInput(random, step);
          pending.put(client, new Pending(history.invoke(client, input), input, Optional.empty()));
        }
      } else if (own.answer().isEmpty()) {
        boolean isChange = own.input() instanceof Text.Input.Put;
        revision += isChange ? 1 : 0;
        Revisioned.Kind kind = isChange ? Revisioned.Kind.CHANGE : Revisioned.Kind.READ;
        Revisioned<Text.Output> answer = new Revisioned<>(revision, kind, store.apply(own.input()));
        pending.put(client, new Pending(own.number(), own.input(), Optional.of(answer)));
      } else {
        own.answer().ifPresent(answer -> history.complete(own.number(), answer));
      }
    }
    return history.operations();
  }

  private static Text.Input randomInput(Random random, int step) {
    String key = "k" + random.nextInt(5);
    return random.nextBoolean() ? new Text.Input.Get(key) : new Text.Input.Put(key, "v" + step);
  }

  private void put(String key, String value, long revision) {
    history.complete(history.invoke(0, new Text.Input.Put(key, value)), changed(revision));
  }

  private static Revisioned<Text.Output> changed(long revision) {
    return new Revisioned<>(revision, Revisioned.Kind.CHANGE, new Text.Output.Done());
  }

  private void get(String key, String value, long revision) {
    get(key, new Revisioned<>(revision, Revisioned.Kind.READ, new Text.Output.Value(value)));
  }

  private void getOld(String key, String value, long revision) {
    get(
        key,
        new Revisioned<>(
            revision, Revisioned.Kind.SERIALIZABLE_READ, new Text.Output.Value(value)));
  }

  private void get(String key, Revisioned<Text.Output> answer) {
    history.complete(history.invoke(0, new Text.Input.Get(key)), answer);
  }

  private Verdict check(List<Operation<Text.Input, Revisioned<Text.Output>>> operations) {
    return RevisionOrder.check(1, operations, learned, replay());
  }

  private static Function<Text.Input, Text.Output> replay() {
    Text text = new Text();
    Map<String, String> states = new HashMap<>();
    return input -> {
      Model.Step<String, Text.Output> step =
          text.step(states.getOrDefault(input.key(), text.initial()), input);
      states.put(input.key(), step.next());
      return step.output();
    };
  }

  private void assertLinearizable() {
    assertThat(check(history.operations())).isEqualTo(new Verdict.Linearizable());
  }

  private void assertViolation(String explanation) {
    assertThat(check(history.operations()))
        .isInstanceOfSatisfying(
            Verdict.Violation.class,
            violation -> assertThat(violation.explanation()).contains(explanation));
  }
}
