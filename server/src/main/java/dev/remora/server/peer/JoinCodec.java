package dev.remora.server.peer;

import dev.remora.server.peer.proto.JoinAnswer;
import dev.remora.server.peer.proto.JoinMember;
import dev.remora.server.peer.proto.JoinQuestion;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.Refused;
import dev.remora.server.replica.Introduction;
import java.util.List;

/** The two messages by which a member that was added learns who it is. */
final class JoinCodec {
  private JoinCodec() {}

  static PeerMessage question(int format, List<String> peerUrls) {
    return PeerMessage.newBuilder()
        .setJoinQuestion(JoinQuestion.newBuilder().setFormat(format).addAllPeerUrls(peerUrls))
        .build();
  }

  static PeerMessage encode(Introduction introduction) {
    PeerMessage.Builder message = PeerMessage.newBuilder();
    return switch (introduction) {
      case Introduction.Known(long cluster, long member, List<Introduction.Named> members) ->
          message
              .setJoinAnswer(
                  JoinAnswer.newBuilder()
                      .setCluster(cluster)
                      .setMember(member)
                      .addAllMembers(members.stream().map(JoinCodec::message).toList()))
              .build();
      case Introduction.Unknown(String reason) -> refused(message, reason, true);
      case Introduction.Unsure(String reason) -> refused(message, reason, false);
    };
  }

  private static PeerMessage refused(PeerMessage.Builder message, String reason, boolean isFinal) {
    return message.setRefused(Refused.newBuilder().setReason(reason).setFinal(isFinal)).build();
  }

  /** Reads an answer; throws {@link InvalidFrameException} if it is none. */
  static Introduction decode(PeerMessage message) throws InvalidFrameException {
    return switch (message.getBodyCase()) {
      case JOIN_ANSWER -> {
        JoinAnswer answer = message.getJoinAnswer();
        yield new Introduction.Known(
            answer.getCluster(),
            answer.getMember(),
            answer.getMembersList().stream()
                .map(member -> new Introduction.Named(member.getName(), member.getPeerUrlsList()))
                .toList());
      }
      case REFUSED ->
          message.getRefused().getFinal()
              ? new Introduction.Unknown(message.getRefused().getReason())
              : new Introduction.Unsure(message.getRefused().getReason());
      default -> throw new InvalidFrameException("no answer to who wants to join: " + message);
    };
  }

  private static JoinMember message(Introduction.Named member) {
    return JoinMember.newBuilder().setName(member.name()).addAllPeerUrls(member.peerUrls()).build();
  }
}
