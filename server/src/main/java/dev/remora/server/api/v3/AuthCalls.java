package dev.remora.server.api.v3;

import com.google.protobuf.Message;
import dev.remora.server.api.AuthSettings;
import dev.remora.server.api.Passwords;
import dev.remora.server.api.Principals;
import dev.remora.server.api.v3.proto.AuthDisableRequest;
import dev.remora.server.api.v3.proto.AuthDisableResponse;
import dev.remora.server.api.v3.proto.AuthEnableRequest;
import dev.remora.server.api.v3.proto.AuthEnableResponse;
import dev.remora.server.api.v3.proto.AuthRoleAddRequest;
import dev.remora.server.api.v3.proto.AuthRoleAddResponse;
import dev.remora.server.api.v3.proto.AuthRoleDeleteRequest;
import dev.remora.server.api.v3.proto.AuthRoleDeleteResponse;
import dev.remora.server.api.v3.proto.AuthRoleGetRequest;
import dev.remora.server.api.v3.proto.AuthRoleGetResponse;
import dev.remora.server.api.v3.proto.AuthRoleGrantPermissionRequest;
import dev.remora.server.api.v3.proto.AuthRoleGrantPermissionResponse;
import dev.remora.server.api.v3.proto.AuthRoleListRequest;
import dev.remora.server.api.v3.proto.AuthRoleListResponse;
import dev.remora.server.api.v3.proto.AuthRoleRevokePermissionRequest;
import dev.remora.server.api.v3.proto.AuthRoleRevokePermissionResponse;
import dev.remora.server.api.v3.proto.AuthUserAddRequest;
import dev.remora.server.api.v3.proto.AuthUserAddResponse;
import dev.remora.server.api.v3.proto.AuthUserChangePasswordRequest;
import dev.remora.server.api.v3.proto.AuthUserChangePasswordResponse;
import dev.remora.server.api.v3.proto.AuthUserDeleteRequest;
import dev.remora.server.api.v3.proto.AuthUserDeleteResponse;
import dev.remora.server.api.v3.proto.AuthUserGetRequest;
import dev.remora.server.api.v3.proto.AuthUserGetResponse;
import dev.remora.server.api.v3.proto.AuthUserGrantRoleRequest;
import dev.remora.server.api.v3.proto.AuthUserGrantRoleResponse;
import dev.remora.server.api.v3.proto.AuthUserListRequest;
import dev.remora.server.api.v3.proto.AuthUserListResponse;
import dev.remora.server.api.v3.proto.AuthUserRevokeRoleRequest;
import dev.remora.server.api.v3.proto.AuthUserRevokeRoleResponse;
import dev.remora.server.api.v3.proto.AuthenticateRequest;
import dev.remora.server.api.v3.proto.AuthenticateResponse;
import dev.remora.server.api.v3.proto.ResponseHeader;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.auth.AuthChange;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Permission;
import dev.remora.server.auth.Role;
import dev.remora.server.auth.Token;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Door;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** etcd's Auth service. */
final class AuthCalls {
  private static final int SECRET_BYTES = 32;

  private final Door door;
  private final Responses responses;
  private final Proposals proposals;
  private final Principals principals;
  private final AuthSettings settings;
  private final RandomGenerator random;

  /**
   * The calls.
   *
   * @param random draws the secret of the tokens; must not be guessable
   */
  AuthCalls(
      Door door,
      Responses responses,
      Proposals proposals,
      Principals principals,
      AuthSettings settings,
      RandomGenerator random) {
    this.door = door;
    this.responses = responses;
    this.proposals = proposals;
    this.principals = principals;
    this.settings = settings;
    this.random = random;
  }

  void enable(AuthEnableRequest request, Permit permit, Consumer<Reply> done) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    propose(
        new AuthChange.Enable(AuthChange.Door.V3, Bytes.wrap(secret)),
        request,
        permit,
        done,
        header -> AuthEnableResponse.newBuilder().setHeader(header).build());
  }

  void disable(AuthDisableRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.Disable(AuthChange.Door.V3),
        request,
        permit,
        done,
        header -> AuthDisableResponse.newBuilder().setHeader(header).build());
  }

  /** Judged by a state that has every change of a password that was answered before. */
  void authenticate(AuthenticateRequest request, Permit permit, Consumer<Reply> done) {
    String name = request.getName();
    byte[] password = request.getPassword().getBytes(StandardCharsets.UTF_8);
    Proposals.read(
        door,
        permit,
        done,
        state -> {
          AuthState auth = state.auth();
          if (auth.isEnabled()) {
            principals
                .passwords()
                .check(
                    auth,
                    name,
                    password,
                    principals.owner(),
                    verdict -> done.accept(Reply.of(() -> token(state, name, verdict))));
          } else {
            done.accept(new Reply.Refused(ApiError.AUTH_NOT_ENABLED));
          }
        });
  }

  private Reply token(State state, String name, Passwords.Verdict verdict) {
    return switch (verdict) {
      case RIGHT -> new Reply.Done(token(state, state.auth().user(name).orElseThrow()));
      case WRONG -> new Reply.Refused(ApiError.AUTH_FAILED);
      case BUSY -> new Reply.Refused(ApiError.TOO_MANY_REQUESTS);
    };
  }

  private AuthenticateResponse token(State state, User user) {
    return AuthenticateResponse.newBuilder()
        .setHeader(header(state))
        .setToken(Token.issue(state.auth(), user, principals.endMillis(settings)))
        .build();
  }

  void userAdd(AuthUserAddRequest request, Permit permit, Consumer<Reply> done) {
    String name = request.getName();
    Supplier<Message> bare = () -> request.toBuilder().clearPassword().build();
    Consumer<Bytes> add =
        hash ->
            propose(
                new AuthChange.AddUser(name, hash),
                bare.get(),
                permit,
                done,
                header -> AuthUserAddResponse.newBuilder().setHeader(header).build());
    if (name.isEmpty()) {
      done.accept(new Reply.Refused(ApiError.USER_EMPTY));
    } else if (request.getOptions().getNoPassword()) {
      add.accept(Bytes.EMPTY);
    } else {
      hash(request.getPassword(), done, add);
    }
  }

  void userChangePassword(
      AuthUserChangePasswordRequest request, Permit permit, Consumer<Reply> done) {
    String name = request.getName();
    hash(
        request.getPassword(),
        done,
        hash ->
            propose(
                new AuthChange.SetPassword(name, hash),
                AuthUserChangePasswordRequest.newBuilder().setName(name).build(),
                permit,
                done,
                header -> AuthUserChangePasswordResponse.newBuilder().setHeader(header).build()));
  }

  private void hash(String text, Consumer<Reply> done, Consumer<Bytes> onHash) {
    byte[] password = text.getBytes(StandardCharsets.UTF_8);
    if (password.length < settings.passwordBytesMin() || password.length > Passwords.BYTES_MAX) {
      done.accept(
          new Reply.Refused(
              ApiError.badPassword(settings.passwordBytesMin(), Passwords.BYTES_MAX)));
      return;
    }
    principals
        .passwords()
        .hash(
            password,
            principals.owner(),
            hash ->
                hash.ifPresentOrElse(
                    onHash, () -> done.accept(new Reply.Refused(ApiError.TOO_MANY_REQUESTS))));
  }

  void userGet(AuthUserGetRequest request, Permit permit, Consumer<Reply> done) {
    read(
        permit,
        done,
        state ->
            state
                .auth()
                .user(request.getName())
                .<Reply>map(user ->
                    new Reply.Done(
                        AuthUserGetResponse.newBuilder()
                            .setHeader(header(state))
                            .addAllRoles(user.roles())
                            .build()))
                .orElseGet(() -> new Reply.Refused(ApiError.USER_NOT_FOUND)));
  }

  void userList(AuthUserListRequest request, Permit permit, Consumer<Reply> done) {
    read(
        permit,
        done,
        state ->
            new Reply.Done(
                AuthUserListResponse.newBuilder()
                    .setHeader(header(state))
                    .addAllUsers(state.auth().users().keySet())
                    .build()));
  }

  void userDelete(AuthUserDeleteRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.DeleteUser(AuthChange.Door.V3, request.getName()),
        request,
        permit,
        done,
        header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build());
  }

  void userGrant(AuthUserGrantRoleRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.GrantRole(request.getUser(), request.getRole()),
        request,
        permit,
        done,
        header -> AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
  }

  void userRevoke(AuthUserRevokeRoleRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.RevokeRole(request.getName(), request.getRole()),
        request,
        permit,
        done,
        header -> AuthUserRevokeRoleResponse.newBuilder().setHeader(header).build());
  }

  void roleAdd(AuthRoleAddRequest request, Permit permit, Consumer<Reply> done) {
    if (request.getName().isEmpty()) {
      done.accept(new Reply.Refused(ApiError.ROLE_EMPTY));
      return;
    }
    propose(
        new AuthChange.AddRole(request.getName()),
        request,
        permit,
        done,
        header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
  }

  void roleGet(AuthRoleGetRequest request, Permit permit, Consumer<Reply> done) {
    read(
        permit,
        done,
        state ->
            state
                .auth()
                .role(request.getRole())
                .<Reply>map(role -> new Reply.Done(role(role, state)))
                .orElseGet(() -> new Reply.Refused(ApiError.ROLE_NOT_FOUND)));
  }

  private AuthRoleGetResponse role(Role role, State state) {
    AuthRoleGetResponse.Builder response =
        AuthRoleGetResponse.newBuilder().setHeader(header(state));
    for (Permission permission : role.ranges()) {
      response.addPerm(
          dev.remora.server.api.v3.proto.Permission.newBuilder()
              .setPermType(
                  dev.remora.server.api.v3.proto.Permission.Type.valueOf(permission.kind().name()))
              .setKey(Responses.byteString(permission.key()))
              .setRangeEnd(Responses.byteString(permission.rangeEnd())));
    }
    return response.build();
  }

  void roleList(AuthRoleListRequest request, Permit permit, Consumer<Reply> done) {
    read(
        permit,
        done,
        state ->
            new Reply.Done(
                AuthRoleListResponse.newBuilder()
                    .setHeader(header(state))
                    .addAllRoles(state.auth().roles().keySet())
                    .build()));
  }

  void roleDelete(AuthRoleDeleteRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.DeleteRole(AuthChange.Door.V3, request.getRole()),
        request,
        permit,
        done,
        header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build());
  }

  /** etcd 3.4 ends for good over a request without a permission. */
  void roleGrant(AuthRoleGrantPermissionRequest request, Permit permit, Consumer<Reply> done) {
    Optional<Permission> permission =
        request.hasPerm() ? permission(request.getPerm()) : Optional.empty();
    if (permission.isEmpty()) {
      done.accept(new Reply.Refused(ApiError.PERMISSION_NOT_GIVEN));
      return;
    }
    propose(
        new AuthChange.Grant(request.getName(), permission.get()),
        request,
        permit,
        done,
        header -> AuthRoleGrantPermissionResponse.newBuilder().setHeader(header).build());
  }

  private static Optional<Permission> permission(
      dev.remora.server.api.v3.proto.Permission message) {
    Optional<Permission.Kind> asked =
        switch (message.getPermType()) {
          case READ -> Optional.of(Permission.Kind.READ);
          case WRITE -> Optional.of(Permission.Kind.WRITE);
          case READWRITE -> Optional.of(Permission.Kind.READWRITE);
          case UNRECOGNIZED -> Optional.empty();
        };
    return asked.map(kind ->
        new Permission(
            kind, KvRequests.bytes(message.getKey()), KvRequests.bytes(message.getRangeEnd())));
  }

  void roleRevoke(AuthRoleRevokePermissionRequest request, Permit permit, Consumer<Reply> done) {
    propose(
        new AuthChange.Revoke(
            request.getRole(),
            KvRequests.bytes(request.getKey()),
            KvRequests.bytes(request.getRangeEnd())),
        request,
        permit,
        done,
        header -> AuthRoleRevokePermissionResponse.newBuilder().setHeader(header).build());
  }

  private void read(Permit permit, Consumer<Reply> done, Function<State, Reply> reply) {
    Proposals.read(door, permit, done, state -> done.accept(Reply.of(() -> reply.apply(state))));
  }

  private void propose(
      AuthChange change,
      Message request,
      Permit permit,
      Consumer<Reply> done,
      Function<ResponseHeader, Message> response) {
    proposals.propose(
        new Command.ChangeAuth(change),
        request,
        permit,
        done,
        (outcome, state) ->
            switch (outcome) {
              case Outcome.AuthChanged(long revision) ->
                  new Reply.Done(response.apply(responses.header(state, revision)));
              case Outcome.AuthRefused(var refusal) ->
                  new Reply.Refused(ApiError.of(refusal.reason()));
              case Outcome.Refused(_, Outcome.Reason reason) ->
                  new Reply.Refused(ApiError.of(reason));
              default -> throw new IllegalStateException("a change of auth came to " + outcome);
            });
  }

  private ResponseHeader header(State state) {
    return responses.header(state, state.revision());
  }
}
