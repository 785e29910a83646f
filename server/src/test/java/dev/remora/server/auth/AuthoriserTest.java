package dev.remora.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.auth.Authoriser.Verdict;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuthoriserTest {
  private static final Principal ANONYMOUS = new Principal.Anonymous();
  private static final Principal BOB = new Principal.Named("bob");
  private static final Bytes SECRET = Bytes.utf8("secret");

  @Test
  void everythingIsAllowedWhileAuthIsDisabled() {
    assertThat(Authoriser.judge(AuthState.EMPTY, ANONYMOUS, new Operation.Administer()))
        .isEqualTo(Verdict.ALLOWED);
  }

  @Test
  void whoIsNobodyMayNothingAtV3() {
    AuthState state = state(Role.everything(Role.GUEST));

    for (Operation operation : all("k")) {
      Verdict expected =
          operation instanceof Operation.ReadPath || operation instanceof Operation.WritePath
              ? Verdict.ALLOWED
              : Verdict.ANONYMOUS;
      assertThat(Authoriser.judge(state, ANONYMOUS, operation))
          .as("%s", operation)
          .isEqualTo(expected);
    }
  }

  @Test
  void whoHasNoRoleMayOnlyBeAUser() {
    AuthState state = state();

    for (Operation operation : all("k")) {
      boolean isOwn = operation instanceof Operation.Use || isBob(operation);
      assertThat(Authoriser.judge(state, BOB, operation))
          .as("%s", operation)
          .isEqualTo(isOwn ? Verdict.ALLOWED : Verdict.DENIED);
    }
  }

  @Test
  void whoIsNamedAndNoUserMayNothing() {
    for (Operation operation : all("k")) {
      assertThat(Authoriser.judge(state(), new Principal.Named("eve"), operation))
          .as("%s", operation)
          .isEqualTo(Verdict.DENIED);
    }
  }

  @Test
  void rootMayEverything() {
    AuthState state = AuthState.of(true, 1, false, SECRET, List.of(user(Role.ROOT)), List.of());

    for (Operation operation : all("k")) {
      assertThat(Authoriser.judge(state, BOB, operation)).isEqualTo(Verdict.ALLOWED);
    }
  }

  @Test
  void aGrantCountsOnlyAtItsOwnDoor() {
    Bytes path = Bytes.utf8("/k");
    Role v2 = new Role("r", List.of(path), List.of(path), false, List.of());
    Role v3 = role(new Permission(Permission.Kind.READWRITE, path, Bytes.EMPTY));

    assertThat(verdict(v2, new Operation.ReadPath(path, false))).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(v2, new Operation.Read(key("/k")))).isEqualTo(Verdict.DENIED);
    assertThat(verdict(v3, new Operation.Read(key("/k")))).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(v3, new Operation.ReadPath(path, false))).isEqualTo(Verdict.DENIED);
  }

  @Test
  void readingAndWritingAreGrantedApart() {
    Role reader = role(new Permission(Permission.Kind.READ, Bytes.utf8("k"), Bytes.EMPTY));
    Role writer = role(new Permission(Permission.Kind.WRITE, Bytes.utf8("k"), Bytes.EMPTY));

    assertThat(verdict(reader, new Operation.Read(key("k")))).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(reader, new Operation.Write(key("k")))).isEqualTo(Verdict.DENIED);
    assertThat(verdict(writer, new Operation.Write(key("k")))).isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(writer, new Operation.Read(key("k")))).isEqualTo(Verdict.DENIED);
  }

  /** The role may read [b,d), [d,f) and f; a zero byte is written as 0. */
  @ParameterizedTest
  @CsvSource({
    "b, , ALLOWED",
    "a, , DENIED",
    "c, e, ALLOWED",
    "b, f, ALLOWED",
    "b, f0, ALLOWED",
    "b, g, DENIED",
    "a, c, DENIED",
    "c, 0, DENIED",
    "f, 0, DENIED",
    "0, 0, DENIED",
    // Empty ranges: what begins where nothing may be read is refused.
    "c, b, ALLOWED",
    "z, b, DENIED",
    "z, z, DENIED",
  })
  void aRangeIsAllowedIfEveryKeyOfItIs(String key, @Nullable String end, Verdict expected) {
    Role role =
        role(
            new Permission(Permission.Kind.READ, Bytes.utf8("b"), Bytes.utf8("d")),
            new Permission(Permission.Kind.READ, Bytes.utf8("d"), Bytes.utf8("f")),
            new Permission(Permission.Kind.READ, Bytes.utf8("f"), Bytes.EMPTY),
            new Permission(Permission.Kind.READ, Bytes.utf8("y"), Bytes.utf8("x")));

    KeyRange range = KeyRange.of(bytes(key), end == null ? Bytes.EMPTY : bytes(end));

    assertThat(verdict(role, new Operation.Read(range))).isEqualTo(expected);
  }

  @Test
  void aGrantWithoutAnEndReachesToTheEnd() {
    Role role = role(new Permission(Permission.Kind.READ, Bytes.utf8("m"), bytes("0")));

    assertThat(verdict(role, new Operation.Read(KeyRange.of(Bytes.utf8("n"), bytes("0")))))
        .isEqualTo(Verdict.ALLOWED);
    assertThat(verdict(role, new Operation.Read(KeyRange.of(Bytes.utf8("l"), bytes("0")))))
        .isEqualTo(Verdict.DENIED);
  }

  @ParameterizedTest
  @CsvSource({
    "/foo, /foo, false, ALLOWED",
    "/foo, /foobar, false, DENIED",
    "/foo, /foo/, false, DENIED",
    "/foo, /foo, true, DENIED",
    "/foo/*, /foo, false, DENIED",
    "/foo/*, /foo/, true, ALLOWED",
    "/foo/*, /foo/a/b, false, ALLOWED",
    "/foo/*, /foobar, false, DENIED",
    "/foo/*, /FOO/a, false, DENIED",
    "/foo*, /foobar, true, ALLOWED",
    "/f*o, /foo, false, DENIED",
    "'', '', false, DENIED",
    "/*, /_hidden, false, ALLOWED",
  })
  void aPatternIsAPathOrABeginning(
      String pattern, String path, boolean isRecursive, Verdict expected) {
    Role role = new Role("r", List.of(Bytes.utf8(pattern)), List.of(), false, List.of());

    assertThat(verdict(role, new Operation.ReadPath(Bytes.utf8(path), isRecursive)))
        .isEqualTo(expected);
    assertThat(verdict(role, new Operation.WritePath(Bytes.utf8(path), isRecursive)))
        .isEqualTo(Verdict.DENIED);
  }

  /** etcd does not look at the flag for guests, and lets them read and remove all below a path. */
  @Test
  void aGuestWithOnePathHasNotWhatIsBelowIt() {
    Role guest = new Role(Role.GUEST, List.of(Bytes.utf8("/a")), List.of(), false, List.of());

    assertThat(
            Authoriser.judge(
                state(guest), ANONYMOUS, new Operation.ReadPath(Bytes.utf8("/a"), true)))
        .isEqualTo(Verdict.ANONYMOUS);
  }

  @Test
  void theFirstOperationThatIsNotAllowedDecides() {
    Role role = role(new Permission(Permission.Kind.READ, Bytes.utf8("a"), Bytes.EMPTY));

    assertThat(
            Authoriser.judge(
                state(role),
                BOB,
                List.of(new Operation.Read(key("a")), new Operation.Read(key("b")))))
        .isEqualTo(Verdict.DENIED);
  }

  private static Verdict verdict(Role role, Operation operation) {
    return Authoriser.judge(state(role), BOB, operation);
  }

  private static AuthState state(Role... roles) {
    return AuthState.of(true, 1, false, SECRET, List.of(user("r")), List.of(roles));
  }

  private static User user(String role) {
    return new User("bob", Bytes.utf8("hash"), List.of(role));
  }

  private static Role role(Permission... permissions) {
    return new Role("r", List.of(), List.of(), false, List.of(permissions));
  }

  private static boolean isBob(Operation operation) {
    return operation.equals(new Operation.LookAtUser("bob"))
        || operation.equals(new Operation.LookAtRole("r"));
  }

  private static List<Operation> all(String name) {
    return List.of(
        new Operation.Read(key(name)),
        new Operation.Write(key(name)),
        new Operation.ReadPath(Bytes.utf8("/" + name), false),
        new Operation.WritePath(Bytes.utf8("/" + name), true),
        new Operation.Use(),
        new Operation.LookAtUser("bob"),
        new Operation.LookAtUser("root"),
        new Operation.LookAtRole("r"),
        new Operation.LookAtRole("other"),
        new Operation.Administer());
  }

  private static KeyRange key(String key) {
    return KeyRange.of(Bytes.utf8(key), Bytes.EMPTY);
  }

  private static Bytes bytes(String text) {
    return Bytes.utf8(text.replace('0', '\0'));
  }
}
