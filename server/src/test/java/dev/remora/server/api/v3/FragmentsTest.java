package dev.remora.server.api.v3;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.remora.server.api.v3.proto.Event;
import dev.remora.server.api.v3.proto.KeyValue;
import dev.remora.server.api.v3.proto.WatchResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FragmentsTest {
  private static final int BYTES_MAX = 1_000;

  @Test
  void aResponseBelowTheBoundIsWhole() {
    WatchResponse whole = response(3, 100);

    assertThat(Fragments.of(whole, BYTES_MAX)).containsExactly(whole);
  }

  @Test
  void allPartsButTheLastAreMarkedAndSmallerThanTheBound() {
    WatchResponse whole = response(25, 100);

    List<WatchResponse> parts = Fragments.of(whole, BYTES_MAX);

    assertThat(parts).hasSizeGreaterThan(2);
    assertThat(parts).allMatch(part -> part.getSerializedSize() < BYTES_MAX);
    assertThat(parts.subList(0, parts.size() - 1)).allMatch(WatchResponse::getFragment);
    assertThat(parts.getLast().getFragment()).isFalse();
    assertThat(parts.stream().flatMap(part -> part.getEventsList().stream()).toList())
        .isEqualTo(whole.getEventsList());
    assertThat(parts).allMatch(part -> part.getWatchId() == whole.getWatchId());
  }

  @Test
  void anEventIsNeverSplit() {
    WatchResponse whole = response(2, 5_000);

    assertThat(Fragments.of(whole, BYTES_MAX)).hasSize(2);
    assertThat(Fragments.of(response(1, 5_000), BYTES_MAX)).hasSize(1);
  }

  private static WatchResponse response(int events, int valueBytes) {
    WatchResponse.Builder response = WatchResponse.newBuilder().setWatchId(7);
    for (int i = 0; i < events; i++) {
      response.addEvents(
          Event.newBuilder()
              .setKv(
                  KeyValue.newBuilder()
                      .setModRevision(i)
                      .setValue(ByteString.copyFrom(new byte[valueBytes]))));
    }
    return response.build();
  }
}
