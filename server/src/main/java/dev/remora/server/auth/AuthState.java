package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The users, the roles and the switch. Immutable; any thread may read it.
 *
 * @param isEnabled whether anybody is asked who they are
 * @param revision counts the changes; 1 before the first, as in etcd
 * @param isConfiguredByV2 whether v2 has ever changed it: its first change takes more revisions of
 *     the store
 * @param secret the key of the tokens, drawn anew each time it is enabled; empty before
 * @param users by name
 * @param roles by name; v2 shows a role root in any case
 */
public record AuthState(
    boolean isEnabled,
    long revision,
    boolean isConfiguredByV2,
    Bytes secret,
    SortedMap<String, User> users,
    SortedMap<String, Role> roles) {
  /** Most bytes of a user's or a role's name, in UTF-8. */
  public static final int NAME_BYTES_MAX = 256;

  /** Most bytes of a pattern, or of a key of a permission. */
  public static final int PATTERN_BYTES_MAX = 4_096;

  /** Most users, and most roles. */
  public static final int COUNT_MAX = 10_000;

  /** Most bytes that all of it may take, about. */
  public static final long BYTES_MAX = 16 << 20;

  static final long ENTRY_BYTES = 200;
  static final long ITEM_BYTES = 50;

  /** Before the first change: nobody is asked who they are. */
  public static final AuthState EMPTY =
      new AuthState(false, 1, false, Bytes.EMPTY, new TreeMap<>(), new TreeMap<>());

  public AuthState {
    users = Collections.unmodifiableSortedMap(new TreeMap<>(users));
    roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
  }

  /** A state of its parts, as a snapshot has them. */
  public static AuthState of(
      boolean isEnabled,
      long revision,
      boolean isConfiguredByV2,
      Bytes secret,
      Collection<User> users,
      Collection<Role> roles) {
    TreeMap<String, User> usersByName = new TreeMap<>();
    users.forEach(user -> usersByName.put(user.name(), user));
    TreeMap<String, Role> rolesByName = new TreeMap<>();
    roles.forEach(role -> rolesByName.put(role.name(), role));
    return new AuthState(isEnabled, revision, isConfiguredByV2, secret, usersByName, rolesByName);
  }

  /** The user of this name. */
  public Optional<User> user(String name) {
    return Optional.ofNullable(users.get(name));
  }

  /** The role of this name, as it was made. */
  public Optional<Role> role(String name) {
    return Optional.ofNullable(roles.get(name));
  }

  /** Whether nothing was ever changed. */
  public boolean isEmpty() {
    return this.equals(EMPTY);
  }

  /** What it takes of the heap, about. */
  public long sizeBytes() {
    return users.values().stream().mapToLong(User::sizeBytes).sum()
        + roles.values().stream().mapToLong(Role::sizeBytes).sum();
  }

  AuthState with(User user) {
    TreeMap<String, User> changed = new TreeMap<>(users);
    changed.put(user.name(), user);
    return withUsers(changed);
  }

  AuthState withoutUser(String name) {
    TreeMap<String, User> changed = new TreeMap<>(users);
    changed.remove(name);
    return withUsers(changed);
  }

  AuthState with(Role role) {
    TreeMap<String, Role> changed = new TreeMap<>(roles);
    changed.put(role.name(), role);
    return withRoles(changed);
  }

  /** Nobody has a role that is gone: it would come back with the next role of its name. */
  AuthState withoutRole(String name) {
    TreeMap<String, Role> changed = new TreeMap<>(roles);
    changed.remove(name);
    TreeMap<String, User> others = new TreeMap<>(users);
    others.replaceAll((_, user) -> user.withRoles(without(user.roles(), name)));
    return withRoles(changed).withUsers(others);
  }

  AuthState switched(boolean on, Bytes newSecret) {
    return new AuthState(on, revision, isConfiguredByV2, newSecret, users, roles);
  }

  AuthState changed(boolean byV2) {
    return new AuthState(isEnabled, revision + 1, isConfiguredByV2 || byV2, secret, users, roles);
  }

  private AuthState withUsers(SortedMap<String, User> changed) {
    return new AuthState(isEnabled, revision, isConfiguredByV2, secret, changed, roles);
  }

  private AuthState withRoles(SortedMap<String, Role> changed) {
    return new AuthState(isEnabled, revision, isConfiguredByV2, secret, users, changed);
  }

  static List<String> without(List<String> names, String name) {
    return names.stream().filter(other -> !other.equals(name)).toList();
  }
}
