package dev.remora.server.auth;

import dev.remora.server.auth.AuthResult.Reason;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of the auth state by a change: a function, the same on every member. */
public final class AuthRules {
  private AuthRules() {}

  /** Does a change, or says why not. */
  public static AuthResult apply(AuthState state, AuthChange change) {
    AuthResult result = attempt(state, change);
    if (!(result instanceof AuthResult.Changed(AuthState after))) {
      return result;
    }
    if (after.users().size() > AuthState.COUNT_MAX
        || after.roles().size() > AuthState.COUNT_MAX
        || (after.sizeBytes() > AuthState.BYTES_MAX && after.sizeBytes() > state.sizeBytes())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    return new AuthResult.Changed(after.changed(change.door() == AuthChange.Door.V2));
  }

  private static AuthResult attempt(AuthState state, AuthChange change) {
    return switch (change) {
      case AuthChange.Enable enable -> enable(state, enable);
      case AuthChange.Disable(AuthChange.Door door) -> disable(state, door);
      case AuthChange.DeleteUser(_, String name) -> deleteUser(state, name);
      case AuthChange.DeleteRole(AuthChange.Door door, String name) ->
          deleteRole(state, door, name);
      case AuthChange.PutUser put -> putUser(state, put);
      case AuthChange.EditUser edit -> editUser(state, edit);
      case AuthChange.PutRole put -> putRole(state, put);
      case AuthChange.EditRole edit -> editRole(state, edit);
      case AuthChange.AddUser(String name, Bytes hash) ->
          addUser(state, new User(name, hash, List.of()));
      case AuthChange.SetPassword(String name, Bytes hash) ->
          withUser(state, name, user -> state.with(user.withPassword(hash)));
      case AuthChange.GrantRole(String user, String role) -> grantRole(state, user, role);
      case AuthChange.RevokeRole(String user, String role) -> revokeRole(state, user, role);
      case AuthChange.AddRole(String name) ->
          addRole(state, new Role(name, List.of(), List.of(), false, List.of()));
      case AuthChange.Grant grant -> grant(state, grant);
      case AuthChange.Revoke revoke -> revoke(state, revoke);
    };
  }

  private static AuthResult enable(AuthState state, AuthChange.Enable enable) {
    Optional<User> root = state.user(User.ROOT);
    boolean isV2 = enable.through() == AuthChange.Door.V2;
    if (state.isEnabled()) {
      return isV2 ? refused(Reason.ALREADY_ENABLED) : new AuthResult.Changed(state);
    }
    if (root.isEmpty()) {
      return refused(Reason.NO_ROOT_USER);
    }
    AuthState ready = state;
    if (isV2) {
      ready = ready.with(withRootRole(root.get()));
      if (ready.role(Role.GUEST).isEmpty()) {
        ready = ready.with(Role.everything(Role.GUEST));
      }
    } else if (!root.get().roles().contains(Role.ROOT)) {
      return refused(Reason.NO_ROOT_ROLE);
    }
    return new AuthResult.Changed(ready.switched(true, enable.secret()));
  }

  private static AuthResult disable(AuthState state, AuthChange.Door door) {
    if (!state.isEnabled() && door == AuthChange.Door.V2) {
      return refused(Reason.ALREADY_DISABLED);
    }
    return new AuthResult.Changed(state.switched(false, Bytes.EMPTY));
  }

  private static AuthResult deleteUser(AuthState state, String name) {
    if (state.user(name).isEmpty()) {
      return refused(Reason.USER_NOT_FOUND);
    }
    return state.isEnabled() && name.equals(User.ROOT)
        ? refused(Reason.ROOT_IS_NEEDED)
        : new AuthResult.Changed(state.withoutUser(name));
  }

  private static AuthResult deleteRole(AuthState state, AuthChange.Door door, String name) {
    boolean isRoot = name.equals(Role.ROOT);
    if (isRoot && door == AuthChange.Door.V2) {
      return refused(Reason.ROOT_ROLE_IS_FIXED);
    }
    if (isRoot && state.isEnabled()) {
      return refused(Reason.ROOT_IS_NEEDED);
    }
    return state.role(name).isEmpty()
        ? refused(Reason.ROLE_NOT_FOUND)
        : new AuthResult.Changed(state.withoutRole(name));
  }

  private static AuthResult putUser(AuthState state, AuthChange.PutUser put) {
    if (areTooLong(put.roles())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    User user = new User(put.name(), put.hash(), put.roles());
    return addUser(state, user.name().equals(User.ROOT) ? withRootRole(user) : user);
  }

  private static AuthResult addUser(AuthState state, User user) {
    if (isTooLong(user.name())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    return state.user(user.name()).isPresent()
        ? refused(Reason.USER_EXISTS)
        : new AuthResult.Changed(state.with(user));
  }

  /** v2's order: first what is granted, one by one, then what is revoked. */
  private static AuthResult editUser(AuthState state, AuthChange.EditUser edit) {
    Optional<User> found = state.user(edit.name());
    if (found.isEmpty()) {
      return refused(Reason.USER_NOT_FOUND);
    }
    if (areTooLong(edit.grants())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    boolean isRoot = edit.name().equals(User.ROOT);
    User user = isRoot ? withRootRole(found.get()) : found.get();
    List<String> roles = new ArrayList<>(user.roles());
    for (String grant : edit.grants()) {
      if (roles.contains(grant)) {
        return refused(Reason.DUPLICATE_ROLE, grant);
      }
      roles.add(grant);
    }
    for (String revoke : edit.revokes()) {
      if (!roles.remove(revoke)) {
        return refused(Reason.ROLE_NOT_GRANTED, revoke);
      }
    }
    if (edit.hash().isEmpty() && edit.grants().isEmpty() && edit.revokes().isEmpty()) {
      return refused(Reason.USER_NOT_CHANGED);
    }
    User changed = user.withRoles(roles);
    if (!edit.hash().isEmpty()) {
      changed = changed.withPassword(edit.hash());
    }
    return new AuthResult.Changed(state.with(isRoot ? withRootRole(changed) : changed));
  }

  private static AuthResult putRole(AuthState state, AuthChange.PutRole put) {
    if (put.name().equals(Role.ROOT)) {
      return refused(Reason.ROOT_ROLE_IS_FIXED);
    }
    if (arePatternsTooLong(put.reads()) || arePatternsTooLong(put.writes())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    return addRole(state, new Role(put.name(), put.reads(), put.writes(), false, List.of()));
  }

  private static AuthResult addRole(AuthState state, Role role) {
    if (isTooLong(role.name())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    return state.role(role.name()).isPresent()
        ? refused(Reason.ROLE_EXISTS)
        : new AuthResult.Changed(state.with(role));
  }

  private static AuthResult editRole(AuthState state, AuthChange.EditRole edit) {
    if (edit.name().equals(Role.ROOT)) {
      return refused(Reason.ROOT_ROLE_IS_FIXED);
    }
    Optional<Role> found = state.role(edit.name());
    if (found.isEmpty()) {
      return refused(Reason.ROLE_NOT_FOUND);
    }
    if (arePatternsTooLong(edit.grantedReads()) || arePatternsTooLong(edit.grantedWrites())) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    Role role = found.get();
    List<Bytes> reads = new ArrayList<>(role.reads().stream().distinct().toList());
    List<Bytes> writes = new ArrayList<>(role.writes().stream().distinct().toList());
    Optional<Bytes> twiceRead = addAll(reads, edit.grantedReads());
    if (twiceRead.isPresent()) {
      return refused(Reason.DUPLICATE_READ, twiceRead.get().text());
    }
    Optional<Bytes> twiceWritten = addAll(writes, edit.grantedWrites());
    if (twiceWritten.isPresent()) {
      return refused(Reason.DUPLICATE_WRITE, twiceWritten.get().text());
    }
    reads.removeAll(edit.revokedReads());
    writes.removeAll(edit.revokedWrites());
    reads.sort(null);
    writes.sort(null);
    Role changed = role.withPatterns(reads, writes);
    return isSame(role, changed)
        ? refused(Reason.ROLE_NOT_CHANGED)
        : new AuthResult.Changed(state.with(changed));
  }

  /** v2's lists are sets that come sorted once they were changed. */
  private static boolean isSame(Role before, Role after) {
    return before.reads().stream().distinct().sorted().toList().equals(after.reads())
        && before.writes().stream().distinct().sorted().toList().equals(after.writes());
  }

  /** Adds patterns; the first that is there already, if one is. */
  private static Optional<Bytes> addAll(List<Bytes> patterns, List<Bytes> added) {
    for (Bytes pattern : added) {
      if (patterns.contains(pattern)) {
        return Optional.of(pattern);
      }
      patterns.add(pattern);
    }
    return Optional.empty();
  }

  private static AuthResult grantRole(AuthState state, String name, String role) {
    if (state.user(name).isPresent() && !role.equals(Role.ROOT) && state.role(role).isEmpty()) {
      return refused(Reason.ROLE_NOT_FOUND);
    }
    return withUser(
        state,
        name,
        user -> {
          List<String> roles = new ArrayList<>(user.roles());
          roles.add(role);
          return state.with(user.withRoles(roles));
        });
  }

  private static AuthResult revokeRole(AuthState state, String name, String role) {
    if (state.isEnabled() && name.equals(User.ROOT) && role.equals(Role.ROOT)) {
      return refused(Reason.ROOT_IS_NEEDED);
    }
    if (state.user(name).filter(user -> !user.roles().contains(role)).isPresent()) {
      return refused(Reason.ROLE_NOT_GRANTED);
    }
    return withUser(
        state, name, user -> state.with(user.withRoles(AuthState.without(user.roles(), role))));
  }

  private static AuthResult grant(AuthState state, AuthChange.Grant grant) {
    Permission permission = grant.permission();
    if (arePatternsTooLong(List.of(permission.key(), permission.rangeEnd()))) {
      return refused(Reason.OUT_OF_BOUNDS);
    }
    Optional<Role> role = state.role(grant.role());
    if (role.isEmpty()) {
      return refused(Reason.ROLE_NOT_FOUND);
    }
    List<Permission> ranges = without(role.get(), permission.key(), permission.rangeEnd());
    ranges.add(permission);
    return new AuthResult.Changed(state.with(role.get().withRanges(ranges)));
  }

  private static AuthResult revoke(AuthState state, AuthChange.Revoke revoke) {
    Optional<Role> role = state.role(revoke.role());
    if (role.isEmpty()) {
      return refused(Reason.ROLE_NOT_FOUND);
    }
    List<Permission> ranges = without(role.get(), revoke.key(), revoke.rangeEnd());
    return ranges.size() == role.get().ranges().size()
        ? refused(Reason.PERMISSION_NOT_GRANTED)
        : new AuthResult.Changed(state.with(role.get().withRanges(ranges)));
  }

  private static List<Permission> without(Role role, Bytes key, Bytes rangeEnd) {
    return new ArrayList<>(
        role.ranges().stream().filter(range -> !range.isOf(key, rangeEnd)).toList());
  }

  /** Changes a user. */
  private interface Edit {
    AuthState of(User user);
  }

  private static AuthResult withUser(AuthState state, String name, Edit edit) {
    @Nullable User user = state.users().get(name);
    return user == null ? refused(Reason.USER_NOT_FOUND) : new AuthResult.Changed(edit.of(user));
  }

  private static User withRootRole(User user) {
    List<String> roles = new ArrayList<>(user.roles());
    roles.add(Role.ROOT);
    return user.withRoles(roles);
  }

  private static boolean areTooLong(Collection<String> names) {
    return names.stream().anyMatch(AuthRules::isTooLong);
  }

  private static boolean isTooLong(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length > AuthState.NAME_BYTES_MAX;
  }

  private static boolean arePatternsTooLong(List<Bytes> patterns) {
    return patterns.stream().anyMatch(pattern -> pattern.length() > AuthState.PATTERN_BYTES_MAX);
  }

  private static AuthResult refused(Reason reason) {
    return refused(reason, "");
  }

  private static AuthResult refused(Reason reason, String subject) {
    return new AuthResult.Refused(reason, subject);
  }
}
