package dev.remora.server.simulation;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;

/** Bugs at a core's door: what it hears is made to look right, or what it says is done wrongly. */
final class MessageMutants {
  private MessageMutants() {}

  /** A member counts its own vote, and its own log when an entry commits, before its disk has. */
  static final class OwnAckEarly extends Seams {
    @Override
    Ready taken(SimMember member, Ready ready) {
      List<Message> now = new ArrayList<>(ready.now());
      List<Message> afterDurable = new ArrayList<>();
      for (Message message : ready.afterDurable()) {
        (message.to() == member.id ? now : afterDurable).add(message);
      }
      return with(ready, now, afterDurable);
    }
  }

  /** A leader tells in its heartbeats what is committed, though the follower may not have it. */
  static final class BoldHeartbeats extends Seams {
    @Override
    Ready taken(SimMember member, Ready ready) {
      long commit = ready.hard() == null ? member.shadow.hard.commit() : ready.hard().commit();
      List<Message> now =
          ready.now().stream()
              .map(message ->
                  message instanceof Message.Heartbeat beat
                      ? new Message.Heartbeat(
                          beat.from(), beat.to(), beat.term(), commit, beat.readPosition())
                      : message)
              .toList();
      return with(ready, now, ready.afterDurable());
    }
  }

  /** Appends of leaders of earlier terms are taken. */
  static final class OldAppendTaken extends Seams {
    @Override
    Message received(SimMember member, Message message) {
      long term = member.server().term();
      return message instanceof Message.Append append && append.term() < term
          ? new Message.Append(
              append.from(),
              append.to(),
              term,
              append.prevIndex(),
              append.prevTerm(),
              append.commit(),
              append.entries(),
              append.readPosition())
          : message;
    }
  }

  /** Votes are given whatever the candidate's log lacks. */
  static final class AnyLogElected extends Seams {
    @Override
    Message received(SimMember member, Message message) {
      return message instanceof Message.VoteRequest request
          ? new Message.VoteRequest(
              request.from(),
              request.to(),
              request.term(),
              Long.MAX_VALUE,
              Long.MAX_VALUE,
              request.isPre(),
              request.isTransfer())
          : message;
    }
  }

  /** A snapshot brings entries' effects, but not the configuration. */
  static final class SnapshotKeepsConf extends Seams {
    @Override
    Message received(SimMember member, Message message) {
      ConfState conf = member.shadow.conf;
      return message instanceof Message.Snapshot snapshot && conf.has(member.id)
          ? new Message.Snapshot(
              snapshot.from(),
              snapshot.to(),
              snapshot.term(),
              new SnapshotMeta(snapshot.meta().index(), snapshot.meta().term(), conf))
          : message;
    }
  }

  private static Ready with(Ready ready, List<Message> now, List<Message> afterDurable) {
    return new Ready(
        ready.hard(),
        ready.mustSync(),
        ready.install(),
        ready.append(),
        now,
        afterDurable,
        ready.ack(),
        ready.apply(),
        ready.reads(),
        ready.soft());
  }
}
