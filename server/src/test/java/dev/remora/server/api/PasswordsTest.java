package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PasswordsTest {
  private static final int CHEAPEST = 4;

  private final Passwords passwords = new Passwords(CHEAPEST, new SecureRandom());

  @AfterEach
  void stop() {
    passwords.close();
  }

  @Test
  void onlyThePasswordIsRight() {
    AuthState auth = auth(1, "correct");

    assertThat(check(auth, "bob", "correct")).isEqualTo(Passwords.Verdict.RIGHT);
    assertThat(check(auth, "bob", "Correct")).isEqualTo(Passwords.Verdict.WRONG);
    assertThat(check(auth, "bob", "")).isEqualTo(Passwords.Verdict.WRONG);
    assertThat(check(auth, "bob", "correct\0")).isEqualTo(Passwords.Verdict.WRONG);
    assertThat(check(auth, "eve", "correct")).isEqualTo(Passwords.Verdict.WRONG);
  }

  @Test
  void aPasswordThatIsTooLongIsWrong() {
    String longest = "p".repeat(Passwords.BYTES_MAX);
    AuthState auth = auth(1, longest);

    assertThat(check(auth, "bob", longest)).isEqualTo(Passwords.Verdict.RIGHT);
    assertThat(check(auth, "bob", longest + "p")).isEqualTo(Passwords.Verdict.WRONG);
  }

  @Test
  void whatWasRightIsKnownWithoutAHash() {
    AuthState auth = auth(1, "correct");
    assertThat(check(auth, "bob", "correct")).isEqualTo(Passwords.Verdict.RIGHT);
    List<Passwords.Verdict> told = new ArrayList<>();

    passwords.check(auth, "bob", bytes("correct"), Runnable::run, told::add);

    assertThat(told).containsExactly(Passwords.Verdict.RIGHT);
  }

  @Test
  void whatWasRightIsForgottenWithEveryChange() {
    AuthState auth = auth(1, "correct");
    assertThat(check(auth, "bob", "correct")).isEqualTo(Passwords.Verdict.RIGHT);
    AuthState changed =
        AuthState.of(true, 2, false, auth.secret(), auth.users().values(), auth.roles().values());
    CompletableFuture<Thread> answerer = new CompletableFuture<>();

    passwords.check(
        changed,
        "bob",
        bytes("correct"),
        Runnable::run,
        _ -> answerer.complete(Thread.currentThread()));

    assertThat(await(answerer)).isNotSameAs(Thread.currentThread());
  }

  @Test
  void aPasswordIsWipedOnceItWasLookedAt() {
    AuthState auth = auth(1, "correct");
    byte[] checked = bytes("correct");
    byte[] wrong = bytes("wrong");
    byte[] hashed = bytes("another");

    await(future(checked, auth));
    await(future(wrong, auth));
    CompletableFuture<Optional<Bytes>> hash = new CompletableFuture<>();
    passwords.hash(hashed, Runnable::run, hash::complete);
    await(hash);

    assertThat(checked).containsOnly(0);
    assertThat(wrong).containsOnly(0);
    assertThat(hashed).containsOnly(0);
  }

  @Test
  void whenTooManyWaitTheNextIsRefusedAtOnce() {
    AuthState auth = auth(1, "correct");
    CompletableFuture<Passwords.Verdict> gate = new CompletableFuture<>();
    List<CompletableFuture<Passwords.Verdict>> waiting = new ArrayList<>();
    // The one thread is held by the first answer, which is given on it.
    passwords.check(auth, "bob", bytes("wrong"), Runnable::run, _ -> await(gate));
    for (int i = 0; i < Passwords.WAITING_MAX + 1; i++) {
      waiting.add(future(bytes("wrong"), auth));
    }
    byte[] refused = bytes("wrong");

    assertThat(await(future(refused, auth))).isEqualTo(Passwords.Verdict.BUSY);
    assertThat(refused).containsOnly(0);
    gate.complete(Passwords.Verdict.WRONG);
    assertThat(waiting.stream().map(PasswordsTest::await).toList())
        .contains(Passwords.Verdict.WRONG);
  }

  private Passwords.Verdict check(AuthState auth, String name, String password) {
    CompletableFuture<Passwords.Verdict> told = new CompletableFuture<>();
    passwords.check(auth, name, bytes(password), Runnable::run, told::complete);
    return await(told);
  }

  private CompletableFuture<Passwords.Verdict> future(byte[] password, AuthState auth) {
    CompletableFuture<Passwords.Verdict> told = new CompletableFuture<>();
    passwords.check(auth, "bob", password, Runnable::run, told::complete);
    return told;
  }

  private AuthState auth(long revision, String password) {
    CompletableFuture<Optional<Bytes>> hash = new CompletableFuture<>();
    passwords.hash(bytes(password), Runnable::run, hash::complete);
    User bob = new User("bob", await(hash).orElseThrow(), List.of());
    return AuthState.of(true, revision, false, Bytes.utf8("s"), List.of(bob), List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }
}
