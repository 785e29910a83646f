package dev.remora.server.auth;

import dev.remora.server.mvcc.Bytes;
import java.util.List;

/**
 * A wish to change users, roles or the switch, as a door makes it. Hashes and secrets are made
 * before it is proposed, so that all members come to the same state. No text of it shows a hash:
 * {@link Bytes} tell their length only.
 */
public sealed interface AuthChange {
  /** The door it came through: each has rules of its own, and v2's changes take revisions. */
  enum Door {
    V2,
    V3
  }

  /** The door it came through. */
  default Door door() {
    return switch (this) {
      case Enable enable -> enable.through();
      case Disable disable -> disable.through();
      case DeleteUser delete -> delete.through();
      case DeleteRole delete -> delete.through();
      case PutUser _, EditUser _, PutRole _, EditRole _ -> Door.V2;
      case AddUser _, SetPassword _, GrantRole _, RevokeRole _, AddRole _, Grant _, Revoke _ ->
          Door.V3;
    };
  }

  /** Asks everybody who they are from now on; {@code secret} is the tokens' new key. */
  record Enable(Door through, Bytes secret) implements AuthChange {}

  /** Asks nobody any more. */
  record Disable(Door through) implements AuthChange {}

  /** Removes a user. */
  record DeleteUser(Door through, String name) implements AuthChange {}

  /** Removes a role. */
  record DeleteRole(Door through, String name) implements AuthChange {}

  /** v2: makes a user; {@code roles} need not exist. */
  record PutUser(String name, Bytes hash, List<String> roles) implements AuthChange {
    public PutUser {
      roles = List.copyOf(roles);
    }
  }

  /** v2: changes a user; with an empty {@code hash} the password stays. */
  record EditUser(String name, Bytes hash, List<String> grants, List<String> revokes)
      implements AuthChange {
    public EditUser {
      grants = List.copyOf(grants);
      revokes = List.copyOf(revokes);
    }
  }

  /** v2: makes a role. */
  record PutRole(String name, List<Bytes> reads, List<Bytes> writes) implements AuthChange {
    public PutRole {
      reads = List.copyOf(reads);
      writes = List.copyOf(writes);
    }
  }

  /** v2: grants patterns to a role, then revokes others. */
  record EditRole(
      String name,
      List<Bytes> grantedReads,
      List<Bytes> grantedWrites,
      List<Bytes> revokedReads,
      List<Bytes> revokedWrites)
      implements AuthChange {
    public EditRole {
      grantedReads = List.copyOf(grantedReads);
      grantedWrites = List.copyOf(grantedWrites);
      revokedReads = List.copyOf(revokedReads);
      revokedWrites = List.copyOf(revokedWrites);
    }
  }

  /** v3: makes a user; with an empty {@code hash} it has no password. */
  record AddUser(String name, Bytes hash) implements AuthChange {}

  /** v3: gives a user another password. */
  record SetPassword(String name, Bytes hash) implements AuthChange {}

  /** v3: gives a user a role. */
  record GrantRole(String user, String role) implements AuthChange {}

  /** v3: takes a role from a user. */
  record RevokeRole(String user, String role) implements AuthChange {}

  /** v3: makes a role. */
  record AddRole(String name) implements AuthChange {}

  /** v3: grants keys to a role, in the place of what it had of the same range. */
  record Grant(String role, Permission permission) implements AuthChange {}

  /** v3: takes a range from a role, which must have been granted as such. */
  record Revoke(String role, Bytes key, Bytes rangeEnd) implements AuthChange {}
}
