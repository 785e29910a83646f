package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.AuthorisedProposal;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Failures;
import dev.remora.server.api.Principals;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.auth.Operation;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.tree.Lookup;
import dev.remora.server.tree.Node;
import dev.remora.server.tree.Paths;
import dev.remora.server.tree.TreeError;
import dev.remora.server.tree.TreeResult;
import dev.remora.server.watch.Interest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code /v2/keys}: one for an event loop, to be made and used there. */
public final class KeysRoute implements ApiRoute {
  private static final String PREFIX = "/v2/keys";
  private static final String ALLOWED = "HEAD,GET,PUT,POST,DELETE";

  private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";

  /** How often waiting requests are looked at for their timeout. */
  private static final long EXPIRE_MILLIS = 100;

  private final Door door;
  private final WatchFeed feed;
  private final V2Settings settings;
  private final Clocks clocks;
  private final Replies replies;
  private final KeysReplies keysReplies;
  private final Gate gate;
  private final StoreCounters counters;
  private final Deadlines deadlines;

  /** The route, with the door and the feed of its loop. */
  public KeysRoute(
      Vertx vertx,
      Door door,
      WatchFeed feed,
      V2Settings settings,
      Clocks clocks,
      Principals principals,
      StoreCounters counters,
      Replies replies) {
    this.door = door;
    this.counters = counters;
    this.gate = new Gate(door, principals);
    this.feed = feed;
    this.settings = settings;
    this.clocks = clocks;
    this.replies = replies;
    this.keysReplies = new KeysReplies(replies, clocks::wallNanos, door.identity());
    this.deadlines = new Deadlines(TimeUnit.MILLISECONDS.toNanos(settings.timeoutMillis()));
    vertx.setPeriodic(EXPIRE_MILLIS, _ -> deadlines.expire(clocks.monotonicNanos()));
  }

  @Override
  public boolean serves(String path) {
    return path.startsWith(PREFIX)
        && (path.length() == PREFIX.length() || path.charAt(PREFIX.length()) == '/');
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (!(RequestTarget.of(request.uri()) instanceof RequestTarget.Good target)) {
      throw new IllegalStateException("a request came whose path is not clean");
    }
    guard(
        request,
        () -> {
          switch (request.method().name()) {
            case "GET", "HEAD", "DELETE" -> serve(request, target, new Form());
            case "PUT", "POST" -> readForm(request, target);
            default -> replies.notAllowed(request, ALLOWED);
          }
        });
  }

  private void guard(HttpServerRequest request, Runnable task) {
    Failures.guard(request, task, () -> fail(request, Failures.CAUSE));
  }

  private void readForm(HttpServerRequest request, RequestTarget.Good target) {
    MediaType type = MediaType.of(request.getHeader(HttpHeaders.CONTENT_TYPE));
    Form form = new Form();
    form.refuse(type.error());
    if (!type.isForm() || !type.error().isEmpty()) {
      serve(request, target, form);
      return;
    }
    FormBody body = new FormBody(settings.requestBytesMax());
    request.handler(chunk -> {
      if (body.add(chunk)) {
        form.refuse("http: POST too large");
        guard(request, () -> serve(request, target, form));
      }
    });
    request.endHandler(_ -> {
      if (!body.isTooLarge()) {
        guard(
            request,
            () -> {
              form.add(body.bytes());
              serve(request, target, form);
            });
      }
    });
  }

  private void serve(HttpServerRequest request, RequestTarget.Good target, Form form) {
    form.add(target.query());
    HttpMethod method = request.method();
    Bytes path = path(target.path());
    if (Paths.segments(path) > Paths.SEGMENTS_MAX) {
      form.refuse("path has more than " + Paths.SEGMENTS_MAX + " segments");
    }
    switch (KeysDecoder.decode(method, path, form, clocks.wallNanos())) {
      case KeysRequest.Invalid(KeysError error) -> keysReplies.error(request, error);
      case KeysRequest valid -> authorise(request, valid, target.path(), form);
    }
  }

  /** The path counts as it was requested, with a slash at its end. */
  private void authorise(HttpServerRequest request, KeysRequest valid, String target, Form form) {
    if (!door.state().auth().isEnabled()) {
      serve(request, valid, Access.FREE);
      return;
    }
    Bytes path =
        Bytes.wrap(target.substring(PREFIX.length()).getBytes(StandardCharsets.ISO_8859_1));
    boolean isRecursive = KeysDecoder.isRecursive(form);
    Operation operation =
        valid instanceof KeysRequest.Write
            ? new Operation.WritePath(path, isRecursive)
            : new Operation.ReadPath(path, isRecursive);
    gate.open(
        request,
        operation,
        access -> guard(request, () -> serve(request, valid, access)),
        refusal -> guard(request, () -> refuse(request, refusal)));
  }

  private void refuse(HttpServerRequest request, Gate.Refusal refusal) {
    keysReplies.error(
        request,
        switch (refusal) {
          case UNAUTHORISED ->
              KeysError.before(KeysError.Code.UNAUTHORISED, "Insufficient credentials");
          case BUSY ->
              KeysError.before(KeysError.Code.TOO_MANY_REQUESTS, "etcdserver: too many requests");
        });
  }

  private void serve(HttpServerRequest request, KeysRequest valid, Access access) {
    switch (valid) {
      case KeysRequest.Read read when read.isQuorum() -> readFromQuorum(request, read, access);
      case KeysRequest.Read read -> read(request, read, door.state());
      case KeysRequest.Watch watch -> watch(request, watch);
      case KeysRequest.Write write -> write(request, write, access);
      case KeysRequest.Invalid invalid ->
          throw new IllegalStateException("authorised although invalid: " + invalid);
    }
  }

  private static Bytes path(String path) {
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    return end <= PREFIX.length()
        ? Paths.ROOT
        : Bytes.wrap(path.substring(PREFIX.length(), end).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void readFromQuorum(HttpServerRequest request, KeysRequest.Read read, Access access) {
    door.readIndex(
        this.<Optional<State>>inTime(
            request,
            confirmed ->
                confirmed.ifPresentOrElse(
                    state -> {
                      if (access.isAllowed(state)) {
                        read(request, read, state);
                      } else {
                        refuse(request, Gate.Refusal.UNAUTHORISED);
                      }
                    },
                    () -> fail(request, cause(Answer.Reason.TIMED_OUT)))));
  }

  private void read(HttpServerRequest request, KeysRequest.Read read, State state) {
    Lookup found = state.treeView().read(read.path(), read.isRecursive());
    boolean isFound = found instanceof Lookup.File || found instanceof Lookup.Found;
    (isFound ? counters.getsSuccess : counters.getsFail).increment();
    switch (found) {
      case Lookup.File(var file) -> keysReplies.file(request, file, state);
      case Lookup.Found(var directory) when isTooMuch(directory) ->
          keysReplies.error(
              request,
              KeysError.before(
                  KeysError.Code.TOO_MANY_REQUESTS,
                  "etcdserver: more keys than --max-range-keys: list smaller directories"));
      case Lookup.Found(var directory) -> keysReplies.directory(request, directory, state);
      case Lookup.Missing(Bytes cause) ->
          refuse(request, TreeError.KEY_NOT_FOUND, cause, state.revision());
      case Lookup.Blocked(Bytes cause) ->
          refuse(request, TreeError.NOT_A_DIRECTORY, cause, state.revision());
    }
  }

  private boolean isTooMuch(Node directory) {
    long most = settings.keysPerRange();
    return most > 0 && left(directory, most) < 0;
  }

  /** How many more nodes may be shown, below 0 if there are too many; what a node holds counts. */
  private static long left(Node directory, long most) {
    long left = most - directory.children().size();
    for (Node child : directory.children()) {
      if (left < 0) {
        return left;
      }
      left = left(child, left);
    }
    return left;
  }

  private void write(HttpServerRequest request, KeysRequest.Write write, Access access) {
    Consumer<Optional<Answer>> told =
        this.inTime(
            request,
            answer ->
                answer.ifPresentOrElse(
                    given -> answer(request, given, write.isQuiet()),
                    () -> refuse(request, Gate.Refusal.UNAUTHORISED)));
    AuthorisedProposal.propose(
        door,
        new Command.Tree(write.write()),
        state -> {
          boolean isAllowed = access.isAllowed(state);
          if (!isAllowed) {
            told.accept(Optional.empty());
          }
          return isAllowed;
        },
        answer -> told.accept(Optional.of(answer)));
  }

  private void answer(HttpServerRequest request, Answer answer, boolean isQuiet) {
    switch (answer) {
      case Answer.Applied(Outcome.Tree(TreeResult.Done done), State state) ->
          keysReplies.done(request, done, state, isQuiet);
      case Answer.Applied(
              Outcome.Tree(TreeResult.Refused(TreeError error, Bytes cause, long index)),
              _) ->
          refuse(request, error, cause, index);
      case Answer.Applied(Outcome.Refused(_, Outcome.Reason reason), _) ->
          fail(request, cause(reason));
      case Answer.Applied(Outcome outcome, _) ->
          throw new IllegalStateException("a v2 write came to " + outcome);
      case Answer.Failed(Answer.Reason reason) -> fail(request, cause(reason));
    }
  }

  private static String cause(Answer.Reason reason) {
    return switch (reason) {
      case OVERLOADED -> "etcdserver: too many requests";
      case NO_SPACE -> NO_SPACE;
      case STOPPED -> "etcdserver: server stopped";
      case REMOVED -> "etcdserver: the member has been permanently removed from the cluster";
      case LEADER_LOST -> "etcdserver: request timed out, possibly due to previous leader failure";
      case CHANGE_PENDING, NOT_ENOUGH_STARTED, UNHEALTHY, LEARNER_NOT_READY ->
          throw new IllegalStateException("a v2 write failed for " + reason);
      case TIMED_OUT -> "etcdserver: request timed out";
    };
  }

  private static String cause(Outcome.Reason reason) {
    return switch (reason) {
      case NO_SPACE -> NO_SPACE;
      case CORRUPT -> "etcdserver: corrupt cluster";
      case STALE_AUTH -> "etcdserver: revision of auth store is old";
      case KEY_NOT_FOUND,
          LEASE_NOT_FOUND,
          LEASE_EXISTS,
          COMPACTED,
          FUTURE_REVISION,
          MEMBER_NOT_FOUND,
          MEMBER_REMOVED,
          MEMBER_EXISTS,
          PEER_URL_EXISTS,
          MEMBER_NOT_LEARNER,
          TOO_MANY_LEARNERS,
          NOT_ENOUGH_STARTED ->
          throw new IllegalStateException("a v2 write was refused for " + reason);
    };
  }

  private void watch(HttpServerRequest request, KeysRequest.Watch watch) {
    State state = door.state();
    long oldest =
        Math.max(
            state.revision() - settings.historyWindow() + 1,
            state.keyspace().compactRevision() + 1);
    if (watch.index() != 0 && Long.compareUnsigned(watch.index(), oldest) < 0) {
      String cause =
          "the requested history has been cleared [" + oldest + "/" + watch.index() + "]";
      keysReplies.error(
          request,
          new KeysError(KeysError.Code.EVENT_INDEX_CLEARED, Bytes.utf8(cause), state.revision()));
      return;
    }
    keysReplies.beginWatch(request, state);
    // An index of 2^63 or more never comes.
    long next = watch.index() < 0 ? Long.MAX_VALUE : watch.index();
    new KeyWatch(feed, keysReplies, request.response(), watch.isStream(), counters.watchers)
        .start(new Interest.Path(watch.path(), watch.isRecursive()), next);
  }

  /** Takes an answer if it comes in time, and the client still waits for it. */
  private <T> Consumer<T> inTime(HttpServerRequest request, Consumer<T> onAnswer) {
    Deadlines.Waiting waiting =
        deadlines.add(
            clocks.monotonicNanos(), () -> fail(request, "etcdserver: request timed out"));
    return answer -> {
      if (deadlines.end(waiting) && !request.response().closed()) {
        guard(request, () -> onAnswer.accept(answer));
      }
    };
  }

  private void refuse(HttpServerRequest request, TreeError error, Bytes cause, long index) {
    keysReplies.error(request, KeysError.of(error, cause, index));
  }

  private void fail(HttpServerRequest request, String cause) {
    if (!request.response().closed()) {
      keysReplies.error(request, KeysError.before(KeysError.Code.RAFT_INTERNAL, cause));
    }
  }

  /** A form as it arrives, up to a bound. */
  private static final class FormBody {
    private final int bytesMax;

    /** Null until the first chunk, which as a rule is the only one. */
    private @Nullable Buffer received;

    private boolean isTooLarge;

    FormBody(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    /** Takes a chunk; true if it is the first that is too much. What comes later is dropped. */
    boolean add(Buffer chunk) {
      if (isTooLarge) {
        return false;
      }
      Buffer before = received;
      if ((before == null ? 0 : before.length()) + chunk.length() > bytesMax) {
        isTooLarge = true;
        received = null;
        return true;
      }
      received = before == null ? chunk : before.appendBuffer(chunk);
      return false;
    }

    boolean isTooLarge() {
      return isTooLarge;
    }

    byte[] bytes() {
      Buffer all = received;
      return all == null ? new byte[0] : all.getBytes();
    }
  }
}
