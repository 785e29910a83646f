package dev.remora.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.apply.proto.SnapshotAction;
import dev.remora.server.apply.proto.SnapshotAlarm;
import dev.remora.server.apply.proto.SnapshotConf;
import dev.remora.server.apply.proto.SnapshotDirectory;
import dev.remora.server.apply.proto.SnapshotMember;
import dev.remora.server.apply.proto.SnapshotVersion;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.raft.ConfState;
import dev.remora.server.tree.Directory;

/** The parts of a state as messages of {@code snapshot.proto}, and back. */
final class SnapshotMessages {
  /** The place of what never was. */
  static final long NO_VERSION = -1;

  private SnapshotMessages() {}

  static SnapshotConf of(ConfState conf) {
    return SnapshotConf.newBuilder()
        .addAllVoters(conf.voters())
        .addAllVotersOutgoing(conf.votersOutgoing())
        .addAllLearners(conf.learners())
        .addAllLearnersNext(conf.learnersNext())
        .setAutoLeave(conf.autoLeave())
        .build();
  }

  static ConfState conf(SnapshotConf message) {
    return new ConfState(
        message.getVotersList(),
        message.getVotersOutgoingList(),
        message.getLearnersList(),
        message.getLearnersNextList(),
        message.getAutoLeave());
  }

  static SnapshotMember message(Member member) {
    return SnapshotMember.newBuilder()
        .setId(member.id())
        .setName(member.name())
        .addAllPeerUrls(member.peerUrls())
        .addAllClientUrls(member.clientUrls())
        .setLearner(member.isLearner())
        .setIncarnation(member.incarnation())
        .build();
  }

  /** Throws {@link IllegalArgumentException} for what is no member. */
  static Member member(SnapshotMember message) {
    return new Member(
        message.getId(),
        message.getName(),
        message.getPeerUrlsList(),
        message.getClientUrlsList(),
        message.getLearner(),
        message.getIncarnation());
  }

  static SnapshotVersion message(Version version) {
    SnapshotVersion.Builder message =
        SnapshotVersion.newBuilder()
            .setKey(wire(version.key()))
            .setValue(wire(version.value()))
            .setCreateRevision(version.createRevision())
            .setModRevision(version.modRevision())
            .setSub(version.sub())
            .setVersion(version.version())
            .setLease(version.lease())
            .setCreatedIndex(version.createdIndex())
            .setAction(message(version.action()))
            .setShown(version.isShown())
            .setSequence(version.sequence());
    if (version.isExpiring()) {
      message.setExpiration(version.expiration());
    }
    if (version.previous() != NO_VERSION) {
      message.setPrevious(version.previous());
    }
    return message.build();
  }

  static Version version(SnapshotVersion message) {
    return new Version(
        bytes(message.getKey()),
        bytes(message.getValue()),
        message.getCreateRevision(),
        message.getModRevision(),
        message.getSub(),
        message.getVersion(),
        message.getLease(),
        message.getCreatedIndex(),
        message.hasExpiration() ? message.getExpiration() : Version.PERMANENT,
        action(message.getAction()),
        message.getShown(),
        message.getSequence(),
        message.hasPrevious() ? message.getPrevious() : NO_VERSION);
  }

  static SnapshotDirectory message(
      Bytes path, long createdIndex, long modifiedIndex, long expiration) {
    SnapshotDirectory.Builder message =
        SnapshotDirectory.newBuilder()
            .setPath(wire(path))
            .setCreatedIndex(createdIndex)
            .setModifiedIndex(modifiedIndex);
    if (expiration != Version.PERMANENT) {
      message.setExpiration(expiration);
    }
    return message.build();
  }

  static Directory directory(SnapshotDirectory message) {
    return new Directory(
        bytes(message.getPath()),
        message.getCreatedIndex(),
        message.getModifiedIndex(),
        message.hasExpiration() ? message.getExpiration() : Version.PERMANENT);
  }

  static SnapshotAlarm message(Alarm alarm) {
    return SnapshotAlarm.newBuilder()
        .setMember(alarm.member())
        .setKind(SnapshotAlarm.Kind.valueOf(alarm.kind().name()))
        .build();
  }

  /** Throws {@link IllegalArgumentException} for a kind of a later version. */
  static Alarm alarm(SnapshotAlarm message) {
    return new Alarm(message.getMember(), Alarm.Kind.valueOf(message.getKind().name()));
  }

  static SnapshotAction message(Action action) {
    return SnapshotAction.valueOf(action.name());
  }

  /** Throws {@link IllegalArgumentException} for an action of a later version. */
  static Action action(SnapshotAction message) {
    return Action.valueOf(message.name());
  }

  static ByteString wire(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  static Bytes bytes(ByteString wire) {
    return Bytes.wrap(wire.toByteArray());
  }
}
