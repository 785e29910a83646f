package dev.remora.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.peer.proto.Hello;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What members write to each other is read back, and nothing else is. */
final class FramesTest {
  private static final Payload PAYLOAD = Payload.of(new byte[] {1, 2, 3});
  private final List<Message> received = new ArrayList<>();
  private final PeerInlet inlet =
      new PeerInlet(
          1, 2, new Recorder(received), (greeting, _) -> greeting.cluster() == 77, _ -> {});

  static Stream<Message> messages() {
    return Stream.of(
        new Message.Append(1, 2, 7, 10, 6, 9, List.of(), 5),
        new Message.Append(
            1,
            2,
            7,
            10,
            6,
            9,
            List.of(
                new Entry(6, 11, Payload.EMPTY), new Entry(7, 12, EntryKind.CONF_CHANGE, PAYLOAD)),
            0),
        new Message.AppendResponse(1, 2, 7, 11, false, 0, 0, 3),
        new Message.AppendResponse(1, 2, 7, 11, true, 9, 5, 0),
        new Message.Heartbeat(1, 2, 7, 9, 4),
        new Message.HeartbeatResponse(1, 2, 7, 4),
        new Message.VoteRequest(1, 2, 7, 11, 6, true, false),
        new Message.VoteRequest(1, 2, 7, 11, 6, false, true),
        new Message.VoteResponse(1, 2, 7, true, true),
        new Message.TimeoutNow(1, 2, 7),
        new Message.TransferLeader(1, 2, 7, 3),
        new Message.Propose(1, 2, 0, List.of(new Message.Proposed(EntryKind.CONF_CHANGE, PAYLOAD))),
        new Message.ReadIndex(1, 2, 0, -5),
        new Message.ReadIndexResponse(1, 2, 7, Long.MIN_VALUE, 11));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageComesBackAsItWas(Message message) throws InvalidFrameException {
    assertThat(MessageCodec.decode(MessageCodec.encode(message))).isEqualTo(message);
  }

  @Test
  void theStreamMayBeCutAnywhere() throws InvalidFrameException {
    Buffer stream = hello(77, 1, 2);
    messages().forEach(message -> stream.appendBuffer(frame(message)));
    Random random = new Random(1);
    for (int at = 0; at < stream.length(); ) {
      int end = Math.min(stream.length(), at + 1 + random.nextInt(40));
      inlet.take(stream.slice(at, end).copy());
      at = end;
    }

    assertThat(received).containsExactlyElementsOf(messages().toList());
  }

  @Test
  void everyFlippedBitOfAFrameIsNoticedAtOnce() {
    byte[] frame = frame(new Message.Append(1, 2, 7, 10, 6, 9, List.of(), 5)).getBytes();
    for (int bit = 0; bit < frame.length * 8; bit++) {
      byte[] damaged = frame.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> new Frames().take(Buffer.buffer(damaged), _ -> {}))
          .as("bit %d", bit)
          .isInstanceOf(InvalidFrameException.class);
    }
  }

  @Test
  void whoLooksForAnotherMemberIsRefused() {
    assertThatThrownBy(() -> inlet.take(hello(77, 1, 3)))
        .isInstanceOf(InvalidFrameException.class)
        .hasMessage("member 1 looks for member 3; this is member 2");
  }

  @Test
  void whoIsNotAdmittedIsNotListenedTo() throws InvalidFrameException {
    Buffer stream = hello(78, 1, 2);
    messages().forEach(message -> stream.appendBuffer(frame(message)));

    inlet.take(stream);
    inlet.take(frame(new Message.TimeoutNow(1, 2, 7)));

    assertThat(received).isEmpty();
  }

  @Test
  void whoDoesNotSayWhoItIsIsRefused() {
    assertThatThrownBy(() -> inlet.take(frame(new Message.TimeoutNow(1, 2, 7))))
        .isInstanceOf(InvalidFrameException.class)
        .hasMessageContaining("does not begin with who opens it");
  }

  @Test
  void aMessageInAnothersNameIsRefused() throws InvalidFrameException {
    inlet.take(hello(77, 1, 2));

    assertThatThrownBy(() -> inlet.take(frame(new Message.TimeoutNow(3, 2, 7))))
        .isInstanceOf(InvalidFrameException.class)
        .hasMessage("a message from 3 to 2 on the connection of 1");
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeItCame() {
    Buffer header = Frames.frame(new byte[Frames.BYTES_MAX + 1]).slice(0, 12).copy();

    assertThatThrownBy(() -> new Frames().take(header, _ -> {}))
        .isInstanceOf(InvalidFrameException.class)
        .hasMessageContaining("a frame of");
  }

  private static Buffer hello(long cluster, long from, long to) {
    PeerMessage hello =
        PeerMessage.newBuilder()
            .setFrom(from)
            .setTo(to)
            .setHello(Hello.newBuilder().setFormat(1).setCluster(cluster))
            .build();
    return Frames.frame(hello.toByteArray());
  }

  private static Buffer frame(Message message) {
    return Frames.frame(MessageCodec.encode(message).toByteArray());
  }
}
