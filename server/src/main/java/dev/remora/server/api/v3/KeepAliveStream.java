package dev.remora.server.api.v3;

import dev.remora.server.api.v3.proto.LeaseKeepAliveRequest;

/** A client that keeps leases alive: a response for each request, and the end after the last. */
final class KeepAliveStream implements MessageStream.Call<LeaseKeepAliveRequest> {
  private final LeaseCalls leases;
  private final MessageStream<LeaseKeepAliveRequest> stream;
  private int unanswered;
  private boolean isHalfClosed;

  KeepAliveStream(LeaseCalls leases, MessageStream<LeaseKeepAliveRequest> stream) {
    this.leases = leases;
    this.stream = stream;
  }

  @Override
  public void received(LeaseKeepAliveRequest request) {
    unanswered++;
    leases.keepAlive(
        request,
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
