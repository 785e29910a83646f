package dev.remora.server.api.v2;

import dev.remora.server.api.ApiRoute;
import dev.remora.server.api.Deadlines;
import dev.remora.server.api.Failures;
import dev.remora.server.api.Replies;
import dev.remora.server.api.RequestTarget;
import dev.remora.server.api.WatchFeed;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Clocks;
import dev.remora.server.replica.Door;
import dev.remora.server.tree.Lookup;
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
  private final Deadlines deadlines;

  /** The route, with the door and the feed of its loop. */
  public KeysRoute(
      Vertx vertx, Door door, WatchFeed feed, V2Settings settings, Clocks clocks, Replies replies) {
    this.door = door;
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
      case KeysRequest.Read read when read.isQuorum() -> readFromQuorum(request, read);
      case KeysRequest.Read read -> read(request, read, door.state());
      case KeysRequest.Watch watch -> watch(request, watch);
      case KeysRequest.Write write -> write(request, write);
    }
  }

  private static Bytes path(String path) {
    int end = path.endsWith("/") ? path.length() - 1 : path.length();
    return end <= PREFIX.length()
        ? Paths.ROOT
        : Bytes.wrap(path.substring(PREFIX.length(), end).getBytes(StandardCharsets.ISO_8859_1));
  }

  private void readFromQuorum(HttpServerRequest request, KeysRequest.Read read) {
    door.readIndex(
        this.<Optional<State>>inTime(
            request,
            confirmed ->
                confirmed.ifPresentOrElse(
                    state -> read(request, read, state),
                    () -> fail(request, cause(Answer.Reason.TIMED_OUT)))));
  }

  private void read(HttpServerRequest request, KeysRequest.Read read, State state) {
    switch (state.treeView().read(read.path(), read.isRecursive())) {
      case Lookup.File(var file) -> keysReplies.file(request, file, state);
      case Lookup.Found(var directory) -> keysReplies.directory(request, directory, state);
      case Lookup.Missing(Bytes cause) ->
          refuse(request, TreeError.KEY_NOT_FOUND, cause, state.revision());
      case Lookup.Blocked(Bytes cause) ->
          refuse(request, TreeError.NOT_A_DIRECTORY, cause, state.revision());
    }
  }

  private void write(HttpServerRequest request, KeysRequest.Write write) {
    door.propose(
        new Command.Tree(write.write()),
        this.<Answer>inTime(request, answer -> answer(request, answer, write.isQuiet())));
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
    new KeyWatch(feed, keysReplies, request.response(), watch.isStream())
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
