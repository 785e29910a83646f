package dev.remora.server.raft.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.Payload;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfChangeCodecTest {
  private static final ConfChange ALL =
      new ConfChange(
          Transition.JOINT_EXPLICIT,
          Arrays.stream(ConfChange.Type.values())
              .map(type -> new Change(type, Long.MIN_VALUE + 1))
              .toList(),
          Payload.of(new byte[] {1, 2, 3}));

  @Test
  void whatIsWrittenIsReadAgain() {
    ConfChange leave = new ConfChange(Transition.AUTO, List.of(), Payload.EMPTY);

    assertThat(ConfChangeCodec.decode(ConfChangeCodec.encode(ALL))).isEqualTo(ALL);
    assertThat(ConfChangeCodec.decode(ConfChangeCodec.encode(leave))).isEqualTo(leave);
  }

  @Test
  void whatIsCutOffIsRefused() {
    byte[] whole = ConfChangeCodec.encode(ALL).array();
    int contextBytes = 3;
    for (int length = 0; length < whole.length - contextBytes; length++) {
      Payload cut = Payload.of(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> ConfChangeCodec.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
