package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a user holds instead of a password: the user's name and when it ends, sealed with
 * HMAC-SHA256 by the secret that all members share, together with the hash of the password. So any
 * member knows it, also after a restart, and none has to remember it. Another password, the user's
 * removal, or disabling auth voids it; no two passwords have the same hash, since each has a salt.
 */
public final class Token {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SEAL_BYTES = 32;
  private static final int HEAD_BYTES = 1 + Long.BYTES;

  /** Says what the seal is for, so that no other seal by the same secret can pass for it. */
  private static final byte FORMAT = 1;

  /** No token of ours is longer: a name, the head and the seal in base64. */
  private static final int CHARACTERS_MAX =
      (HEAD_BYTES + AuthState.NAME_BYTES_MAX + SEAL_BYTES) * 4 / 3 + 4;

  private Token() {}

  /**
   * Makes one for a user whose password was verified.
   *
   * @param endMillis the wall clock's time, in milliseconds since 1970, at which it is void
   * @throws IllegalStateException if auth has no secret: it is disabled
   */
  public static String issue(AuthState state, User user, long endMillis) {
    byte[] name = user.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(HEAD_BYTES + name.length);
    body.put(FORMAT).putLong(endMillis).put(name);
    byte[] seal = seal(state.secret(), body.array(), user.hash());
    byte[] token = Arrays.copyOf(body.array(), body.capacity() + SEAL_BYTES);
    System.arraycopy(seal, 0, token, body.capacity(), SEAL_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  /** Whose it is, if it is one that still counts. */
  public static Optional<User> verify(AuthState state, String text, long nowMillis) {
    if (!state.isEnabled() || text.length() > CHARACTERS_MAX) {
      return Optional.empty();
    }
    byte[] token = decode(text);
    int signed = token.length - SEAL_BYTES;
    if (signed <= HEAD_BYTES || token[0] != FORMAT) {
      return Optional.empty();
    }
    byte[] body = Arrays.copyOf(token, signed);
    byte[] seal = Arrays.copyOfRange(token, signed, token.length);
    long endMillis = ByteBuffer.wrap(body, 1, Long.BYTES).getLong();
    String name = new String(body, HEAD_BYTES, signed - HEAD_BYTES, StandardCharsets.UTF_8);
    Optional<User> user = state.user(name).filter(known -> !known.hash().isEmpty());
    Bytes hash = user.map(User::hash).orElse(Bytes.EMPTY); // Unknown users take as long as known.
    boolean isSealed = MessageDigest.isEqual(seal, seal(state.secret(), body, hash));
    return isSealed && nowMillis < endMillis ? user : Optional.empty();
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }

  private static byte[] seal(Bytes secret, byte[] body, Bytes hash) {
    if (secret.isEmpty()) {
      throw new IllegalStateException("no secret for a token");
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.array(), ALGORITHM));
      mac.update(body);
      mac.update(hash.array());
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
