package dev.remora.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.raft.Message;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What comes in over one connection that another member has opened. */
final class PeerInlet {
  private final int format;
  private final long cluster;
  private final long member;
  private final Consumer<List<Message>> receiver;
  private final Frames frames = new Frames();

  /** Who sends here; 0 before it has said so. */
  private long peer;

  PeerInlet(int format, long cluster, long member, Consumer<List<Message>> receiver) {
    this.format = format;
    this.cluster = cluster;
    this.member = member;
    this.receiver = receiver;
  }

  /**
   * Takes what one read of the socket brought.
   *
   * @throws InvalidFrameException if the connection is to be closed
   */
  void take(Buffer bytes) throws InvalidFrameException {
    List<byte[]> contents = new ArrayList<>();
    frames.take(bytes, contents::add);
    List<Message> messages = new ArrayList<>(contents.size());
    for (byte[] content : contents) {
      if (peer == 0) {
        greet(content);
      } else {
        messages.add(check(MessageCodec.decode(content)));
      }
    }
    if (!messages.isEmpty()) {
      receiver.accept(messages);
    }
  }

  private void greet(byte[] content) throws InvalidFrameException {
    PeerMessage message;
    try {
      message = PeerMessage.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidFrameException("not a message of a member: " + e.getMessage());
    }
    if (!message.hasHello() || message.getFrom() == 0) {
      throw new InvalidFrameException("a connection that does not begin with who opens it");
    }
    if (message.getHello().getFormat() != format) {
      throw new InvalidFrameException(
          "format " + message.getHello().getFormat() + ", this member speaks " + format);
    }
    if (message.getHello().getCluster() != cluster || message.getTo() != member) {
      throw new InvalidFrameException(
          "member %x of cluster %x looks for member %x; this is member %x of cluster %x"
              .formatted(
                  message.getFrom(),
                  message.getHello().getCluster(),
                  message.getTo(),
                  member,
                  cluster));
    }
    peer = message.getFrom();
  }

  private Message check(Message message) throws InvalidFrameException {
    if (message.from() != peer || message.to() != member) {
      throw new InvalidFrameException(
          "a message from %x to %x on the connection of %x"
              .formatted(message.from(), message.to(), peer));
    }
    return message;
  }
}
