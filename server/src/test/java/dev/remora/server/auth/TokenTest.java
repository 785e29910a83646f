package dev.remora.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.mvcc.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenTest {
  private static final User BOB = new User("bob", Bytes.utf8("hash"), List.of("r"));
  private static final AuthState STATE = state("secret", BOB);

  @Test
  void aTokenNamesItsUserUntilItEnds() {
    String token = Token.issue(STATE, BOB, 1000);

    assertThat(Token.verify(STATE, token, 999)).contains(BOB);
    assertThat(Token.verify(STATE, token, 1000)).isEmpty();
  }

  @Test
  void anotherRoleLeavesATokenGood() {
    User more = new User("bob", BOB.hash(), List.of("r", "s"));

    assertThat(Token.verify(state("secret", more), Token.issue(STATE, BOB, 1000), 1))
        .contains(more);
  }

  @Test
  void anotherPasswordVoidsIt() {
    User changed = new User("bob", Bytes.utf8("other"), List.of());

    assertThat(Token.verify(state("secret", changed), Token.issue(STATE, BOB, 1000), 1)).isEmpty();
  }

  @Test
  void theUsersRemovalVoidsIt() {
    assertThat(Token.verify(state("secret"), Token.issue(STATE, BOB, 1000), 1)).isEmpty();
  }

  @Test
  void disablingAndEnablingVoidsIt() {
    String token = Token.issue(STATE, BOB, 1000);

    assertThat(Token.verify(STATE.switched(false, Bytes.EMPTY), token, 1)).isEmpty();
    assertThat(Token.verify(state("another", BOB), token, 1)).isEmpty();
  }

  @Test
  void everyCharacterOfItIsSealed() {
    String token = Token.issue(STATE, BOB, 1000);

    for (int i = 0; i < token.length() - 1; i++) {
      char other = token.charAt(i) == 'A' ? 'B' : 'A';
      String forged = token.substring(0, i) + other + token.substring(i + 1);
      assertThat(Token.verify(STATE, forged, 1)).as("changed at %d", i).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "AQ", "Bearer x", "\u0000", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void whatIsNoTokenNamesNobody(String text) {
    assertThat(Token.verify(STATE, text, 1)).isEmpty();
  }

  @Test
  void aUserWithoutAPasswordHasNoToken() {
    User without = new User("bob", Bytes.EMPTY, List.of());
    AuthState state = state("secret", without);

    assertThat(Token.verify(state, Token.issue(state, without, 1000), 1)).isEmpty();
  }

  private static AuthState state(String secret, User... users) {
    return AuthState.of(true, 1, false, Bytes.utf8(secret), List.of(users), List.of());
  }
}
