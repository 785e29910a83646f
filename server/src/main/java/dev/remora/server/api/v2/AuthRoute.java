package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.AuthSettings;
import dev.remora.server.api.AuthorisedProposal;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Failures;
import dev.remora.server.api.Passwords;
import dev.remora.server.api.Principals;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.api.v3.JsonException;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.auth.AuthChange;
import dev.remora.server.auth.AuthResult;
import dev.remora.server.auth.Operation;
import dev.remora.server.auth.Role;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code /v2/auth}: one for an event loop, to be made and used there. */
public final class AuthRoute implements ApiRoute {
  private static final String ENABLE = "/v2/auth/enable";
  private static final String USERS = "/v2/auth/users";
  private static final String ROLES = "/v2/auth/roles";
  private static final String ALLOWED = "GET,PUT,DELETE";
  private static final String BAD_JSON = "Invalid JSON in request body.";
  private static final int SECRET_BYTES = 32;

  /** Nothing that can be said of a user or a role is longer. */
  private static final int BODY_BYTES_MAX = 1 << 20;

  /** How often waiting requests are looked at for their timeout. */
  private static final long EXPIRE_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(AuthRoute.class);

  private final Door door;
  private final Clocks clocks;
  private final Principals principals;
  private final AuthSettings auth;
  private final RandomGenerator random;
  private final Replies replies;
  private final MembersReplies bodies;
  private final Gate gate;
  private final Deadlines deadlines;

  /**
   * The route, with the door of its loop.
   *
   * @param random draws the secret of the tokens; must not be guessable
   */
  public AuthRoute(
      Vertx vertx,
      Door door,
      V2Settings settings,
      AuthSettings auth,
      Clocks clocks,
      Principals principals,
      RandomGenerator random,
      Replies replies) {
    this.door = door;
    this.clocks = clocks;
    this.principals = principals;
    this.auth = auth;
    this.random = random;
    this.replies = replies;
    this.bodies = new MembersReplies(replies, door.identity());
    this.gate = new Gate(door, principals);
    this.deadlines = new Deadlines(TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis()));
    vertx.setPeriodic(EXPIRE_MILLIS, _ -> deadlines.expire(clocks.monotonicNanos()));
  }

  @Override
  public boolean serves(String path) {
    return path.equals(ENABLE) || isBelow(path, USERS) || isBelow(path, ROLES);
  }

  private static boolean isBelow(String path, String prefix) {
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!(RequestTarget.of(request.uri()) instanceof RequestTarget.Good(String path, _))) {
      throw new IllegalStateException("a request came whose path is not clean");
    }
    guard(request, () -> route(request, path));
  }

  private void route(HttpServerRequest request, String path) {
    boolean isGet = request.method().name().equals("GET");
    if (path.equals(ENABLE)) {
      if (isGet) {
        bodies.body(request, 200, json -> AuthJson.enabled(json, door.state().auth().isEnabled()));
      } else {
        enter(request, ALLOWED, access -> switchAuth(request, access));
      }
      return;
    }
    boolean isOfUsers = isBelow(path, USERS);
    int prefix = isOfUsers ? USERS.length() : ROLES.length();
    String name = path.length() <= prefix + 1 ? "" : text(path.substring(prefix + 1));
    if (name.contains("/")) {
      bodies.invalidPath(request);
    } else if (name.isEmpty()) {
      enter(
          request,
          "GET",
          _ -> {
            State state = door.state();
            bodies.body(
                request,
                200,
                json -> {
                  if (isOfUsers) {
                    AuthJson.users(json, state.auth());
                  } else {
                    AuthJson.roles(json, state.auth());
                  }
                });
          });
    } else {
      enter(
          request,
          ALLOWED,
          access -> {
            if (isOfUsers) {
              user(request, name, access);
            } else {
              role(request, name, access);
            }
          });
    }
  }

  /** The name in a path, each of whose characters stands for one byte. */
  private static String text(String path) {
    return new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Lets root in, after a look at the method. */
  private void enter(HttpServerRequest request, String allowed, Consumer<Access> task) {
    if (!List.of(allowed.split(",", -1)).contains(request.method().name())) {
      replies.notAllowed(request, allowed);
      return;
    }
    gate.openBeforeBody(
        request,
        new Operation.Administer(),
        access -> guard(request, () -> task.accept(access)),
        refusal -> guard(request, () -> bodies.refuse(request, refusal)));
  }

  private void guard(HttpServerRequest request, Runnable task) {
    Failures.guard(request, task, () -> bodies.internalError(request));
  }

  private void switchAuth(HttpServerRequest request, Access access) {
    if (request.method().name().equals("PUT")) {
      byte[] secret = new byte[SECRET_BYTES];
      random.nextBytes(secret);
      propose(
          request,
          new AuthChange.Enable(AuthChange.Door.V2, Bytes.wrap(secret)),
          access,
          state -> {
            warnOfGuest(state);
            bodies.body(request, 200, _ -> {});
          });
    } else {
      propose(
          request,
          new AuthChange.Disable(AuthChange.Door.V2),
          access,
          _ -> bodies.body(request, 200, _ -> {}));
    }
  }

  private static void warnOfGuest(State state) {
    state
        .auth()
        .role(Role.GUEST)
        .filter(guest -> !guest.reads().isEmpty() || !guest.writes().isEmpty())
        .ifPresent(guest ->
            LOG.warn(
                "auth is enabled, and the role guest lets everybody in at the v2 door: patterns to"
                    + " read={} to write={}; revoke them if that is not wanted",
                guest.reads().size(),
                guest.writes().size()));
  }

  private void user(HttpServerRequest request, String name, Access access) {
    switch (request.method().name()) {
      case "GET" -> showUser(request, name);
      case "PUT" -> read(request, body -> putUser(request, name, body, access));
      default ->
          propose(
              request,
              new AuthChange.DeleteUser(AuthChange.Door.V2, name),
              access,
              _ -> bodies.body(request, 200, _ -> {}));
    }
  }

  private void showUser(HttpServerRequest request, String name) {
    State state = door.state();
    Optional<User> user = state.auth().user(name);
    if (user.isEmpty()) {
      bodies.error(request, 404, "auth: User " + name + " does not exist.");
      return;
    }
    List<Role> roles = new ArrayList<>();
    for (String role : AuthJson.rolesOf(user.get())) {
      Optional<Role> known = AuthJson.role(state.auth(), role);
      if (known.isEmpty()) {
        bodies.error(request, 404, "auth: Role " + role + " does not exist.");
        return;
      }
      roles.add(known.get());
    }
    bodies.body(
        request,
        200,
        json -> {
          AuthJson.user(json, user.get(), roles);
          json.raw('\n');
        });
  }

  private void read(HttpServerRequest request, Consumer<byte[]> task) {
    Buffer body = Buffer.buffer();
    request.handler(chunk -> {
      if (body.length() <= BODY_BYTES_MAX) {
        body.appendBuffer(chunk);
      }
    });
    request.endHandler(_ ->
        guard(
            request,
            () -> {
              if (body.length() > BODY_BYTES_MAX) {
                bodies.error(request, 400, "http: request body too large");
              } else {
                task.accept(body.getBytes());
              }
            }));
  }

  private void putUser(HttpServerRequest request, String name, byte[] body, Access access) {
    AuthJson.UserWish wish;
    try {
      wish = AuthJson.user(body);
    } catch (JsonException _) {
      bodies.error(request, 400, BAD_JSON);
      return;
    }
    boolean isEdit = !wish.grants().isEmpty() || !wish.revokes().isEmpty();
    if (!wish.user().equals(name)) {
      bodies.error(request, 400, "User JSON name does not match the name in the URL");
    } else if (isEdit && !wish.roles().isEmpty()) {
      bodies.error(request, 400, "User JSON contains both roles and grant/revoke");
    } else {
      // Who was made through another member a moment ago must not be made again.
      Consumer<Optional<State>> told =
          inTime(
              request,
              confirmed ->
                  confirmed.ifPresentOrElse(
                      state -> putUser(request, wish, isEdit, state, access),
                      () -> bodies.internalError(request)));
      door.readIndex(told);
    }
  }

  private void putUser(
      HttpServerRequest request,
      AuthJson.UserWish wish,
      boolean isEdit,
      State state,
      Access access) {
    String name = wish.user();
    boolean isKnown = state.auth().user(name).isPresent();
    boolean isMade = !isEdit && (!wish.roles().isEmpty() || !isKnown);
    if (isMade && wish.password().isEmpty()) {
      bodies.error(request, 400, "auth: Cannot create user " + name + " with an empty password");
    } else if (isMade) {
      // etcd answers 200 to a user that is made with roles.
      int status = wish.roles().isEmpty() ? 201 : 200;
      withHash(
          request,
          wish.password(),
          hash ->
              propose(
                  request,
                  new AuthChange.PutUser(name, hash, wish.roles()),
                  access,
                  _ -> userMade(request, status, wish)));
    } else {
      withHash(
          request,
          wish.password(),
          hash ->
              propose(
                  request,
                  new AuthChange.EditUser(name, hash, wish.grants(), wish.revokes()),
                  access,
                  after -> userChanged(request, wish, after)));
    }
  }

  private void userMade(HttpServerRequest request, int status, AuthJson.UserWish wish) {
    List<String> roles = new ArrayList<>(wish.roles());
    if (wish.user().equals(User.ROOT) && !roles.contains(Role.ROOT)) {
      roles.add(Role.ROOT);
    }
    @Nullable List<String> shown = roles.isEmpty() ? null : roles;
    bodies.body(request, status, json -> AuthJson.userNames(json, wish.user(), shown));
  }

  /** What was revoked of root is still root's, but etcd does not say so here. */
  private void userChanged(HttpServerRequest request, AuthJson.UserWish wish, State after) {
    List<String> roles =
        after.auth().user(wish.user()).map(AuthJson::rolesOf).orElse(List.of()).stream()
            .filter(role -> !wish.revokes().contains(role))
            .toList();
    bodies.body(request, 200, json -> AuthJson.userNames(json, wish.user(), roles));
  }

  /** Goes on with the hash of a password; with none of an empty one. */
  private void withHash(HttpServerRequest request, Bytes text, Consumer<Bytes> task) {
    if (text.isEmpty()) {
      task.accept(Bytes.EMPTY);
      return;
    }
    byte[] password = text.array().clone();
    if (password.length < auth.passwordBytesMin() || password.length > Passwords.BYTES_MAX) {
      bodies.error(
          request,
          400,
          "auth: a password has %d to %d bytes"
              .formatted(auth.passwordBytesMin(), Passwords.BYTES_MAX));
      return;
    }
    principals
        .passwords()
        .hash(
            password,
            principals.owner(),
            hash -> {
              if (!request.response().closed()) {
                guard(
                    request,
                    () ->
                        hash.ifPresentOrElse(
                            task, () -> bodies.refuse(request, Gate.Refusal.BUSY)));
              }
            });
  }

  private void role(HttpServerRequest request, String name, Access access) {
    switch (request.method().name()) {
      case "GET" ->
          AuthJson.role(door.state().auth(), name)
              .ifPresentOrElse(
                  role -> showRole(request, 200, role),
                  () -> bodies.error(request, 404, "auth: Role " + name + " does not exist."));
      case "PUT" -> read(request, body -> putRole(request, name, body, access));
      default ->
          propose(
              request,
              new AuthChange.DeleteRole(AuthChange.Door.V2, name),
              access,
              _ -> bodies.body(request, 200, _ -> {}));
    }
  }

  private void putRole(HttpServerRequest request, String name, byte[] body, Access access) {
    AuthJson.RoleWish wish;
    try {
      wish = AuthJson.role(body);
    } catch (JsonException _) {
      bodies.error(request, 400, BAD_JSON);
      return;
    }
    boolean isEdit = !wish.grants().isEmpty() || !wish.revokes().isEmpty();
    if (!wish.role().equals(name)) {
      bodies.error(request, 400, "Role JSON name does not match the name in the URL");
    } else if (isEdit && !wish.permissions().isEmpty()) {
      bodies.error(request, 400, "Role JSON contains both permissions and grant/revoke");
    } else if (isEdit) {
      propose(
          request,
          new AuthChange.EditRole(
              name,
              wish.grants().reads(),
              wish.grants().writes(),
              wish.revokes().reads(),
              wish.revokes().writes()),
          access,
          after -> after.auth().role(name).ifPresent(role -> showRole(request, 200, role)));
    } else {
      AuthJson.Patterns patterns = wish.permissions();
      propose(
          request,
          new AuthChange.PutRole(name, patterns.reads(), patterns.writes()),
          access,
          _ ->
              showRole(
                  request,
                  201,
                  new Role(name, patterns.reads(), patterns.writes(), false, List.of())));
    }
  }

  private void showRole(HttpServerRequest request, int status, Role role) {
    bodies.body(
        request,
        status,
        json -> {
          AuthJson.role(json, role);
          json.raw('\n');
        });
  }

  private void propose(
      HttpServerRequest request, AuthChange change, Access access, Consumer<State> onDone) {
    Consumer<Optional<Answer>> told =
        inTime(
            request,
            answer ->
                answer.ifPresentOrElse(
                    given -> answer(request, change, given, onDone),
                    () -> bodies.refuse(request, Gate.Refusal.UNAUTHORISED)));
    AuthorisedProposal.propose(
        door,
        new Command.ChangeAuth(change),
        state -> {
          boolean isAllowed = access.isAllowed(state);
          if (!isAllowed) {
            told.accept(Optional.empty());
          }
          return isAllowed;
        },
        answer -> told.accept(Optional.of(answer)));
  }

  private <T> Consumer<T> inTime(HttpServerRequest request, Consumer<T> onAnswer) {
    Deadlines.Waiting waiting =
        deadlines.add(
            clocks.monotonicNanos(),
            () -> {
              if (!request.response().closed()) {
                bodies.internalError(request);
              }
            });
    return answer -> {
      if (deadlines.end(waiting) && !request.response().closed()) {
        guard(request, () -> onAnswer.accept(answer));
      }
    };
  }

  private void answer(
      HttpServerRequest request, AuthChange change, Answer answer, Consumer<State> onDone) {
    switch (answer) {
      case Answer.Applied(Outcome.AuthChanged _, State state) -> onDone.accept(state);
      case Answer.Applied(Outcome.AuthRefused(AuthResult.Refused refusal), _) ->
          refuse(request, change, refusal);
      case Answer.Applied(Outcome.Refused _, _), Answer.Failed _ -> bodies.internalError(request);
      case Answer.Applied(Outcome outcome, _) ->
          throw new IllegalStateException("a change of auth came to " + outcome);
    }
  }

  private void refuse(HttpServerRequest request, AuthChange change, AuthResult.Refused refusal) {
    AuthError error = AuthError.of(change, refusal);
    bodies.error(request, error.status(), "auth: " + error.message());
  }
}
