package dev.remora.server.api.v3;

import dev.remora.server.api.v3.proto.LeaseKeepAliveRequest;
import io.vertx.core.http.HttpServerRequest;

/** A client that keeps leases alive: a response for each request, and the end after the last. */
final class KeepAliveStream implements MessageStream.Call<LeaseKeepAliveRequest> {
  private final LeaseCalls leases;
  private final HttpServerRequest request;
  private final Guard guard;
  private final MessageStream<LeaseKeepAliveRequest> stream;
  private int unanswered;
  private boolean isHalfClosed;

  KeepAliveStream(
      LeaseCalls leases,
      HttpServerRequest request,
      Guard guard,
      MessageStream<LeaseKeepAliveRequest> stream) {
    this.leases = leases;
    this.request = request;
    this.guard = guard;
    this.stream = stream;
  }

  @Override
  public void received(LeaseKeepAliveRequest keepAlive) {
    ApiError refusal =
        guard
            .permit(request, state -> Rights.lease(keepAlive.getID(), state))
            .refusal(guard.state());
    if (refusal != null) {
      stream.fail(refusal);
      return;
    }
    unanswered++;
    leases.keepAlive(
        keepAlive,
        reply -> {
          unanswered--;
          switch (reply) {
            case Reply.Done(var response) -> {
              stream.send(response);
              endIfDone();
            }
            case Reply.Refused(ApiError error) -> stream.fail(error);
          }
        });
  }

  @Override
  public void halfClosed() {
    isHalfClosed = true;
    endIfDone();
  }

  private void endIfDone() {
    if (isHalfClosed && unanswered == 0) {
      stream.end();
    }
  }

  /** Nothing to do: while the client does not read, no requests are read from it. */
  @Override
  public void writable() {}

  /** Nothing to do: there is nothing to undo. */
  @Override
  public void closed() {}
}
