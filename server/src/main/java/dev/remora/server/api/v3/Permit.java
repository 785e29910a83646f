package dev.remora.server.api.v3;

import dev.remora.server.api.Principals;
import dev.remora.server.apply.State;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Authoriser;
import dev.remora.server.auth.Operation;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one request may do: to be asked again for each state that its answer, or what it proposes,
 * is made of. While auth is disabled it costs a look at the switch.
 */
final class Permit {
  private final Principals principals;
  private final HttpServerRequest request;
  private final Function<State, List<Operation>> needs;

  /** Who it is, by the auth state of this revision. */
  private Principals.@Nullable Claim claim;

  private long claimedRevision;

  /**
   * A request's permit.
   *
   * @param needs the operations that the request is made of; of leases the state tells the keys
   */
  Permit(Principals principals, HttpServerRequest request, Function<State, List<Operation>> needs) {
    this.principals = principals;
    this.request = request;
    this.needs = needs;
  }

  /** Why the request is refused; null if it is not. */
  @Nullable ApiError refusal(State state) {
    AuthState auth = state.auth();
    if (!auth.isEnabled()) {
      return null;
    }
    List<Operation> operations = needs.apply(state);
    if (operations.isEmpty()) {
      return null;
    }
    return switch (claim(auth)) {
      case Principals.Claim.Disproved(), Principals.Claim.Busy() -> ApiError.INVALID_TOKEN;
      case Principals.Claim.Proved(var who) ->
          switch (Authoriser.judge(auth, who, operations)) {
            case ALLOWED -> null;
            case ANONYMOUS -> ApiError.USER_EMPTY;
            case DENIED -> ApiError.PERMISSION_DENIED;
          };
    };
  }

  private Principals.Claim claim(AuthState auth) {
    Principals.Claim known = claim;
    if (known == null || claimedRevision != auth.revision()) {
      known = principals.ofV3(request, auth);
      claim = known;
      claimedRevision = auth.revision();
    }
    return known;
  }
}
