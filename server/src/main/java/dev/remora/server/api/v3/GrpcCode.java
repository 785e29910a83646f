package dev.remora.server.api.v3;

import java.util.Locale;

/** The gRPC status codes that etcd uses, each with the HTTP status the gateway gives it. */
enum GrpcCode {
  UNKNOWN(2, 500),
  INVALID_ARGUMENT(3, 400),
  NOT_FOUND(5, 404),
  PERMISSION_DENIED(7, 403),
  RESOURCE_EXHAUSTED(8, 429),
  FAILED_PRECONDITION(9, 412),
  OUT_OF_RANGE(11, 400),
  UNIMPLEMENTED(12, 501),
  INTERNAL(13, 500),
  UNAVAILABLE(14, 503),
  DATA_LOSS(15, 500),
  UNAUTHENTICATED(16, 401);

  private final int number;
  private final int httpStatus;

  GrpcCode(int number, int httpStatus) {
    this.number = number;
    this.httpStatus = httpStatus;
  }

  /** As gRPC's clients in Go write it: {@code InvalidArgument}. */
  String word() {
    StringBuilder word = new StringBuilder();
    for (String part : name().split("_", -1)) {
      word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
    }
    return word.toString();
  }

  int number() {
    return number;
  }

  int httpStatus() {
    return httpStatus;
  }
}
