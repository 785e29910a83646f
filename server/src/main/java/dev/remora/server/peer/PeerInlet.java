package dev.remora.server.peer;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.server.peer.proto.Hello;
import dev.remora.server.peer.proto.LeaderQuestionMessage;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.SnapshotOffer;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Greeting;
import dev.remora.server.replica.LeaderQuestion;
import dev.remora.server.replica.LeaderReply;
import dev.remora.server.replica.PeerListener;
import dev.remora.server.replica.StateClaim;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** What comes in over one connection that another member has opened. */
final class PeerInlet {
  /** How digests of states are made here; what is made otherwise does not compare. */
  static final int DIGEST_FORMAT = 1;

  private final int format;
  private final long member;
  private final PeerListener listener;
  private final BiPredicate<Greeting, Optional<SnapshotOffer>> admits;
  private final Consumer<List<String>> introduces;
  private final Frames frames = new Frames();

  /** Who sends here; 0 before it has said so and was admitted. */
  private long peer;

  /** Whether nothing more is listened to. */
  private boolean isDone;

  /** What came with this read for consensus. */
  private List<Message> messages = new ArrayList<>();

  /**
   * Begins.
   *
   * @param member the member that this is
   * @param admits whether the one that says this of itself, and may offer a snapshot, is listened
   *     to; answers it, too
   * @param introduces answers who asks which member it is that is reached at these URLs
   */
  PeerInlet(
      int format,
      long member,
      PeerListener listener,
      BiPredicate<Greeting, Optional<SnapshotOffer>> admits,
      Consumer<List<String>> introduces) {
    this.format = format;
    this.member = member;
    this.listener = listener;
    this.admits = admits;
    this.introduces = introduces;
  }

  /** Who sends here; 0 before it was admitted. */
  long peer() {
    return peer;
  }

  /** Whether it has said who it is, whatever became of that. */
  boolean hasGreeted() {
    return peer != 0 || isDone;
  }

  /**
   * Takes what one read of the socket brought.
   *
   * @throws InvalidFrameException if the connection is to be closed
   */
  void take(Buffer bytes) throws InvalidFrameException {
    List<byte[]> contents = new ArrayList<>();
    frames.take(bytes, contents::add);
    for (byte[] content : contents) {
      if (!isDone) {
        take(parse(content));
      }
    }
    deliver();
  }

  private static PeerMessage parse(byte[] content) throws InvalidFrameException {
    try {
      return PeerMessage.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidFrameException("not a message of a member: " + e.getMessage());
    }
  }

  private void take(PeerMessage message) throws InvalidFrameException {
    if (peer == 0) {
      greet(message);
      return;
    }
    if (message.getFrom() != peer || message.getTo() != member) {
      throw new InvalidFrameException(
          "a message from %x to %x on the connection of %x"
              .formatted(message.getFrom(), message.getTo(), peer));
    }
    switch (message.getBodyCase()) {
      case PING -> {}
      case LEADER_QUESTION -> {
        var question = message.getLeaderQuestion();
        listener.asked(
            peer,
            new LeaderQuestion(question.getToken(), kind(question.getKind()), question.getId()));
      }
      case LEADER_REPLY -> {
        var reply = message.getLeaderReply();
        listener.answered(
            new LeaderReply(
                reply.getToken(),
                reply.getKnown() ? Optional.of(reply.getSeconds()) : Optional.empty()));
      }
      case DIGEST -> {
        var digest = message.getDigest();
        if (digest.getFormat() == DIGEST_FORMAT) {
          listener.told(peer, new StateClaim(digest.getIndex(), digest.getDigest()));
        }
      }
      default -> messages.add(MessageCodec.decode(message));
    }
  }

  private static LeaderQuestion.Kind kind(LeaderQuestionMessage.Kind kind)
      throws InvalidFrameException {
    return switch (kind) {
      case TIME_TO_LIVE -> LeaderQuestion.Kind.TIME_TO_LIVE;
      case KEEP_ALIVE -> LeaderQuestion.Kind.KEEP_ALIVE;
      case IN_SYNC -> LeaderQuestion.Kind.IN_SYNC;
      case UNRECOGNIZED -> throw new InvalidFrameException("a question of an unknown kind");
    };
  }

  private void deliver() {
    if (!messages.isEmpty()) {
      List<Message> delivered = messages;
      messages = new ArrayList<>();
      listener.received(delivered);
    }
  }

  private void greet(PeerMessage message) throws InvalidFrameException {
    if (message.hasJoinQuestion()) {
      checkFormat(message.getJoinQuestion().getFormat());
      isDone = true;
      introduces.accept(message.getJoinQuestion().getPeerUrlsList());
      return;
    }
    if (!message.hasHello() || message.getFrom() == 0) {
      throw new InvalidFrameException("a connection that does not begin with who opens it");
    }
    Hello hello = message.getHello();
    checkFormat(hello.getFormat());
    if (message.getTo() != member) {
      throw new InvalidFrameException(
          "member %x looks for member %x; this is member %x"
              .formatted(message.getFrom(), message.getTo(), member));
    }
    checkUrls(hello.getPeerUrlsList());
    Greeting greeting =
        new Greeting(
            hello.getCluster(),
            message.getFrom(),
            hello.getIncarnation(),
            hello.getBoot(),
            message.getTerm(),
            hello.getLastIndex(),
            hello.getPeerUrlsList());
    Optional<SnapshotOffer> offer =
        hello.hasSnapshot() ? Optional.of(hello.getSnapshot()) : Optional.empty();
    if (admits.test(greeting, offer)) {
      peer = message.getFrom();
    } else {
      isDone = true;
    }
  }

  private static void checkUrls(List<String> peerUrls) throws InvalidFrameException {
    try {
      if (!peerUrls.isEmpty()) {
        PeerAddress.all(peerUrls);
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidFrameException("peer URLs that lead nowhere: " + e.getMessage());
    }
  }

  private void checkFormat(int its) throws InvalidFrameException {
    if (its != format) {
      throw new InvalidFrameException("format " + its + ", this member speaks " + format);
    }
  }
}
