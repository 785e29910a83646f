package dev.remora.server.api;

import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Principal;
import dev.remora.server.auth.Token;
import dev.remora.server.auth.User;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who a request comes from: v2 by password, v3 by token, both by a certificate that the connection
 * has verified, if there is no header. For one event loop. No other header means anything.
 *
 * <p>To be asked only while auth is enabled.
 */
public final class Principals {
  private static final String BASIC = "basic ";

  /** Most characters of a Basic header: name, colon and password in base64, and room. */
  private static final int BASIC_CHARACTERS_MAX = 4_096;

  private final Passwords passwords;
  private final Executor owner;
  private final LongSupplier wallMillis;
  private final Function<HttpServerRequest, Optional<String>> certificateNames;

  /** Who a request says it comes from, and whether that is so. */
  public sealed interface Claim {
    /** It is so, or nobody was named. */
    record Proved(Principal who) implements Claim {}

    /** It is not so. */
    record Disproved() implements Claim {}

    /** Too many are being looked at; this one was not. */
    record Busy() implements Claim {}
  }

  /**
   * Principals of the requests of one loop.
   *
   * @param owner the loop
   * @param wallMillis milliseconds since 1970, by which tokens end
   * @param certificateNames the name in the certificate that a connection has verified, if any
   */
  public Principals(
      Passwords passwords,
      Executor owner,
      LongSupplier wallMillis,
      Function<HttpServerRequest, Optional<String>> certificateNames) {
    this.passwords = passwords;
    this.owner = owner;
    this.wallMillis = wallMillis;
    this.certificateNames = certificateNames;
  }

  /** The thread of passwords. */
  public Passwords passwords() {
    return passwords;
  }

  /** The loop on which all answers are given. */
  public Executor owner() {
    return owner;
  }

  /** When a token that is made now ends, in milliseconds since 1970. */
  public long endMillis(AuthSettings settings) {
    return wallMillis.getAsLong() + settings.tokenTtl().toMillis();
  }

  /**
   * Who a v2 request comes from. Answers before it returns if no password has to be hashed. A
   * certificate counts only if it names a user.
   */
  public void ofV2(HttpServerRequest request, AuthState auth, Consumer<Claim> done) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || header.isEmpty()) {
      Optional<User> user = certificateNames.apply(request).flatMap(auth::user);
      done.accept(
          new Claim.Proved(
              user.map(User::name).map(Principals::named).orElseGet(Principal.Anonymous::new)));
      return;
    }
    byte[] credentials = basic(header);
    int colon = indexOfColon(credentials);
    if (colon <= 0) {
      done.accept(new Claim.Disproved());
      return;
    }
    String name = new String(credentials, 0, colon, StandardCharsets.UTF_8);
    byte[] password = Arrays.copyOfRange(credentials, colon + 1, credentials.length);
    Arrays.fill(credentials, (byte) 0);
    passwords.check(
        auth,
        name,
        password,
        owner,
        verdict ->
            done.accept(
                switch (verdict) {
                  case RIGHT -> new Claim.Proved(new Principal.Named(name));
                  case WRONG -> new Claim.Disproved();
                  case BUSY -> new Claim.Busy();
                }));
  }

  /** Who a v3 request comes from. */
  public Claim ofV3(HttpServerRequest request, AuthState auth) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || header.isEmpty()) {
      return new Claim.Proved(
          certificateNames
              .apply(request)
              .map(Principals::named)
              .orElseGet(Principal.Anonymous::new));
    }
    return Token.verify(auth, header, wallMillis.getAsLong())
        .<Claim>map(user -> new Claim.Proved(new Principal.Named(user.name())))
        .orElseGet(Claim.Disproved::new);
  }

  private static Principal named(String name) {
    return new Principal.Named(name);
  }

  /** The name, a colon and the password; nothing if the header is of another form. */
  private static byte[] basic(String header) {
    boolean isBasic =
        header.length() > BASIC.length()
            && header.length() <= BASIC_CHARACTERS_MAX
            && header.substring(0, BASIC.length()).toLowerCase(Locale.ROOT).equals(BASIC);
    try {
      return isBasic ? Base64.getDecoder().decode(header.substring(BASIC.length())) : new byte[0];
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  private static int indexOfColon(byte[] credentials) {
    for (int i = 0; i < credentials.length; i++) {
      if (credentials[i] == ':') {
        return i;
      }
    }
    return -1;
  }
}
