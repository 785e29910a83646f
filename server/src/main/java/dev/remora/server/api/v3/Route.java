package dev.remora.server.api.v3;

import io.vertx.core.http.HttpServerRequest;

/** What serves the POSTs to one path. */
interface Route {
  /** Answers a request whose body has not been read yet. */
  void handle(HttpServerRequest request);
}
