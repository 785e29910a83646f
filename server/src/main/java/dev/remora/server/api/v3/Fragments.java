package dev.remora.server.api.v3;

import com.google.protobuf.CodedOutputStream;
import dev.remora.server.api.v3.proto.Event;
import dev.remora.server.api.v3.proto.WatchResponse;
import java.util.ArrayList;
import java.util.List;

/** Splits watch responses that are too large, for clients that asked for it. */
final class Fragments {
  private Fragments() {}

  /**
   * The parts of a response, in order: all but the last are marked, each is smaller than the bound
   * in its binary form unless a single event is not. An event is never split.
   */
  static List<WatchResponse> of(WatchResponse whole, int bytesMax) {
    if (whole.getSerializedSize() < bytesMax || whole.getEventsCount() < 2) {
      return List.of(whole);
    }
    WatchResponse empty = whole.toBuilder().clearEvents().setFragment(true).build();
    List<WatchResponse> parts = new ArrayList<>();
    WatchResponse.Builder part = empty.toBuilder();
    int size = empty.getSerializedSize();
    for (Event event : whole.getEventsList()) {
      int added = CodedOutputStream.computeMessageSize(WatchResponse.EVENTS_FIELD_NUMBER, event);
      if (part.getEventsCount() > 0 && size + added >= bytesMax) {
        parts.add(part.build());
        part = empty.toBuilder();
        size = empty.getSerializedSize();
      }
      part.addEvents(event);
      size += added;
    }
    parts.add(part.setFragment(false).build());
    return parts;
  }
}
