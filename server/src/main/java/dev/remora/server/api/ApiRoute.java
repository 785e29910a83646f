package dev.remora.server.api;

import io.vertx.core.http.HttpServerRequest;

/** A part of the client port. Used on one event loop only, the listener's. */
public interface ApiRoute {
  /**
   * Whether this part serves a path.
   *
   * @param path decoded and clean; each character stands for one byte
   */
  boolean serves(String path);

  /**
   * Answers a request. The CORS headers are set already.
   *
   * <p>Called before the body is read: a body is lost unless a handler for it is set before this
   * returns.
   */
  void handle(HttpServerRequest request);
}
