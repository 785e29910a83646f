package dev.remora.server.api.v2;

import dev.remora.server.api.Principals;
import dev.remora.server.auth.Authoriser;
import dev.remora.server.auth.Operation;
import dev.remora.server.auth.Principal;
import dev.remora.server.replica.Door;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Stands before every route of the v2 door. For one event loop. */
final class Gate {
  private final Door door;
  private final Principals principals;

  /** Why somebody is not let in. */
  enum Refusal {
    /** Not with these credentials, or without any. */
    UNAUTHORISED,
    /** Too many passwords are being looked at. */
    BUSY
  }

  Gate(Door door, Principals principals) {
    this.door = door;
    this.principals = principals;
  }

  /**
   * Lets a request in or not. Without auth, and for who was let in before, it does so before it
   * returns; else a password is looked at first, and nothing must be read from the request yet.
   *
   * @param operation what the request is
   */
  void open(
      HttpServerRequest request,
      Operation operation,
      Consumer<Access> onAllowed,
      Consumer<Refusal> onRefused) {
    if (!door.state().auth().isEnabled()) {
      onAllowed.accept(Access.FREE);
      return;
    }
    principals.ofV2(
        request,
        door.state().auth(),
        claim -> {
          if (request.response().closed()) {
            return;
          }
          switch (claim) {
            case Principals.Claim.Disproved() -> onRefused.accept(Refusal.UNAUTHORISED);
            case Principals.Claim.Busy() -> onRefused.accept(Refusal.BUSY);
            case Principals.Claim.Proved(Principal who) -> {
              Access access = access(who, operation);
              if (access.isAllowed(door.state())) {
                onAllowed.accept(access);
              } else {
                onRefused.accept(Refusal.UNAUTHORISED);
              }
            }
          }
        });
  }

  /** As {@link #open}, for a request whose body is still to be read by who is let in. */
  void openBeforeBody(
      HttpServerRequest request,
      Operation operation,
      Consumer<Access> onAllowed,
      Consumer<Refusal> onRefused) {
    if (!door.state().auth().isEnabled()) {
      onAllowed.accept(Access.FREE);
      return;
    }
    request.pause();
    open(
        request,
        operation,
        access -> {
          onAllowed.accept(access);
          request.resume();
        },
        refusal -> {
          onRefused.accept(refusal);
          request.resume();
        });
  }

  private static Access access(Principal who, Operation operation) {
    return state -> Authoriser.judge(state.auth(), who, operation) == Authoriser.Verdict.ALLOWED;
  }
}
