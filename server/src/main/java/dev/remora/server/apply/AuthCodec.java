package dev.remora.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.apply.proto.AuthEntry;
import dev.remora.server.apply.proto.AuthEntry.Change;
import dev.remora.server.auth.AuthChange;
import dev.remora.server.auth.Permission;
import dev.remora.server.mvcc.Bytes;
import java.util.List;

/** Changes of users, roles and the switch as a message of the log, and back. */
final class AuthCodec {
  private AuthCodec() {}

  static AuthEntry message(AuthChange change) {
    AuthEntry.Builder entry = AuthEntry.newBuilder().setByV2(change.door() == AuthChange.Door.V2);
    switch (change) {
      case AuthChange.Enable(_, Bytes secret) ->
          entry.setChange(Change.ENABLE).setSecret(wire(secret));
      case AuthChange.Disable _ -> entry.setChange(Change.DISABLE);
      case AuthChange.DeleteUser(_, String name) ->
          entry.setChange(Change.DELETE_USER).setName(name);
      case AuthChange.DeleteRole(_, String name) ->
          entry.setChange(Change.DELETE_ROLE).setName(name);
      case AuthChange.PutUser(String name, Bytes hash, List<String> roles) ->
          entry
              .setChange(Change.PUT_USER)
              .setName(name)
              .setHash(wire(hash))
              .addAllGrantedRoles(roles);
      case AuthChange.EditUser edit ->
          entry
              .setChange(Change.EDIT_USER)
              .setName(edit.name())
              .setHash(wire(edit.hash()))
              .addAllGrantedRoles(edit.grants())
              .addAllRevokedRoles(edit.revokes());
      case AuthChange.PutRole(String name, List<Bytes> reads, List<Bytes> writes) ->
          entry
              .setChange(Change.PUT_ROLE)
              .setName(name)
              .addAllGrantedReads(wire(reads))
              .addAllGrantedWrites(wire(writes));
      case AuthChange.EditRole edit ->
          entry
              .setChange(Change.EDIT_ROLE)
              .setName(edit.name())
              .addAllGrantedReads(wire(edit.grantedReads()))
              .addAllGrantedWrites(wire(edit.grantedWrites()))
              .addAllRevokedReads(wire(edit.revokedReads()))
              .addAllRevokedWrites(wire(edit.revokedWrites()));
      case AuthChange.AddUser(String name, Bytes hash) ->
          entry.setChange(Change.ADD_USER).setName(name).setHash(wire(hash));
      case AuthChange.SetPassword(String name, Bytes hash) ->
          entry.setChange(Change.SET_PASSWORD).setName(name).setHash(wire(hash));
      case AuthChange.GrantRole(String user, String role) ->
          entry.setChange(Change.GRANT_ROLE).setName(user).setRole(role);
      case AuthChange.RevokeRole(String user, String role) ->
          entry.setChange(Change.REVOKE_ROLE).setName(user).setRole(role);
      case AuthChange.AddRole(String name) -> entry.setChange(Change.ADD_ROLE).setName(name);
      case AuthChange.Grant(String role, Permission permission) ->
          entry
              .setChange(Change.GRANT)
              .setName(role)
              .setKind(AuthEntry.Kind.valueOf(permission.kind().name()))
              .setKey(wire(permission.key()))
              .setRangeEnd(wire(permission.rangeEnd()));
      case AuthChange.Revoke(String role, Bytes key, Bytes rangeEnd) ->
          entry
              .setChange(Change.REVOKE)
              .setName(role)
              .setKey(wire(key))
              .setRangeEnd(wire(rangeEnd));
    }
    return entry.build();
  }

  static AuthChange change(AuthEntry entry) {
    AuthChange.Door door = entry.getByV2() ? AuthChange.Door.V2 : AuthChange.Door.V3;
    String name = entry.getName();
    Bytes hash = bytes(entry.getHash());
    return switch (entry.getChange()) {
      case ENABLE -> new AuthChange.Enable(door, bytes(entry.getSecret()));
      case DISABLE -> new AuthChange.Disable(door);
      case DELETE_USER -> new AuthChange.DeleteUser(door, name);
      case DELETE_ROLE -> new AuthChange.DeleteRole(door, name);
      case PUT_USER -> new AuthChange.PutUser(name, hash, entry.getGrantedRolesList());
      case EDIT_USER ->
          new AuthChange.EditUser(
              name, hash, entry.getGrantedRolesList(), entry.getRevokedRolesList());
      case PUT_ROLE ->
          new AuthChange.PutRole(
              name, bytes(entry.getGrantedReadsList()), bytes(entry.getGrantedWritesList()));
      case EDIT_ROLE ->
          new AuthChange.EditRole(
              name,
              bytes(entry.getGrantedReadsList()),
              bytes(entry.getGrantedWritesList()),
              bytes(entry.getRevokedReadsList()),
              bytes(entry.getRevokedWritesList()));
      case ADD_USER -> new AuthChange.AddUser(name, hash);
      case SET_PASSWORD -> new AuthChange.SetPassword(name, hash);
      case GRANT_ROLE -> new AuthChange.GrantRole(name, entry.getRole());
      case REVOKE_ROLE -> new AuthChange.RevokeRole(name, entry.getRole());
      case ADD_ROLE -> new AuthChange.AddRole(name);
      case GRANT ->
          new AuthChange.Grant(
              name,
              new Permission(
                  Permission.Kind.valueOf(entry.getKind().name()),
                  bytes(entry.getKey()),
                  bytes(entry.getRangeEnd())));
      case REVOKE -> new AuthChange.Revoke(name, bytes(entry.getKey()), bytes(entry.getRangeEnd()));
      case UNRECOGNIZED ->
          throw new IllegalStateException(
              "change of auth " + entry.getChangeValue() + ": was it written by a newer version?");
    };
  }

  private static List<ByteString> wire(List<Bytes> all) {
    return all.stream().map(AuthCodec::wire).toList();
  }

  private static ByteString wire(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  private static List<Bytes> bytes(List<ByteString> all) {
    return all.stream().map(AuthCodec::bytes).toList();
  }

  private static Bytes bytes(ByteString wire) {
    return Bytes.wrap(wire.toByteArray());
  }
}
