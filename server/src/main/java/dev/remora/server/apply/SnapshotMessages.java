package dev.remora.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.apply.proto.SnapshotAction;
import dev.remora.server.apply.proto.SnapshotAlarm;
import dev.remora.server.apply.proto.SnapshotAuth;
import dev.remora.server.apply.proto.SnapshotConf;
import dev.remora.server.apply.proto.SnapshotDirectory;
import dev.remora.server.apply.proto.SnapshotMember;
import dev.remora.server.apply.proto.SnapshotPermission;
import dev.remora.server.apply.proto.SnapshotRecord;
import dev.remora.server.apply.proto.SnapshotRole;
import dev.remora.server.apply.proto.SnapshotUser;
import dev.remora.server.apply.proto.SnapshotVersion;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Permission;
import dev.remora.server.auth.Role;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.raft.ConfState;
import dev.remora.server.tree.Directory;
import java.util.ArrayList;
import java.util.List;

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

  /** The records of the auth state; none of one that was never changed. */
  static List<SnapshotRecord> records(AuthState auth) {
    if (auth.isEmpty()) {
      return List.of();
    }
    List<SnapshotRecord> records = new ArrayList<>();
    records.add(
        SnapshotRecord.newBuilder()
            .setAuth(
                SnapshotAuth.newBuilder()
                    .setEnabled(auth.isEnabled())
                    .setRevision(auth.revision())
                    .setConfiguredByV2(auth.isConfiguredByV2())
                    .setSecret(wire(auth.secret())))
            .build());
    for (User user : auth.users().values()) {
      SnapshotUser message =
          SnapshotUser.newBuilder()
              .setName(user.name())
              .setHash(wire(user.hash()))
              .addAllRoles(user.roles())
              .build();
      records.add(SnapshotRecord.newBuilder().setUser(message).build());
    }
    for (Role role : auth.roles().values()) {
      records.add(SnapshotRecord.newBuilder().setRole(message(role)).build());
    }
    return records;
  }

  private static SnapshotRole message(Role role) {
    return SnapshotRole.newBuilder()
        .setName(role.name())
        .setEdited(role.isEdited())
        .addAllReads(role.reads().stream().map(SnapshotMessages::wire).toList())
        .addAllWrites(role.writes().stream().map(SnapshotMessages::wire).toList())
        .addAllRanges(role.ranges().stream().map(SnapshotMessages::message).toList())
        .build();
  }

  private static SnapshotPermission message(Permission permission) {
    return SnapshotPermission.newBuilder()
        .setKind(SnapshotPermission.Kind.valueOf(permission.kind().name()))
        .setKey(wire(permission.key()))
        .setRangeEnd(wire(permission.rangeEnd()))
        .build();
  }

  /** Throws {@link IllegalArgumentException} for what is no user. */
  static User user(SnapshotUser message) {
    return new User(message.getName(), bytes(message.getHash()), message.getRolesList());
  }

  /** Throws {@link IllegalArgumentException} for what is no role. */
  static Role role(SnapshotRole message) {
    return new Role(
        message.getName(),
        message.getReadsList().stream().map(SnapshotMessages::bytes).toList(),
        message.getWritesList().stream().map(SnapshotMessages::bytes).toList(),
        message.getEdited(),
        message.getRangesList().stream().map(SnapshotMessages::permission).toList());
  }

  private static Permission permission(SnapshotPermission message) {
    return new Permission(
        Permission.Kind.valueOf(message.getKind().name()),
        bytes(message.getKey()),
        bytes(message.getRangeEnd()));
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
