package dev.remora.server.api.v2;

import dev.remora.server.auth.AuthChange;
import dev.remora.server.auth.AuthResult;

/**
 * Why {@code /v2/auth} refuses a change, in etcd's words, each with its own end.
 *
 * @param status of HTTP
 */
record AuthError(int status, String message) {
  static AuthError of(AuthChange change, AuthResult.Refused refusal) {
    String name = name(change);
    String subject = refusal.subject();
    return switch (refusal.reason()) {
      case NO_ROOT_USER, NO_ROOT_ROLE ->
          new AuthError(409, "No root user available, please create one");
      case ALREADY_ENABLED -> new AuthError(409, "already enabled");
      case ALREADY_DISABLED -> new AuthError(409, "already disabled");
      case USER_EXISTS -> new AuthError(409, "User " + name + " already exists.");
      case USER_NOT_FOUND ->
          new AuthError(
              404,
              "User "
                  + name
                  + (change instanceof AuthChange.DeleteUser
                      ? " does not exist"
                      : " does not exist."));
      case ROLE_EXISTS -> new AuthError(409, "Role " + name + " already exists.");
      case ROLE_NOT_FOUND ->
          new AuthError(
              404,
              "Role "
                  + name
                  + (change instanceof AuthChange.DeleteRole
                      ? " doesn't exist."
                      : " does not exist."));
      case ROLE_NOT_GRANTED ->
          new AuthError(409, "Revoking ungranted role " + subject + " for user " + name);
      case DUPLICATE_ROLE ->
          new AuthError(409, "Granting duplicate role " + subject + " for user " + name);
      case DUPLICATE_READ -> new AuthError(409, "Granting duplicate read permission " + subject);
      case DUPLICATE_WRITE -> new AuthError(409, "Granting duplicate write permission " + subject);
      case USER_NOT_CHANGED ->
          new AuthError(400, "User not updated. Use grant/revoke/password to update the user.");
      case ROLE_NOT_CHANGED ->
          new AuthError(400, "Role not updated. Use grant/revoke to update the role.");
      case ROOT_IS_NEEDED -> new AuthError(403, "Cannot delete root user while auth is enabled.");
      case ROOT_ROLE_IS_FIXED -> new AuthError(403, "Cannot modify role root: is root role.");
      case OUT_OF_BOUNDS ->
          new AuthError(400, "a name, a pattern or all users and roles together are too long");
      case PERMISSION_NOT_GRANTED ->
          throw new IllegalStateException("only v3 refuses for " + refusal.reason());
    };
  }

  private static String name(AuthChange change) {
    return switch (change) {
      case AuthChange.DeleteUser(_, String name) -> name;
      case AuthChange.DeleteRole(_, String name) -> name;
      case AuthChange.PutUser put -> put.name();
      case AuthChange.EditUser edit -> edit.name();
      case AuthChange.PutRole put -> put.name();
      case AuthChange.EditRole edit -> edit.name();
      default -> "";
    };
  }
}
