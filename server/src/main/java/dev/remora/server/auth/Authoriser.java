package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether somebody may do something: a function of the auth state, asked for each operation. What
 * no rule allows is refused. While auth is disabled everything is allowed.
 */
public final class Authoriser {
  private Authoriser() {}

  /** What is said to somebody who asks. */
  public enum Verdict {
    ALLOWED,
    /** Nobody who does not say who they are may do that. */
    ANONYMOUS,
    /** This user may not do that. */
    DENIED
  }

  /**
   * The first verdict on several operations that is not {@link Verdict#ALLOWED}, if there is one.
   */
  public static Verdict judge(AuthState state, Principal who, List<Operation> operations) {
    for (Operation operation : operations) {
      Verdict verdict = judge(state, who, operation);
      if (verdict != Verdict.ALLOWED) {
        return verdict;
      }
    }
    return Verdict.ALLOWED;
  }

  /** The verdict on one operation. */
  public static Verdict judge(AuthState state, Principal who, Operation operation) {
    if (!state.isEnabled()) {
      return Verdict.ALLOWED;
    }
    return switch (who) {
      case Principal.Anonymous() -> judgeGuest(state, operation);
      case Principal.Named(String name) -> judgeUser(state, name, operation);
    };
  }

  /** Only v2 knows guests. */
  private static Verdict judgeGuest(AuthState state, Operation operation) {
    List<Role> guest = state.role(Role.GUEST).map(List::of).orElse(List.of());
    boolean isAllowed =
        switch (operation) {
          case Operation.ReadPath _, Operation.WritePath _ -> allow(guest, operation);
          case Operation.Read _,
              Operation.Write _,
              Operation.Use _,
              Operation.LookAtUser _,
              Operation.LookAtRole _,
              Operation.Administer _ ->
              false;
        };
    return isAllowed ? Verdict.ALLOWED : Verdict.ANONYMOUS;
  }

  private static Verdict judgeUser(AuthState state, String name, Operation operation) {
    Optional<User> user = state.user(name);
    if (user.isEmpty()) {
      return Verdict.DENIED; // Removed since the proof was given, or named by a certificate alone.
    }
    List<String> names = user.get().roles();
    if (names.contains(Role.ROOT)) {
      return Verdict.ALLOWED;
    }
    boolean isAllowed =
        switch (operation) {
          case Operation.Use() -> true;
          case Operation.LookAtUser(String other) -> other.equals(name);
          case Operation.LookAtRole(String role) -> names.contains(role);
          case Operation.Administer() -> false;
          case Operation.Read _, Operation.Write _, Operation.ReadPath _, Operation.WritePath _ ->
              allow(roles(state, names), operation);
        };
    return isAllowed ? Verdict.ALLOWED : Verdict.DENIED;
  }

  private static List<Role> roles(AuthState state, List<String> names) {
    List<Role> roles = new ArrayList<>(names.size());
    for (String name : names) {
      state.role(name).ifPresent(roles::add);
    }
    return roles;
  }

  private static boolean allow(List<Role> roles, Operation operation) {
    return switch (operation) {
      case Operation.Read(KeyRange range) -> covers(granted(roles, false), range);
      case Operation.Write(KeyRange range) -> covers(granted(roles, true), range);
      case Operation.ReadPath(Bytes path, boolean isRecursive) ->
          roles.stream().anyMatch(role -> matches(role.reads(), path, isRecursive));
      case Operation.WritePath(Bytes path, boolean isRecursive) ->
          roles.stream().anyMatch(role -> matches(role.writes(), path, isRecursive));
      case Operation.Use _,
          Operation.LookAtUser _,
          Operation.LookAtRole _,
          Operation.Administer _ ->
          false;
    };
  }

  private static List<KeyRange> granted(List<Role> roles, boolean isWrite) {
    List<KeyRange> ranges = new ArrayList<>();
    for (Role role : roles) {
      for (Permission permission : role.ranges()) {
        if (permission.allows(isWrite) && !permission.range().isEmpty()) {
          ranges.add(permission.range());
        }
      }
    }
    return ranges;
  }

  /**
   * Whether ranges together hold every key of another. One that is empty is taken for its first
   * key: who asks for nothing must have a right to ask there.
   */
  private static boolean covers(List<KeyRange> ranges, KeyRange wanted) {
    Bytes reached = wanted.from();
    Bytes end = wanted.isEmpty() ? reached.next() : wanted.to();
    while (end.isEmpty() || reached.compareTo(end) < 0) {
      Optional<Bytes> further = furthest(ranges, reached);
      if (further.isEmpty()) {
        return false;
      }
      if (further.get().isEmpty()) {
        return true; // Everything from there on.
      }
      reached = further.get();
    }
    return true;
  }

  /** The furthest end of those that hold a key; an empty one is no end at all. */
  private static Optional<Bytes> furthest(List<KeyRange> ranges, Bytes key) {
    Optional<Bytes> furthest = Optional.empty();
    for (KeyRange range : ranges) {
      if (!range.contains(key)) {
        continue;
      }
      if (range.to().isEmpty()) {
        return Optional.of(Bytes.EMPTY);
      }
      if (furthest.isEmpty() || furthest.get().compareTo(range.to()) < 0) {
        furthest = Optional.of(range.to());
      }
    }
    return furthest;
  }

  private static boolean matches(List<Bytes> patterns, Bytes path, boolean isRecursive) {
    for (Bytes pattern : patterns) {
      boolean hasStar = !pattern.isEmpty() && pattern.at(pattern.length() - 1) == '*';
      boolean isMatch =
          hasStar
              ? path.startsWith(pattern.prefix(pattern.length() - 1))
              : !isRecursive && !pattern.isEmpty() && path.equals(pattern);
      if (isMatch) {
        return true;
      }
    }
    return false;
  }
}
