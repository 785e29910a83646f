package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import java.util.List;

/**
 * Somebody with a password, or with a certificate alone. Immutable.
 *
 * @param name not empty
 * @param hash the bcrypt hash of the password; empty for who has none and can only come with a
 *     certificate
 * @param roles names, each once, sorted
 */
public record User(String name, Bytes hash, List<String> roles) {
  /** The one user that may do everything, as etcd names it. */
  public static final String ROOT = "root";

  public User {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a user without a name");
    }
    roles = roles.stream().distinct().sorted().toList();
  }

  User withPassword(Bytes newHash) {
    return new User(name, newHash, roles);
  }

  User withRoles(List<String> newRoles) {
    return new User(name, hash, newRoles);
  }

  /** What it takes of the heap, about. */
  long sizeBytes() {
    return AuthState.ENTRY_BYTES
        + name.length()
        + hash.length()
        + roles.stream().mapToLong(role -> AuthState.ITEM_BYTES + role.length()).sum();
  }
}
