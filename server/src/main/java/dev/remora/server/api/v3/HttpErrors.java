package dev.remora.server.api.v3;

import io.vertx.core.http.HttpServerResponse;

/** Errors in the forms of etcd's gateway. */
final class HttpErrors {
  private HttpErrors() {}

  /** The call was refused: the gateway tells of gRPC's trailers. */
  static void ofCall(HttpServerResponse response, ApiError error) {
    response
        .setStatusCode(error.code().httpStatus())
        .setChunked(true)
        .putHeader("Content-Type", "application/json")
        .putHeader("Trailer", "Grpc-Trailer-Content-Type")
        .putTrailer("Grpc-Trailer-Content-Type", "application/grpc")
        .end(MessageWriter.write(error));
  }

  /** The request could not be read: no call was made. */
  static void ofDecoding(HttpServerResponse response, ApiError error) {
    response
        .setStatusCode(error.code().httpStatus())
        .putHeader("Content-Type", "application/json")
        .end(MessageWriter.write(error));
  }

  /** There is no such path, or method of it. */
  static void ofHttp(HttpServerResponse response, int status, String text) {
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(text + "\n");
  }
}
