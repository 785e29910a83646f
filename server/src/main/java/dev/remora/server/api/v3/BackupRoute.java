package dev.remora.server.api.v3;

import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.api.v3.proto.SnapshotResponse;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Door;
import dev.remora.server.replica.SnapshotFiles;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * etcd's {@code Maintenance.Snapshot}: a line for each part of a snapshot file of our own format,
 * with how many bytes are still to come after it. It has all that was answered before the request.
 *
 * <p>The file is written first, beside the event loop, since its size is to be said; then the next
 * part is read when the last one has left.
 */
final class BackupRoute implements Route {
  private static final int PART_BYTES = 256 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(BackupRoute.class);

  private final Context context;
  private final Door door;
  private final SnapshotFiles files;
  private final MessageWriter writer;

  BackupRoute(Context context, Door door, SnapshotFiles files, MessageWriter writer) {
    this.context = context;
    this.door = door;
    this.files = files;
    this.writer = writer;
  }

  /** What the request says does not matter: it has no fields. */
  @Override
  public void handle(HttpServerRequest request) {
    door.readIndex(state -> begin(state, request.response()));
  }

  private void begin(Optional<State> state, HttpServerResponse response) {
    if (state.isEmpty()) {
      HttpErrors.ofCall(response, ApiError.TIMED_OUT);
      return;
    }
    context
        .executeBlocking(() -> files.copy(state.get()), false)
        .onFailure(cause -> {
          LOG.warn("no backup could be made: {}", cause.getMessage());
          if (!response.closed()) {
            HttpErrors.ofCall(response, ApiError.INTERNAL);
          }
        })
        .onSuccess(file -> send(file, response));
  }

  private void send(SnapshotFiles.Outgoing file, HttpServerResponse response) {
    response
        .setChunked(true)
        .putHeader("Content-Type", "application/json")
        .putHeader("Grpc-Metadata-Content-Type", "application/grpc");
    sendFrom(0, file, response)
        .onFailure(cause -> {
          LOG.info("a backup was broken off: {}", cause.getMessage());
          response.reset(); // An end would pass for the whole.
        })
        .onComplete(_ -> close(file));
  }

  private Future<Void> sendFrom(long at, SnapshotFiles.Outgoing file, HttpServerResponse response) {
    return context
        .executeBlocking(() -> file.read(PART_BYTES), false)
        .compose(part -> {
          if (part.length == 0) {
            return response.end();
          }
          long next = at + part.length;
          SnapshotResponse message =
              SnapshotResponse.newBuilder()
                  .setRemainingBytes(file.bytes() - next)
                  .setBlob(UnsafeByteOperations.unsafeWrap(part))
                  .build();
          return response
              .write(writer.writeResult(message))
              .compose(_ -> sendFrom(next, file, response));
        });
  }

  private void close(SnapshotFiles.Outgoing file) {
    context
        .executeBlocking(
            () -> {
              file.close();
              return true;
            },
            false)
        .onFailure(cause -> LOG.warn("the file of a backup was not closed", cause));
  }
}
