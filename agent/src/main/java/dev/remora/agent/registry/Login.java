package dev.remora.agent.registry;

import dev.remora.agent.registry.JsonClient.Answer;
import dev.remora.agent.runner.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gets the token that etcd wants with each request (etcd, {@code rpc.proto}: {@code
 * AuthenticateRequest}). One login at a time; the password is read from its file for each and kept
 * nowhere.
 */
final class Login {
  private static final String PATH = "/v3/auth/authenticate";
  private static final int GRPC_INVALID_ARGUMENT = 3;
  private static final int GRPC_FAILED_PRECONDITION = 9;
  private static final int GRPC_UNAUTHENTICATED = 16;

  /** What stands for a token where the registry wants none. */
  static final String NONE = "";

  private final Vertx vertx;
  private final @Nullable String username;
  private final @Nullable Path passwordFile;
  private final BiFunction<String, JsonObject, Future<Answer>> post;

  private @Nullable Future<String> token;

  /** Makes one; {@code post} sends a message without a token. */
  Login(Vertx vertx, Access access, BiFunction<String, JsonObject, Future<Answer>> post) {
    this.vertx = vertx;
    this.username = access.username();
    this.passwordFile = access.passwordFile();
    this.post = post;
  }

  /** The token of now, after a login if need be; {@link #NONE} without a user. */
  Future<String> token() {
    Path file = passwordFile;
    if (username == null || file == null) {
      return Future.succeededFuture(NONE);
    }
    Future<String> known = token;
    if (known == null || known.failed()) {
      known = read(file).compose(password -> login(username, password));
      token = known;
    }
    return known;
  }

  /** Logs in anew before the next request. */
  void forget() {
    if (token != null && token.isComplete()) {
      token = null;
    }
  }

  /** Whether a refusal means that the token is too old. */
  boolean isExpired(Answer answer) {
    return username != null
        && answer instanceof Answer.Refused(int code, String message)
        && (code == GRPC_UNAUTHENTICATED
            || (code == GRPC_INVALID_ARGUMENT && message.contains("auth store is old")));
  }

  private Future<String> read(Path file) {
    Promise<String> read = Promise.promise();
    vertx
        .executeBlocking(() -> Files.readString(file).strip(), false)
        .onSuccess(read::complete)
        .onFailure(failure ->
            read.fail(
                new RegistryException(
                    "the password file "
                        + file
                        + " cannot be read: "
                        + failure.getClass().getSimpleName(),
                    failure)));
    return read.future();
  }

  private Future<String> login(String user, String password) {
    return post.apply(PATH, new JsonObject().put("name", user).put("password", password))
        .compose(answer ->
            switch (answer) {
              case Answer.Done(JsonObject body)
                  when body.getValue("token") instanceof String granted ->
                  Future.succeededFuture(granted);
              case Answer.Done _ ->
                  Future.failedFuture(new RegistryException("the registry gives no token"));
              case Answer.Refused(int code, _) when code == GRPC_FAILED_PRECONDITION ->
                  Future.succeededFuture(NONE); // It asks nobody for a name.
              case Answer.Refused(_, String message) ->
                  Future.failedFuture(
                      new RegistryException("login of user " + user + " is refused: " + message));
            });
  }
}
