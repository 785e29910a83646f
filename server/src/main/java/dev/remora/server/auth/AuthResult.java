package dev.remora.server.auth;

/** What came of an {@link AuthChange}. */
public sealed interface AuthResult {
  /** It is done. */
  record Changed(AuthState state) implements AuthResult {}

  /**
   * It is refused and has changed nothing.
   *
   * @param subject what of the change was wrong: a role or a pattern; empty if that is clear
   */
  record Refused(Reason reason, String subject) implements AuthResult {}

  /** Why a change is refused. */
  enum Reason {
    /** There is no user root. */
    NO_ROOT_USER,
    /** The user root has not the role root. */
    NO_ROOT_ROLE,
    ALREADY_ENABLED,
    ALREADY_DISABLED,
    USER_EXISTS,
    USER_NOT_FOUND,
    ROLE_EXISTS,
    ROLE_NOT_FOUND,
    /** The user has not the role that is to be revoked. */
    ROLE_NOT_GRANTED,
    /** The role has not what is to be revoked. */
    PERMISSION_NOT_GRANTED,
    DUPLICATE_ROLE,
    DUPLICATE_READ,
    DUPLICATE_WRITE,
    /** Nothing of the user would be other than before. */
    USER_NOT_CHANGED,
    /** Nothing of the role would be other than before. */
    ROLE_NOT_CHANGED,
    /** The user root stays, with its role, while auth is enabled. */
    ROOT_IS_NEEDED,
    /** The role root is what it is. */
    ROOT_ROLE_IS_FIXED,
    /** A name, a pattern or all of it together is too long, or empty. */
    OUT_OF_BOUNDS
  }
}
