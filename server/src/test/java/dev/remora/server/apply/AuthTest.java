package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.auth.AuthChange;
import dev.remora.server.auth.AuthChange.Door;
import dev.remora.server.auth.AuthResult.Reason;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Permission;
import dev.remora.server.auth.Role;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AuthTest {
  private static final Bytes HASH = Bytes.utf8("$2a$04$hash");
  private static final Bytes SECRET = Bytes.utf8("TOPSECRET");

  private final Applier applier = new Applier(State.EMPTY);
  private long index;

  @Test
  void theFirstChangeOfV2TakesFiveRevisionsAndEachLaterOne() {
    change(new AuthChange.PutUser("root", HASH, List.of()));
    assertThat(state().revision()).isEqualTo(6);
    change(new AuthChange.PutUser("bob", HASH, List.of()));
    assertThat(state().revision()).isEqualTo(7);
    change(new AuthChange.Enable(Door.V2, SECRET));
    assertThat(state().revision()).as("the role guest is made too").isEqualTo(9);
    changeStamped(new AuthChange.Disable(Door.V2));
    change(new AuthChange.Enable(Door.V2, SECRET));
    assertThat(state().revision()).isEqualTo(11);
  }

  @Test
  void changesOfV3TakeNoRevision() {
    enable();

    assertThat(state().revision()).isEqualTo(1);
    assertThat(state().auth().revision()).isEqualTo(4);
  }

  @Test
  void whatIsRefusedChangesNothing() {
    AuthState before = state().auth();

    assertThat(change(new AuthChange.Enable(Door.V2, SECRET))).isEqualTo(Reason.NO_ROOT_USER);
    assertThat(change(new AuthChange.Disable(Door.V2))).isEqualTo(Reason.ALREADY_DISABLED);
    assertThat(change(new AuthChange.SetPassword("eve", HASH))).isEqualTo(Reason.USER_NOT_FOUND);

    assertThat(state().auth()).isSameAs(before);
    assertThat(state().revision()).isEqualTo(1);
  }

  @Test
  void v3IsNotEnabledUntilRootHasItsRole() {
    change(new AuthChange.AddUser("root", HASH));

    assertThat(change(new AuthChange.Enable(Door.V3, SECRET))).isEqualTo(Reason.NO_ROOT_ROLE);
  }

  @Test
  void rootStaysWhileAuthIsEnabled() {
    enable();

    for (Door door : Door.values()) {
      assertThat(changeStamped(new AuthChange.DeleteUser(door, "root")))
          .isEqualTo(Reason.ROOT_IS_NEEDED);
    }
    assertThat(changeStamped(new AuthChange.RevokeRole("root", "root")))
        .isEqualTo(Reason.ROOT_IS_NEEDED);
    assertThat(
            changeStamped(new AuthChange.EditUser("root", Bytes.EMPTY, List.of(), List.of("root"))))
        .isNull();
    assertThat(state().auth().user("root").orElseThrow().roles()).contains("root");
  }

  @Test
  void whoHadARoleThatIsRemovedHasNotTheNextOfItsName() {
    change(new AuthChange.AddUser("bob", HASH));
    change(new AuthChange.AddRole("r"));
    change(new AuthChange.GrantRole("bob", "r"));

    change(new AuthChange.DeleteRole(Door.V2, "r"));
    change(new AuthChange.AddRole("r"));

    assertThat(state().auth().user("bob").orElseThrow().roles()).isEmpty();
  }

  @Test
  void aCommandIsRefusedIfTheAuthStateItWasAuthorisedOnIsOld() {
    enable();
    long revision = state().auth().revision();
    Command put = put("a");

    assertThat(apply(new Command.Stamped(revision, put))).isInstanceOf(Outcome.Put.class);
    assertThat(apply(new Command.Stamped(revision - 1, put))).isEqualTo(stale());
    assertThat(apply(new Command.Stamped(revision + 1, put))).isEqualTo(stale());
  }

  @Test
  void aClientsCommandWithoutAStampIsRefusedOnceAuthIsEnabled() {
    enable();

    assertThat(apply(put("a"))).isEqualTo(stale());
    assertThat(apply(new Command.LeaseGrant(1, 10))).isEqualTo(stale());
    assertThat(apply(new Command.LeaseRevoke(1, false))).isEqualTo(stale());
    assertThat(apply(new Command.ChangeAuth(new AuthChange.Disable(Door.V3)))).isEqualTo(stale());
    assertThat(state().auth().isEnabled()).isTrue();
  }

  @Test
  void whatMembersDoThemselvesNeedsNoStamp() {
    enable();

    assertThat(apply(new Command.Expire(1))).isEqualTo(new Outcome.Expired(0));
    assertThat(apply(new Command.SetAlarm(new Alarm(1, Alarm.Kind.NOSPACE), true)))
        .isEqualTo(new Outcome.AlarmSet(true));
    assertThat(apply(new Command.LeaseRevoke(1, true)))
        .isEqualTo(new Outcome.Refused(1, Outcome.Reason.LEASE_NOT_FOUND));
  }

  @Test
  void aStampDoesNotMatterWhileAuthIsDisabled() {
    assertThat(apply(new Command.Stamped(99, put("a")))).isInstanceOf(Outcome.Put.class);
  }

  @Test
  void allTogetherIsBounded() {
    String longName = "n".repeat(AuthState.NAME_BYTES_MAX + 1);
    Bytes longKey = Bytes.utf8("k".repeat(AuthState.PATTERN_BYTES_MAX + 1));
    change(new AuthChange.AddRole("r"));

    assertThat(change(new AuthChange.AddUser(longName, HASH))).isEqualTo(Reason.OUT_OF_BOUNDS);
    assertThat(change(new AuthChange.AddRole(longName))).isEqualTo(Reason.OUT_OF_BOUNDS);
    assertThat(
            change(
                new AuthChange.Grant(
                    "r", new Permission(Permission.Kind.READ, longKey, Bytes.EMPTY))))
        .isEqualTo(Reason.OUT_OF_BOUNDS);
    assertThat(change(new AuthChange.PutRole("s", List.of(longKey), List.of())))
        .isEqualTo(Reason.OUT_OF_BOUNDS);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void everyChangeIsReadAsItWasWritten(AuthChange change) {
    CommandCodec.Origin origin = new CommandCodec.Origin(1, 2, 3);
    Command stamped = new Command.Stamped(7, new Command.ChangeAuth(change));

    assertThat(CommandCodec.decode(CommandCodec.encode(origin, stamped)))
        .isEqualTo(new CommandCodec.Proposal(origin, stamped));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void noChangeShowsAHashOrASecret(AuthChange change) {
    assertThat(change.toString()).doesNotContain("TOPSECRET").doesNotContain("$2a$");
  }

  @Test
  void aSnapshotCarriesUsersRolesAndTheSwitch() throws Exception {
    change(new AuthChange.PutRole("q", List.of(Bytes.utf8("/a*")), List.of(Bytes.utf8("/b"))));
    change(
        new AuthChange.EditRole("q", List.of(Bytes.utf8("/c")), List.of(), List.of(), List.of()));
    change(new AuthChange.AddRole("r"));
    change(
        new AuthChange.Grant(
            "r", new Permission(Permission.Kind.WRITE, Bytes.utf8("k"), Bytes.utf8("l"))));
    change(new AuthChange.AddUser("bob", Bytes.EMPTY));
    enable();

    SnapshotDecoder decoder = new SnapshotDecoder();
    SnapshotEncoder encoder = new SnapshotEncoder(state());
    while (encoder.hasNext()) {
      decoder.accept(encoder.next());
    }

    assertThat(decoder.finish().auth()).isEqualTo(state().auth());
  }

  static List<AuthChange> changes() {
    Bytes key = Bytes.utf8("k");
    Permission permission = new Permission(Permission.Kind.READWRITE, key, Bytes.utf8("l"));
    return List.of(
        new AuthChange.Enable(Door.V2, SECRET),
        new AuthChange.Enable(Door.V3, SECRET),
        new AuthChange.Disable(Door.V2),
        new AuthChange.DeleteUser(Door.V3, "u"),
        new AuthChange.DeleteRole(Door.V2, "r"),
        new AuthChange.PutUser("u", HASH, List.of("r")),
        new AuthChange.EditUser("u", HASH, List.of("r"), List.of("s")),
        new AuthChange.PutRole("r", List.of(key), List.of(Bytes.utf8("w"))),
        new AuthChange.EditRole(
            "r",
            List.of(key),
            List.of(Bytes.utf8("w")),
            List.of(Bytes.utf8("x")),
            List.of(Bytes.utf8("y"))),
        new AuthChange.AddUser("u", HASH),
        new AuthChange.SetPassword("u", HASH),
        new AuthChange.GrantRole("u", "r"),
        new AuthChange.RevokeRole("u", "r"),
        new AuthChange.AddRole("r"),
        new AuthChange.Grant("r", permission),
        new AuthChange.Revoke("r", key, Bytes.utf8("l")));
  }

  private void enable() {
    change(new AuthChange.AddUser(User.ROOT, HASH));
    change(new AuthChange.GrantRole(User.ROOT, Role.ROOT));
    change(new AuthChange.Enable(Door.V3, SECRET));
    assertThat(state().auth().isEnabled()).isTrue();
  }

  /** Why it is refused; null if it is done. */
  private @Nullable Reason change(AuthChange change) {
    return reason(apply(new Command.ChangeAuth(change)));
  }

  private @Nullable Reason changeStamped(AuthChange change) {
    return reason(
        apply(new Command.Stamped(state().auth().revision(), new Command.ChangeAuth(change))));
  }

  private static @Nullable Reason reason(Outcome outcome) {
    return switch (outcome) {
      case Outcome.AuthChanged _ -> null;
      case Outcome.AuthRefused(var refusal) -> refusal.reason();
      default -> throw new AssertionError("came to " + outcome);
    };
  }

  private Outcome apply(Command command) {
    return applier.apply(++index, 1, command);
  }

  private State state() {
    return applier.freeze();
  }

  private static Command put(String key) {
    return new Command.Put(Bytes.utf8(key), Bytes.utf8("v"), 0, false, false, false);
  }

  private Outcome stale() {
    return new Outcome.Refused(state().revision(), Outcome.Reason.STALE_AUTH);
  }
}
