package dev.remora.server.api.v3;

import dev.remora.server.api.WatchFeed;
import dev.remora.server.api.v3.proto.WatchCreateRequest;
import dev.remora.server.api.v3.proto.WatchCreateRequest.FilterType;
import dev.remora.server.api.v3.proto.WatchRequest;
import dev.remora.server.api.v3.proto.WatchResponse;
import dev.remora.server.auth.Operation;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.replica.Door;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The watches of one client's stream (etcd's Watch service). */
final class WatchStream implements MessageStream.Call<WatchRequest> {
  /** What etcd calls a watch that it has not made, and the stream as a whole. */
  private static final long NO_WATCH = -1;

  /** Most watches of one stream. */
  static final int WATCHES_MAX = 100_000;

  private final Vertx vertx;
  private final Door door;
  private final WatchFeed feed;
  private final Responses responses;
  private final V3Settings settings;
  private final HttpServerRequest request;
  private final Guard guard;
  private final MessageStream<WatchRequest> stream;
  private final SortedMap<Long, Watch> watches = new TreeMap<>();
  private final long progressTimer;
  private long nextId;

  WatchStream(
      Vertx vertx,
      Door door,
      WatchFeed feed,
      Responses responses,
      V3Settings settings,
      HttpServerRequest request,
      Guard guard,
      MessageStream<WatchRequest> stream) {
    this.vertx = vertx;
    this.door = door;
    this.feed = feed;
    this.responses = responses;
    this.settings = settings;
    this.request = request;
    this.guard = guard;
    this.stream = stream;
    this.progressTimer =
        vertx.setPeriodic(settings.progressInterval().toMillis(), _ -> notifyProgress());
  }

  @Override
  public void received(WatchRequest message) {
    switch (message.getRequestUnionCase()) {
      case CREATE_REQUEST -> create(message.getCreateRequest());
      case CANCEL_REQUEST -> cancel(message.getCancelRequest().getWatchId());
      case PROGRESS_REQUEST -> answerProgress();
      case REQUESTUNION_NOT_SET -> {}
    }
  }

  private void create(WatchCreateRequest wanted) {
    Bytes key = wanted.getKey().isEmpty() ? Bytes.EMPTY.next() : bytes(wanted);
    KeyRange range = KeyRange.of(key, KvRequests.bytes(wanted.getRangeEnd()));
    // The very range that is watched, judged as a read of it is (CVE-2026-73499).
    ApiError refusal =
        guard.permit(request, _ -> List.of(new Operation.Read(range))).refusal(door.state());
    if (refusal != null) {
      refuse(refusal.asCancelReason());
    } else if (range.isEmpty()) {
      refuse("mvcc: watcher range is empty");
    } else if (wanted.getWatchId() != 0 && watches.containsKey(wanted.getWatchId())) {
      refuse("mvcc: duplicate watch ID provided on the WatchStream");
    } else if (wanted.getStartRevision() < 0) {
      refuse("mvcc: required revision has been compacted");
    } else if (watches.size() >= WATCHES_MAX) {
      refuse(ApiError.TOO_MANY_REQUESTS.text());
    } else {
      create(wanted, range);
    }
  }

  private void create(WatchCreateRequest wanted, KeyRange range) {
    long id = wanted.getWatchId() == 0 ? freeId() : wanted.getWatchId();
    Watch watch = new Watch(id, wanted, this);
    watches.put(id, watch);
    // Nothing is offered before this returns, so `created` comes before the events.
    watch.start(feed, range, wanted.getStartRevision());
    send(answer(id).setCreated(true));
  }

  private static Bytes bytes(WatchCreateRequest request) {
    return KvRequests.bytes(request.getKey());
  }

  private long freeId() {
    while (watches.containsKey(nextId)) {
      nextId++;
    }
    return nextId++;
  }

  private void refuse(String reason) {
    send(answer(NO_WATCH).setCreated(true).setCanceled(true).setCancelReason(reason));
  }

  private void cancel(long id) {
    Watch watch = watches.remove(id);
    if (watch != null) {
      watch.stop(feed);
      send(answer(id).setCanceled(true));
    }
  }

  /** Only if all watches are in step; otherwise the client asks again. */
  private void answerProgress() {
    if (watches.values().stream().allMatch(Watch::isSynced)) {
      send(answer(NO_WATCH));
    }
  }

  private void notifyProgress() {
    for (Watch watch : watches.values()) {
      if (watch.owesProgress(feed.revision())) {
        send(answer(watch.id()));
      }
    }
  }

  /** A watch's next revision is compacted: it has ended. etcd's header has no revision here. */
  void compacted(long id, long compactRevision) {
    watches.remove(id);
    send(
        WatchResponse.newBuilder()
            .setHeader(responses.headerWithoutRevision(door.state()))
            .setWatchId(id)
            .setCanceled(true)
            .setCompactRevision(compactRevision));
  }

  /**
   * Sends the events of one revision.
   *
   * @return whether the client can be sent more at once
   */
  boolean sendEvents(long revision, WatchResponse.Builder response, boolean isFragmented) {
    response.setHeader(responses.header(door.state(), revision));
    if (!isFragmented) {
      return send(response);
    }
    boolean isWritable = true;
    for (WatchResponse part : Fragments.of(response.build(), settings.maxMessageBytes())) {
      isWritable = stream.send(part);
    }
    return isWritable;
  }

  /** Cuts the stream, and with it ends all its watches: one of them cannot go on. */
  void abort() {
    stream.abort();
  }

  private WatchResponse.Builder answer(long id) {
    return WatchResponse.newBuilder()
        .setHeader(responses.header(door.state(), feed.revision()))
        .setWatchId(id);
  }

  private boolean send(WatchResponse.Builder response) {
    return stream.send(response.build());
  }

  /** The stream stays: etcd serves it until the connection ends. */
  @Override
  public void halfClosed() {}

  @Override
  public void writable() {
    List<Watch> stalled = new ArrayList<>(watches.values());
    stalled.forEach(watch -> watch.resume(feed));
  }

  @Override
  public void closed() {
    vertx.cancelTimer(progressTimer);
    watches.values().forEach(watch -> watch.stop(feed));
    watches.clear();
  }

  static boolean hasFilter(WatchCreateRequest request, FilterType filter) {
    return request.getFiltersList().contains(filter);
  }
}
