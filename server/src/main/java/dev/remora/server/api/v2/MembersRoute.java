package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.AuthorisedProposal;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Failures;
import dev.remora.server.api.PeerUrls;
import dev.remora.server.api.Principals;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.api.v3.JsonException;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.MemberIds;
import dev.remora.server.apply.Outcome;
import dev.remora.server.auth.Operation;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code /v2/members}: one for an event loop, to be made and used there. */
public final class MembersRoute implements ApiRoute {
  private static final String PREFIX = "/v2/members";
  private static final String LEADER = "leader";
  private static final String ALLOWED = "GET,POST,DELETE,PUT";

  /** How many revisions each change takes, as etcd's write to its v2 store. */
  private static final int ADD_REVISIONS = 1;

  private static final int UPDATE_REVISIONS = 1;
  private static final int REMOVE_REVISIONS = 2;

  /** How often waiting requests are looked at for their timeout. */
  private static final long EXPIRE_MILLIS = 100;

  private final Door door;
  private final V2Settings settings;
  private final Clocks clocks;
  private final Replies replies;
  private final MembersReplies membersReplies;
  private final Gate gate;
  private final Deadlines deadlines;

  /** The route, with the door of its loop. */
  public MembersRoute(
      Vertx vertx,
      Door door,
      V2Settings settings,
      Clocks clocks,
      Principals principals,
      Replies replies) {
    this.door = door;
    this.gate = new Gate(door, principals);
    this.settings = settings;
    this.clocks = clocks;
    this.replies = replies;
    this.membersReplies = new MembersReplies(replies, door.identity());
    this.deadlines = new Deadlines(TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis()));
    vertx.setPeriodic(EXPIRE_MILLIS, _ -> deadlines.expire(clocks.monotonicNanos()));
  }

  @Override
  public boolean serves(String path) {
    return path.equals(PREFIX) || path.startsWith(PREFIX + "/");
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!(RequestTarget.of(request.uri()) instanceof RequestTarget.Good(String path, _))) {
      throw new IllegalStateException("a request came whose path is not clean");
    }
    String id = path.length() > PREFIX.length() ? path.substring(PREFIX.length() + 1) : "";
    guard(
        request,
        () -> {
          switch (request.method().name()) {
            case "GET" -> read(request, id);
            case "POST", "PUT", "DELETE" ->
                gate.openBeforeBody(
                    request,
                    new Operation.Administer(),
                    access -> guard(request, () -> change(request, id, access)),
                    refusal -> guard(request, () -> membersReplies.refuse(request, refusal)));
            default -> replies.notAllowed(request, ALLOWED);
          }
        });
  }

  private void change(HttpServerRequest request, String id, Access access) {
    switch (request.method().name()) {
      case "POST" -> readUrls(request, peerUrls -> add(request, peerUrls, access));
      case "PUT" ->
          withId(
              request,
              id,
              member -> readUrls(request, peerUrls -> update(request, member, peerUrls, access)));
      default -> withId(request, id, member -> remove(request, member, access));
    }
  }

  private void guard(HttpServerRequest request, Runnable task) {
    Failures.guard(request, task, () -> membersReplies.internalError(request));
  }

  private void read(HttpServerRequest request, String id) {
    List<Member> members = door.state().members().list();
    if (id.isEmpty()) {
      membersReplies.list(request, members);
    } else if (id.equals(LEADER)) {
      door.state()
          .members()
          .get(door.leadership().leader())
          .ifPresentOrElse(
              leader -> membersReplies.member(request, 200, leader),
              () -> membersReplies.error(request, 503, "During election"));
    } else {
      membersReplies.error(request, 404, "Not found");
    }
  }

  private void withId(HttpServerRequest request, String id, Consumer<Long> task) {
    if (id.isEmpty()) {
      membersReplies.notAllowed(request);
      return;
    }
    OptionalLong parsed = parse(id);
    if (parsed.isPresent()) {
      task.accept(parsed.getAsLong());
    } else {
      membersReplies.noSuchMember(request, id);
    }
  }

  private static OptionalLong parse(String id) {
    try {
      boolean isSigned = id.startsWith("+") || id.startsWith("-");
      return isSigned ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(id, 16));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  private void readUrls(HttpServerRequest request, Consumer<List<String>> task) {
    Optional<String> refused = badType(request.getHeader(HttpHeaders.CONTENT_TYPE));
    if (refused.isPresent()) {
      membersReplies.error(
          request, 415, "Bad Content-Type " + refused.get() + ", accept application/json");
      return;
    }
    Buffer body = Buffer.buffer();
    request.handler(chunk -> {
      if (body.length() <= settings.requestBytesMax()) {
        body.appendBuffer(chunk);
      }
    });
    request.endHandler(_ -> guard(request, () -> accept(request, body, task)));
  }

  /** A Content-Type that is not JSON's; compared in any case only if it has a parameter. */
  private static Optional<String> badType(@Nullable String header) {
    String type = header == null ? "" : header;
    int semicolon = type.indexOf(';');
    if (semicolon >= 0) {
      type = type.substring(0, semicolon).strip().toLowerCase(Locale.ROOT);
    }
    return type.equals("application/json") ? Optional.empty() : Optional.of(type);
  }

  private void accept(HttpServerRequest request, Buffer body, Consumer<List<String>> task) {
    if (body.length() > settings.requestBytesMax()) {
      membersReplies.error(request, 400, "http: request body too large");
      return;
    }
    try {
      switch (PeerUrls.of(MembersJson.peerUrls(body.getBytes()))) {
        case PeerUrls.Good(List<String> sorted) -> task.accept(sorted);
        case PeerUrls.Bad(String reason) -> membersReplies.error(request, 400, reason);
      }
    } catch (JsonException e) {
      String reason = String.valueOf(e.getMessage());
      boolean isCutOff = reason.equals("unexpected EOF");
      membersReplies.error(request, 400, isCutOff ? "unexpected end of JSON input" : reason);
    }
  }

  private void add(HttpServerRequest request, List<String> peerUrls, Access access) {
    long id = MemberIds.joining(peerUrls, clocks.wallNanos());
    Member member = Member.unstarted(id, "", peerUrls, false);
    propose(
        request,
        new Command.AddMember(member, ADD_REVISIONS),
        access,
        () -> membersReplies.member(request, 201, member));
  }

  private void update(HttpServerRequest request, long id, List<String> peerUrls, Access access) {
    propose(
        request,
        new Command.UpdateMember(id, peerUrls, UPDATE_REVISIONS),
        access,
        () -> membersReplies.done(request));
  }

  private void remove(HttpServerRequest request, long id, Access access) {
    propose(
        request,
        new Command.RemoveMember(id, REMOVE_REVISIONS),
        access,
        () -> membersReplies.done(request));
  }

  private void propose(
      HttpServerRequest request, Command.MemberChange change, Access access, Runnable onDone) {
    Deadlines.Waiting waiting =
        deadlines.add(
            clocks.monotonicNanos(),
            () -> {
              if (!request.response().closed()) {
                membersReplies.internalError(request);
              }
            });
    AuthorisedProposal.propose(
        door,
        change,
        state -> {
          boolean isAllowed = access.isAllowed(state);
          if (!isAllowed && deadlines.end(waiting) && !request.response().closed()) {
            guard(request, () -> membersReplies.refuse(request, Gate.Refusal.UNAUTHORISED));
          }
          return isAllowed;
        },
        answer -> {
          if (deadlines.end(waiting) && !request.response().closed()) {
            guard(request, () -> answer(request, change, answer, onDone));
          }
        });
  }

  private void answer(
      HttpServerRequest request, Command.MemberChange change, Answer answer, Runnable onDone) {
    switch (answer) {
      case Answer.Applied(Outcome.MembersChanged _, _) -> onDone.run();
      case Answer.Applied(Outcome.Refused(_, Outcome.Reason reason), _) ->
          refuse(request, change, reason);
      case Answer.Applied(Outcome outcome, _) ->
          throw new IllegalStateException("a change of the members came to " + outcome);
      case Answer.Failed _ -> membersReplies.internalError(request);
    }
  }

  /** What etcd has no status for is an internal error there. */
  private void refuse(
      HttpServerRequest request, Command.MemberChange change, Outcome.Reason reason) {
    String id = Long.toHexString(change.id());
    boolean isRemoval = change instanceof Command.RemoveMember;
    if (isRemoval && reason == Outcome.Reason.MEMBER_REMOVED) {
      membersReplies.error(request, 410, "Member permanently removed: " + id);
      return;
    }
    switch (reason) {
      case PEER_URL_EXISTS -> membersReplies.error(request, 409, "membership: peerURL exists");
      case MEMBER_EXISTS -> membersReplies.error(request, 409, "membership: ID exists");
      case MEMBER_NOT_FOUND -> membersReplies.noSuchMember(request, id);
      default -> membersReplies.internalError(request);
    }
  }
}
