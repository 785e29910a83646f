package dev.remora.server.peer;

import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.peer.proto.AppendMessage;
import dev.remora.server.peer.proto.AppendResponseMessage;
import dev.remora.server.peer.proto.EntryMessage;
import dev.remora.server.peer.proto.HeartbeatMessage;
import dev.remora.server.peer.proto.HeartbeatResponseMessage;
import dev.remora.server.peer.proto.Kind;
import dev.remora.server.peer.proto.PeerMessage;
import dev.remora.server.peer.proto.ProposeMessage;
import dev.remora.server.peer.proto.ReadIndexMessage;
import dev.remora.server.peer.proto.ReadIndexResponseMessage;
import dev.remora.server.peer.proto.TimeoutNowMessage;
import dev.remora.server.peer.proto.TransferLeaderMessage;
import dev.remora.server.peer.proto.VoteRequestMessage;
import dev.remora.server.peer.proto.VoteResponseMessage;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import java.util.ArrayList;
import java.util.List;

/** Raft's messages as messages of {@code peer.proto}, and back. */
final class MessageCodec {
  private MessageCodec() {}

  /**
   * Writes a message.
   *
   * @throws IllegalArgumentException if it is a snapshot, which travels otherwise
   */
  static PeerMessage encode(Message message) {
    PeerMessage.Builder encoded =
        PeerMessage.newBuilder()
            .setFrom(message.from())
            .setTo(message.to())
            .setTerm(message.term());
    switch (message) {
      case Message.Append append -> encoded.setAppend(encode(append));
      case Message.AppendResponse answer ->
          encoded.setAppendResponse(
              AppendResponseMessage.newBuilder()
                  .setIndex(answer.index())
                  .setRejected(answer.rejected())
                  .setHintIndex(answer.hintIndex())
                  .setHintTerm(answer.hintTerm())
                  .setReadPosition(answer.readPosition()));
      case Message.Heartbeat beat ->
          encoded.setHeartbeat(
              HeartbeatMessage.newBuilder()
                  .setCommit(beat.commit())
                  .setReadPosition(beat.readPosition()));
      case Message.HeartbeatResponse answer ->
          encoded.setHeartbeatResponse(
              HeartbeatResponseMessage.newBuilder().setReadPosition(answer.readPosition()));
      case Message.VoteRequest request ->
          encoded.setVoteRequest(
              VoteRequestMessage.newBuilder()
                  .setLastIndex(request.lastIndex())
                  .setLastTerm(request.lastTerm())
                  .setPre(request.isPre())
                  .setTransfer(request.isTransfer()));
      case Message.VoteResponse answer ->
          encoded.setVoteResponse(
              VoteResponseMessage.newBuilder()
                  .setPre(answer.isPre())
                  .setRejected(answer.rejected()));
      case Message.TimeoutNow _ -> encoded.setTimeoutNow(TimeoutNowMessage.getDefaultInstance());
      case Message.TransferLeader transfer ->
          encoded.setTransferLeader(
              TransferLeaderMessage.newBuilder().setTarget(transfer.target()));
      case Message.Propose propose -> encoded.setPropose(encode(propose));
      case Message.ReadIndex read ->
          encoded.setReadIndex(ReadIndexMessage.newBuilder().setToken(read.token()));
      case Message.ReadIndexResponse answer ->
          encoded.setReadIndexResponse(
              ReadIndexResponseMessage.newBuilder()
                  .setToken(answer.token())
                  .setIndex(answer.index()));
      case Message.Snapshot _ ->
          throw new IllegalArgumentException("a snapshot does not travel as a message");
    }
    return encoded.build();
  }

  private static AppendMessage encode(Message.Append append) {
    AppendMessage.Builder encoded =
        AppendMessage.newBuilder()
            .setPrevIndex(append.prevIndex())
            .setPrevTerm(append.prevTerm())
            .setCommit(append.commit())
            .setReadPosition(append.readPosition());
    for (Entry entry : append.entries()) {
      encoded.addEntries(entry(entry.term(), entry.kind(), entry.payload()));
    }
    return encoded.build();
  }

  private static ProposeMessage encode(Message.Propose propose) {
    ProposeMessage.Builder encoded = ProposeMessage.newBuilder();
    for (Message.Proposed proposed : propose.proposals()) {
      encoded.addProposals(entry(0, proposed.kind(), proposed.payload()));
    }
    return encoded.build();
  }

  private static EntryMessage entry(long term, EntryKind kind, Payload payload) {
    return EntryMessage.newBuilder()
        .setTerm(term)
        .setKind(
            switch (kind) {
              case COMMAND -> Kind.COMMAND;
              case CONF_CHANGE -> Kind.CONF_CHANGE;
            })
        .setPayload(UnsafeByteOperations.unsafeWrap(payload.array()))
        .build();
  }

  /**
   * Reads a message.
   *
   * @throws InvalidFrameException if it is none, or one that cannot be
   */
  static Message decode(PeerMessage message) throws InvalidFrameException {
    try {
      return decodeBody(message);
    } catch (IllegalArgumentException e) {
      throw new InvalidFrameException("not a message of a member: " + e.getMessage());
    }
  }

  private static Message decodeBody(PeerMessage message) throws InvalidFrameException {
    long from = message.getFrom();
    long to = message.getTo();
    long term = message.getTerm();
    return switch (message.getBodyCase()) {
      case APPEND -> append(from, to, term, message.getAppend());
      case APPEND_RESPONSE -> {
        AppendResponseMessage answer = message.getAppendResponse();
        yield new Message.AppendResponse(
            from,
            to,
            term,
            answer.getIndex(),
            answer.getRejected(),
            answer.getHintIndex(),
            answer.getHintTerm(),
            answer.getReadPosition());
      }
      case HEARTBEAT ->
          new Message.Heartbeat(
              from,
              to,
              term,
              message.getHeartbeat().getCommit(),
              message.getHeartbeat().getReadPosition());
      case HEARTBEAT_RESPONSE ->
          new Message.HeartbeatResponse(
              from, to, term, message.getHeartbeatResponse().getReadPosition());
      case VOTE_REQUEST -> {
        VoteRequestMessage request = message.getVoteRequest();
        yield new Message.VoteRequest(
            from,
            to,
            term,
            request.getLastIndex(),
            request.getLastTerm(),
            request.getPre(),
            request.getTransfer());
      }
      case VOTE_RESPONSE ->
          new Message.VoteResponse(
              from,
              to,
              term,
              message.getVoteResponse().getPre(),
              message.getVoteResponse().getRejected());
      case TIMEOUT_NOW -> new Message.TimeoutNow(from, to, term);
      case TRANSFER_LEADER ->
          new Message.TransferLeader(from, to, term, message.getTransferLeader().getTarget());
      case PROPOSE -> propose(from, to, term, message.getPropose());
      case READ_INDEX -> new Message.ReadIndex(from, to, term, message.getReadIndex().getToken());
      case READ_INDEX_RESPONSE ->
          new Message.ReadIndexResponse(
              from,
              to,
              term,
              message.getReadIndexResponse().getToken(),
              message.getReadIndexResponse().getIndex());
      case HELLO,
          WELCOME,
          REFUSED,
          PING,
          DIGEST,
          LEADER_QUESTION,
          LEADER_REPLY,
          JOIN_QUESTION,
          JOIN_ANSWER,
          SNAPSHOT_ARRIVED,
          BODY_NOT_SET ->
          throw new InvalidFrameException("a frame of " + message.getBodyCase());
    };
  }

  private static Message append(long from, long to, long term, AppendMessage append)
      throws InvalidFrameException {
    List<Entry> entries = new ArrayList<>(append.getEntriesCount());
    long index = append.getPrevIndex();
    for (EntryMessage entry : append.getEntriesList()) {
      entries.add(new Entry(entry.getTerm(), ++index, kind(entry), payload(entry)));
    }
    return new Message.Append(
        from,
        to,
        term,
        append.getPrevIndex(),
        append.getPrevTerm(),
        append.getCommit(),
        entries,
        append.getReadPosition());
  }

  private static Message propose(long from, long to, long term, ProposeMessage propose)
      throws InvalidFrameException {
    List<Message.Proposed> proposals = new ArrayList<>(propose.getProposalsCount());
    for (EntryMessage entry : propose.getProposalsList()) {
      proposals.add(new Message.Proposed(kind(entry), payload(entry)));
    }
    return new Message.Propose(from, to, term, proposals);
  }

  private static EntryKind kind(EntryMessage entry) throws InvalidFrameException {
    return switch (entry.getKind()) {
      case COMMAND -> EntryKind.COMMAND;
      case CONF_CHANGE -> EntryKind.CONF_CHANGE;
      case UNRECOGNIZED ->
          throw new InvalidFrameException("an entry of kind " + entry.getKindValue());
    };
  }

  private static Payload payload(EntryMessage entry) {
    return Payload.of(entry.getPayload().toByteArray());
  }
}
