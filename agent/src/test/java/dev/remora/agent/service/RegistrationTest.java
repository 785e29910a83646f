package dev.remora.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.agent.service.Txn.Compare;
import dev.remora.agent.service.Txn.Put;
import dev.remora.agent.view.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RegistrationTest {
  private static final OwnRecord NODE = new OwnRecord("/nodes/n", "{}");
  private static final OwnRecord WEB = new OwnRecord("/services/web/1", "{web}");
  private static final long GHOST = 77;
  private static final long TTL = 30_000;

  private final Registration registration =
      new Registration(NODE, List.of(WEB), TTL, List.of(GHOST), new SplittableRandom(1));

  @Test
  void theLeaseIsRememberedBeforeAnythingIsPutUnderIt() {
    assertThat(step(new Input.Start())).containsExactly(new Effect.Grant(TTL));
    assertThat(step(new Input.Granted(5, TTL)))
        .containsExactly(new Effect.Remember(List.of(GHOST, 5L)));
    assertThat(step(new Input.Remembered()))
        .containsExactly(new Effect.Read(List.of("/nodes/n", "/services/web/1")));
    assertThat(read())
        .containsExactly(
            new Effect.Write(
                new Txn(
                    List.of(
                        new Compare.ModRevision("/nodes/n", 0),
                        new Compare.ModRevision("/services/web/1", 0)),
                    List.of(
                        new Put("/nodes/n", "{}", 5), new Put("/services/web/1", "{web}", 5)))));
    assertThat(registration.isRegistered()).isFalse();
    assertThat(step(new Input.Written()))
        .containsExactly(new Effect.Report(new Fact.Registered(5, 2)));
    assertThat(registration.isRegistered()).isTrue();
  }

  @Test
  void theLeaseIsRenewedAtAThirdOfItsTimeToLive() {
    register();
    long due = registration.nextDeadline().orElseThrow();

    assertThat(due).isBetween(TTL / 3 * 9 / 10, TTL / 3 * 11 / 10);
    assertThat(registration.step(new Input.Tick(), due - 1)).isEmpty();
    assertThat(registration.step(new Input.Tick(), due)).containsExactly(new Effect.Renew(5));
    assertThat(registration.step(new Input.Renewed(), due)).isEmpty();
    assertThat(registration.nextDeadline().orElseThrow()).isGreaterThan(due);
  }

  @Test
  void aLostLeaseIsGrantedAnewAndEverythingPutBack() {
    register();

    assertThat(step(new Input.LeaseGone()))
        .containsExactly(new Effect.Report(new Fact.LeaseLost(5)), new Effect.Grant(TTL));
    assertThat(registration.isRegistered()).isFalse();
    step(new Input.Granted(6, TTL));
    step(new Input.Remembered());
    assertThat(read()).singleElement().isInstanceOf(Effect.Write.class);
    assertThat(step(new Input.Written()))
        .containsExactly(new Effect.Report(new Fact.Registered(6, 2)));
  }

  @Test
  void onlyDifferencesAreWritten() {
    toRead();

    List<Effect> effects = read(kv("/nodes/n", "{}", 5, 9), kv("/services/web/1", "{old}", 5, 9));

    assertThat(effects)
        .containsExactly(
            new Effect.Write(
                new Txn(
                    List.of(
                        new Compare.Lease("/nodes/n", 5), new Compare.Lease("/services/web/1", 5)),
                    List.of(new Put("/services/web/1", "{web}", 5)))));
  }

  @Test
  void aGhostIsTakenOverUnderItsOldLease() {
    toRead();

    List<Effect> effects = read(kv("/nodes/n", "{}", GHOST, 9));

    assertThat(effects.getFirst())
        .isEqualTo(new Effect.Report(new Fact.GhostTaken("/nodes/n", GHOST)));
    assertThat(write(effects).compares()).contains(new Compare.Lease("/nodes/n", GHOST));
  }

  @Test
  void aNodeUnderAnotherLivingLeaseIsRefusedAndNothingIsWritten() {
    toRead();

    assertThat(read(kv("/nodes/n", "{}", 99, 9))).containsExactly(new Effect.CheckLease(99));
    assertThat(step(new Input.LeaseChecked(true)))
        .containsExactly(new Effect.Report(new Fact.Refused("/nodes/n", 99)));
    assertThat(registration.isRegistered()).isFalse();
  }

  @Test
  void aRefusedServiceIsSkippedReportedOnceAndLookedAtAgain() {
    toRead();
    KeyValue foreign = kv("/services/web/1", "{}", 99, 9);
    read(foreign);

    List<Effect> effects = step(new Input.LeaseChecked(true));

    assertThat(effects).contains(new Effect.Report(new Fact.Refused("/services/web/1", 99)));
    assertThat(write(effects).puts()).containsExactly(new Put("/nodes/n", "{}", 5));
    assertThat(step(new Input.Written()))
        .containsExactly(new Effect.Report(new Fact.Registered(5, 1)));
    assertThat(step(new Input.Renewed())).singleElement().isInstanceOf(Effect.Read.class);
    read(kv("/nodes/n", "{}", 5, 10), foreign);
    assertThat(step(new Input.LeaseChecked(true))).as("said once").isEmpty();
  }

  @Test
  void aRecordWhoseLeaseEndedMeanwhileIsReadAgain() {
    toRead();
    read(kv("/nodes/n", "{}", 99, 9));

    assertThat(step(new Input.LeaseChecked(false))).singleElement().isInstanceOf(Effect.Read.class);
  }

  @Test
  void moreThanAHundredRecordsGoInSeveralGuardedTransactions() {
    List<OwnRecord> many = new ArrayList<>();
    for (int i = 0; i < 250; i++) {
      many.add(new OwnRecord("/services/web/" + i, "{}"));
    }
    Registration large = new Registration(NODE, many, TTL, List.of(), new SplittableRandom(1));
    large.step(new Input.Start(), 0);
    large.step(new Input.Granted(5, TTL), 0);
    large.step(new Input.Remembered(), 0);

    List<Txn> txns = new ArrayList<>();
    List<Effect> effects = large.step(new Input.KeysRead(List.of()), 0);
    while (effects.getLast() instanceof Effect.Write(Txn txn)) {
      txns.add(txn);
      effects = large.step(new Input.Written(), 0);
    }

    assertThat(txns).extracting(txn -> txn.puts().size()).containsExactly(100, 100, 51);
    assertThat(txns.subList(1, 3))
        .allSatisfy(txn -> assertThat(txn.compares()).contains(new Compare.Lease("/nodes/n", 5)));
    assertThat(effects).containsExactly(new Effect.Report(new Fact.Registered(5, 251)));
  }

  @Test
  void aRefusedWriteIsPlannedAnewFromAFreshRead() {
    toRead();
    read();

    assertThat(step(new Input.WriteRefused())).isEmpty();

    long due = registration.nextDeadline().orElseThrow();
    assertThat(registration.step(new Input.Tick(), due))
        .singleElement()
        .isInstanceOf(Effect.Read.class);
  }

  @Test
  void anInterruptionIsReportedOnceAndRetriedAfterAtMostThreeSeconds() {
    step(new Input.Start());

    List<Effect> effects = new ArrayList<>();
    long now = 0;
    for (int i = 0; i < 50; i++) {
      effects.addAll(registration.step(new Input.Failed("away"), now));
      long due = registration.nextDeadline().orElseThrow();
      assertThat(due - now).isBetween(1L, 3_000L);
      now = due;
      assertThat(registration.step(new Input.Tick(), now)).contains(new Effect.Grant(TTL));
    }

    assertThat(effects).containsExactly(new Effect.Report(new Fact.Interrupted("away")));
  }

  @Test
  void aLeaseIsNotUsedBeforeItIsRememberedHoweverLongThatTakes() {
    step(new Input.Start());
    step(new Input.Granted(5, TTL));

    long now = TTL;
    registration.step(new Input.Failed("disk full"), now);
    List<Effect> effects =
        registration.step(new Input.Tick(), registration.nextDeadline().orElseThrow());

    assertThat(effects).containsExactly(new Effect.Remember(List.of(GHOST, 5L)));
  }

  @Test
  void theListOfLeasesStaysBounded() {
    step(new Input.Start());
    for (long lease = 100; lease < 200; lease++) {
      step(new Input.Granted(lease, TTL));
      step(new Input.LeaseGone());
    }

    assertThat(step(new Input.Granted(200, TTL)))
        .singleElement()
        .satisfies(
            effect -> assertThat(((Effect.Remember) effect).leases()).hasSize(16).contains(200L));
  }

  @Test
  void aChangedRecordIsWrittenAloneAndAtOnce() {
    register();

    assertThat(step(new Input.Wanted(List.of(new OwnRecord("/services/web/1", "{worse}")))))
        .containsExactly(
            new Effect.Write(
                new Txn(
                    List.of(
                        new Compare.Lease("/nodes/n", 5), new Compare.Lease("/services/web/1", 5)),
                    List.of(new Put("/services/web/1", "{worse}", 5)))));
    assertThat(registration.isSettled()).isFalse();
    assertThat(step(new Input.Written())).isEmpty();
    assertThat(registration.isSettled()).isTrue();
    assertThat(step(new Input.Wanted(List.of(new OwnRecord("/services/web/1", "{worse}")))))
        .as("nothing differs")
        .isEmpty();
  }

  @Test
  void aRecordThatIsNotWantedAnyMoreIsDeletedIfItIsOurs() {
    register();

    assertThat(step(new Input.Wanted(List.of())))
        .containsExactly(
            new Effect.Write(
                new Txn(
                    List.of(
                        new Compare.Lease("/nodes/n", 5), new Compare.Lease("/services/web/1", 5)),
                    List.of(),
                    List.of("/services/web/1"))));
    step(new Input.WriteRefused());
    registration.step(new Input.Tick(), registration.nextDeadline().orElseThrow());

    assertThat(read(kv("/nodes/n", "{}", 5, 9), kv("/services/web/1", "{}", 99, 9)))
        .as("it is somebody else's by now")
        .isEmpty();
    assertThat(registration.isSettled()).isTrue();
  }

  @Test
  void whatIsWantedDuringAWriteIsWrittenAfterIt() {
    toRead();
    read();
    assertThat(step(new Input.Wanted(List.of(WEB, new OwnRecord("/services/web/2", "{}")))))
        .isEmpty();

    Txn next = write(step(new Input.Written()));

    assertThat(next.puts()).containsExactly(new Put("/services/web/2", "{}", 5));
    assertThat(next.compares())
        .containsExactly(
            new Compare.Lease("/nodes/n", 5), new Compare.ModRevision("/services/web/2", 0));
  }

  @Test
  void whatChangesWhileTheRegistryIsAwayIsWrittenWhenItIsBack() {
    register();
    long due = registration.nextDeadline().orElseThrow();
    registration.step(new Input.Tick(), due);
    registration.step(new Input.Failed("away"), due);
    assertThat(
            registration.step(
                new Input.Wanted(List.of(new OwnRecord("/services/web/1", "{worse}"))), due))
        .isEmpty();
    long retry = registration.nextDeadline().orElseThrow();
    assertThat(registration.step(new Input.Tick(), retry)).containsExactly(new Effect.Renew(5));

    List<Effect> effects = registration.step(new Input.Renewed(), retry);

    assertThat(write(effects).puts()).containsExactly(new Put("/services/web/1", "{worse}", 5));
  }

  @Test
  void aRegistryThatMayHaveLostRecordsIsReadAgain() {
    register();

    assertThat(step(new Input.Doubted())).singleElement().isInstanceOf(Effect.Read.class);
    assertThat(write(read()).puts()).as("the agent's own too").hasSize(2);
  }

  private void toRead() {
    step(new Input.Start());
    step(new Input.Granted(5, TTL));
    step(new Input.Remembered());
  }

  private void register() {
    toRead();
    read();
    step(new Input.Written());
  }

  private List<Effect> read(KeyValue... found) {
    return step(new Input.KeysRead(List.of(found)));
  }

  private List<Effect> step(Input input) {
    return registration.step(input, 0);
  }

  private static Txn write(List<Effect> effects) {
    return ((Effect.Write) effects.getLast()).txn();
  }

  private static KeyValue kv(String key, String value, long lease, long revision) {
    return new KeyValue(key, value, revision, revision, lease);
  }
}
