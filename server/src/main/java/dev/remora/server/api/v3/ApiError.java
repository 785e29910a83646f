package dev.remora.server.api.v3;

import dev.remora.server.api.Failures;
import dev.remora.server.apply.Outcome;
import dev.remora.server.auth.AuthResult;
import dev.remora.server.replica.Answer;

/** A refusal, in etcd's own words: clients compare them. */
record ApiError(GrpcCode code, String text) {
  static final ApiError EMPTY_KEY = invalid("etcdserver: key is not provided");
  static final ApiError KEY_NOT_FOUND = invalid("etcdserver: key not found");
  static final ApiError VALUE_PROVIDED = invalid("etcdserver: value is provided");
  static final ApiError LEASE_PROVIDED = invalid("etcdserver: lease is provided");
  static final ApiError TOO_MANY_OPS = invalid("etcdserver: too many operations in txn request");
  static final ApiError DUPLICATE_KEY = invalid("etcdserver: duplicate key given in txn request");
  static final ApiError INVALID_SORT = invalid("etcdserver: invalid sort option");
  static final ApiError REQUEST_TOO_LARGE = invalid("etcdserver: request is too large");
  static final ApiError UNKNOWN_ALARM = invalid("etcdserver: unknown alarm");
  static final ApiError UNKNOWN_ALARM_ACTION = invalid("etcdserver: unknown alarm action");
  static final ApiError LEASE_NOT_FOUND =
      new ApiError(GrpcCode.NOT_FOUND, "etcdserver: requested lease not found");
  static final ApiError LEASE_EXISTS =
      new ApiError(GrpcCode.FAILED_PRECONDITION, "etcdserver: lease already exists");
  static final ApiError LEASE_TTL_TOO_LARGE =
      new ApiError(GrpcCode.OUT_OF_RANGE, "etcdserver: too large lease TTL");
  static final ApiError USER_EMPTY = invalid("etcdserver: user name is empty");
  static final ApiError ROLE_EMPTY = invalid("etcdserver: role name is empty");
  static final ApiError PERMISSION_NOT_GIVEN = invalid("etcdserver: permission not given");
  static final ApiError AUTH_FAILED =
      invalid("etcdserver: authentication failed, invalid user ID or password");
  static final ApiError INVALID_AUTH_MANAGEMENT = invalid("etcdserver: invalid auth management");
  static final ApiError AUTH_OLD = invalid("etcdserver: revision of auth store is old");
  static final ApiError AUTH_NOT_ENABLED = unmet("etcdserver: authentication is not enabled");
  static final ApiError ROOT_NOT_FOUND = unmet("etcdserver: root user does not exist");
  static final ApiError ROOT_ROLE_MISSING = unmet("etcdserver: root user does not have root role");
  static final ApiError USER_EXISTS = unmet("etcdserver: user name already exists");
  static final ApiError USER_NOT_FOUND = unmet("etcdserver: user name not found");
  static final ApiError ROLE_EXISTS = unmet("etcdserver: role name already exists");
  static final ApiError ROLE_NOT_FOUND = unmet("etcdserver: role name not found");
  static final ApiError ROLE_NOT_GRANTED = unmet("etcdserver: role is not granted to the user");
  static final ApiError PERMISSION_NOT_GRANTED =
      unmet("etcdserver: permission is not granted to the role");
  static final ApiError INVALID_TOKEN =
      new ApiError(GrpcCode.UNAUTHENTICATED, "etcdserver: invalid auth token");
  static final ApiError PERMISSION_DENIED =
      new ApiError(GrpcCode.PERMISSION_DENIED, "etcdserver: permission denied");
  static final ApiError AUTH_TOO_LARGE =
      invalid("etcdserver: a name, a key or all users and roles together are too long");
  static final ApiError COMPACTED =
      new ApiError(GrpcCode.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
  static final ApiError FUTURE_REVISION =
      new ApiError(
          GrpcCode.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
  static final ApiError TOO_MANY_REQUESTS =
      new ApiError(GrpcCode.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
  static final ApiError TOO_MANY_KEYS =
      new ApiError(
          GrpcCode.RESOURCE_EXHAUSTED,
          "etcdserver: more keys than --max-range-keys: read them in parts, by limit");
  static final ApiError NO_SPACE =
      new ApiError(GrpcCode.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded");
  static final ApiError LEADER_LOST =
      new ApiError(
          GrpcCode.UNAVAILABLE,
          "etcdserver: request timed out, possibly due to previous leader failure");
  static final ApiError REMOVED =
      new ApiError(
          GrpcCode.UNAVAILABLE,
          "etcdserver: the member has been permanently removed from the cluster");
  static final ApiError TIMED_OUT =
      new ApiError(GrpcCode.UNAVAILABLE, "etcdserver: request timed out");
  static final ApiError MEMBER_NOT_FOUND =
      new ApiError(GrpcCode.NOT_FOUND, "etcdserver: member not found");
  static final ApiError MEMBER_EXISTS = unmet("etcdserver: member ID already exist");
  static final ApiError PEER_URL_EXISTS = unmet("etcdserver: Peer URLs already exists");
  static final ApiError MEMBER_NOT_LEARNER = unmet("etcdserver: can only promote a learner member");
  static final ApiError TOO_MANY_LEARNERS =
      unmet("etcdserver: too many learner members in cluster");
  static final ApiError LEARNER_NOT_READY =
      unmet("etcdserver: can only promote a learner member which is in sync with leader");
  static final ApiError BAD_TRANSFEREE = unmet("etcdserver: bad leader transferee");
  static final ApiError TRANSFER_TIMED_OUT =
      new ApiError(
          GrpcCode.UNAVAILABLE, "etcdserver: request timed out, leader transfer took too long");
  static final ApiError NOT_LEADER = unmet("etcdserver: not leader");
  static final ApiError INVALID_MEMBER_URLS = invalid("etcdserver: given member URLs are invalid");

  /** etcd 3.4 has forgotten to give it a code. */
  static final ApiError NOT_ENOUGH_STARTED =
      new ApiError(
          GrpcCode.UNKNOWN,
          "etcdserver: re-configuration failed due to not enough started members");

  static final ApiError UNHEALTHY =
      new ApiError(GrpcCode.UNAVAILABLE, "etcdserver: unhealthy cluster");
  static final ApiError CORRUPT = new ApiError(GrpcCode.DATA_LOSS, "etcdserver: corrupt cluster");
  static final ApiError INTERNAL = new ApiError(GrpcCode.INTERNAL, Failures.CAUSE);
  static final ApiError STOPPED = new ApiError(GrpcCode.UNAVAILABLE, "etcdserver: server stopped");

  private static ApiError invalid(String text) {
    return new ApiError(GrpcCode.INVALID_ARGUMENT, text);
  }

  private static ApiError unmet(String text) {
    return new ApiError(GrpcCode.FAILED_PRECONDITION, text);
  }

  /** What is known but not served. */
  static ApiError unsupported(String what) {
    return new ApiError(GrpcCode.UNIMPLEMENTED, "etcdserver: " + what + " is not supported yet");
  }

  /** A message that is too long to be looked at. */
  static ApiError messageTooLarge(long bytes, long bytesMax) {
    return new ApiError(
        GrpcCode.RESOURCE_EXHAUSTED,
        "grpc: received message larger than max (" + bytes + " vs. " + bytesMax + ")");
  }

  static ApiError of(Outcome.Reason reason) {
    return switch (reason) {
      case NO_SPACE -> NO_SPACE;
      case CORRUPT -> CORRUPT;
      case STALE_AUTH -> AUTH_OLD;
      case KEY_NOT_FOUND -> KEY_NOT_FOUND;
      case LEASE_NOT_FOUND -> LEASE_NOT_FOUND;
      case LEASE_EXISTS -> LEASE_EXISTS;
      case COMPACTED -> COMPACTED;
      case FUTURE_REVISION -> FUTURE_REVISION;
      case MEMBER_NOT_FOUND, MEMBER_REMOVED -> MEMBER_NOT_FOUND;
      case MEMBER_EXISTS -> MEMBER_EXISTS;
      case PEER_URL_EXISTS -> PEER_URL_EXISTS;
      case MEMBER_NOT_LEARNER -> MEMBER_NOT_LEARNER;
      case TOO_MANY_LEARNERS -> TOO_MANY_LEARNERS;
      case NOT_ENOUGH_STARTED -> NOT_ENOUGH_STARTED;
    };
  }

  static ApiError of(AuthResult.Reason reason) {
    return switch (reason) {
      case NO_ROOT_USER -> ROOT_NOT_FOUND;
      case NO_ROOT_ROLE -> ROOT_ROLE_MISSING;
      case USER_EXISTS -> USER_EXISTS;
      case USER_NOT_FOUND -> USER_NOT_FOUND;
      case ROLE_EXISTS -> ROLE_EXISTS;
      case ROLE_NOT_FOUND -> ROLE_NOT_FOUND;
      case ROLE_NOT_GRANTED -> ROLE_NOT_GRANTED;
      case PERMISSION_NOT_GRANTED -> PERMISSION_NOT_GRANTED;
      case ROOT_IS_NEEDED -> INVALID_AUTH_MANAGEMENT;
      case OUT_OF_BOUNDS -> AUTH_TOO_LARGE;
      case ALREADY_ENABLED,
          ALREADY_DISABLED,
          DUPLICATE_ROLE,
          DUPLICATE_READ,
          DUPLICATE_WRITE,
          USER_NOT_CHANGED,
          ROLE_NOT_CHANGED,
          ROOT_ROLE_IS_FIXED ->
          throw new IllegalStateException("only v2 refuses for " + reason);
    };
  }

  /** A password that no user can be given. */
  static ApiError badPassword(int bytesMin, int bytesMax) {
    return invalid("etcdserver: a password has %d to %d bytes".formatted(bytesMin, bytesMax));
  }

  /** As a watch tells it that is cancelled for it. */
  String asCancelReason() {
    return "rpc error: code = " + code.word() + " desc = " + text;
  }

  static ApiError of(Answer.Reason reason) {
    return switch (reason) {
      case OVERLOADED -> TOO_MANY_REQUESTS;
      case NO_SPACE -> NO_SPACE;
      case STOPPED -> STOPPED;
      case REMOVED -> REMOVED;
      case LEADER_LOST -> LEADER_LOST;
      case CHANGE_PENDING, UNHEALTHY -> UNHEALTHY;
      case NOT_ENOUGH_STARTED -> NOT_ENOUGH_STARTED;
      case LEARNER_NOT_READY -> LEARNER_NOT_READY;
      case TIMED_OUT -> TIMED_OUT;
    };
  }
}
