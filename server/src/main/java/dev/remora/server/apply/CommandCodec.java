package dev.remora.server.apply;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.remora.server.apply.proto.AddMemberEntry;
import dev.remora.server.apply.proto.AlarmEntry;
import dev.remora.server.apply.proto.AuthEntry;
import dev.remora.server.apply.proto.CompactEntry;
import dev.remora.server.apply.proto.CompareEntry;
import dev.remora.server.apply.proto.DeleteRangeEntry;
import dev.remora.server.apply.proto.ExpireEntry;
import dev.remora.server.apply.proto.LeaseGrantEntry;
import dev.remora.server.apply.proto.LeaseRevokeEntry;
import dev.remora.server.apply.proto.MemberEntry;
import dev.remora.server.apply.proto.OperationEntry;
import dev.remora.server.apply.proto.PromoteMemberEntry;
import dev.remora.server.apply.proto.PublishMemberEntry;
import dev.remora.server.apply.proto.PutEntry;
import dev.remora.server.apply.proto.RangeEntry;
import dev.remora.server.apply.proto.RemoveMemberEntry;
import dev.remora.server.apply.proto.StampedEntry;
import dev.remora.server.apply.proto.TreeWriteEntry;
import dev.remora.server.apply.proto.TxnEntry;
import dev.remora.server.apply.proto.UpdateMemberEntry;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Commands as the payload of a log entry: a format byte, a kind byte, the {@link Origin} as three
 * eight-byte numbers, then a message of {@code internal.proto}.
 */
public final class CommandCodec {
  static final byte FORMAT = 1;
  private static final int HEADER_BYTES = 2 + 3 * Long.BYTES;

  private static final byte TREE = 1;
  private static final byte EXPIRE = 2;
  private static final byte PUT = 3;
  private static final byte DELETE_RANGE = 4;
  private static final byte RANGE = 5;
  private static final byte TXN = 6;
  private static final byte COMPACT = 7;
  private static final byte LEASE_GRANT = 8;
  private static final byte LEASE_REVOKE = 9;
  private static final byte ALARM = 10;
  private static final byte ADD_MEMBER = 11;
  private static final byte REMOVE_MEMBER = 12;
  private static final byte PROMOTE_MEMBER = 13;
  private static final byte UPDATE_MEMBER = 14;
  private static final byte PUBLISH_MEMBER = 15;
  private static final byte AUTH = 16;
  private static final byte STAMPED = 17;

  /**
   * Who made a proposal, so that the member that took it can answer when it is applied.
   *
   * @param member the member
   * @param boot a number drawn at each of its starts
   * @param sequence counts its proposals since then
   */
  public record Origin(long member, long boot, long sequence) {}

  /** A payload that was read. */
  public record Proposal(Origin origin, Command command) {}

  private CommandCodec() {}

  /** Writes a payload. */
  public static byte[] encode(Origin origin, Command command) {
    MessageLite body = body(command);
    byte[] bytes = new byte[HEADER_BYTES + body.getSerializedSize()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.put(FORMAT).put(kind(command));
    buffer.putLong(origin.member()).putLong(origin.boot()).putLong(origin.sequence());
    buffer.put(body.toByteArray());
    return bytes;
  }

  /**
   * Reads whose a payload is, which costs less than all of it.
   *
   * @throws IllegalStateException if it is of a format this version does not know
   */
  public static Origin origin(byte[] payload) {
    ByteBuffer buffer = checked(payload);
    buffer.get(); // The kind.
    return origin(buffer);
  }

  /**
   * Reads a payload.
   *
   * @throws IllegalStateException if it is of a format this version does not know, or is not whole
   */
  public static Proposal decode(byte[] payload) {
    ByteBuffer buffer = checked(payload);
    byte kind = buffer.get();
    Origin origin = origin(buffer);
    try {
      ByteString body =
          UnsafeByteOperations.unsafeWrap(payload, HEADER_BYTES, payload.length - HEADER_BYTES);
      return new Proposal(origin, command(kind, body));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("log entry of kind " + kind + " is not whole", e);
    }
  }

  private static Origin origin(ByteBuffer header) {
    return new Origin(header.getLong(), header.getLong(), header.getLong());
  }

  /** What stands behind the format byte. */
  private static ByteBuffer checked(byte[] payload) {
    if (payload.length < HEADER_BYTES || payload[0] != FORMAT) {
      throw new IllegalStateException(
          "log entry of unknown format "
              + (payload.length == 0 ? "(empty)" : payload[0])
              + ": was it written by a newer version?");
    }
    return ByteBuffer.wrap(payload, 1, payload.length - 1);
  }

  private static byte kind(Command command) {
    return switch (command) {
      case Command.Tree _ -> TREE;
      case Command.Expire _ -> EXPIRE;
      case Command.Put _ -> PUT;
      case Command.DeleteRange _ -> DELETE_RANGE;
      case Command.Range _ -> RANGE;
      case Command.Txn _ -> TXN;
      case Command.Compact _ -> COMPACT;
      case Command.LeaseGrant _ -> LEASE_GRANT;
      case Command.LeaseRevoke _ -> LEASE_REVOKE;
      case Command.SetAlarm _ -> ALARM;
      case Command.AddMember _ -> ADD_MEMBER;
      case Command.RemoveMember _ -> REMOVE_MEMBER;
      case Command.PromoteMember _ -> PROMOTE_MEMBER;
      case Command.UpdateMember _ -> UPDATE_MEMBER;
      case Command.PublishMember _ -> PUBLISH_MEMBER;
      case Command.ChangeAuth _ -> AUTH;
      case Command.Stamped _ -> STAMPED;
    };
  }

  private static MessageLite body(Command command) {
    return switch (command) {
      case Command.Tree(TreeWrite write) -> treeBody(write);
      case Command.Expire(long cutoff) -> ExpireEntry.newBuilder().setCutoff(cutoff).build();
      case Command.Put put -> putBody(put);
      case Command.DeleteRange delete -> deleteBody(delete);
      case Command.Range(RangeRequest request) -> rangeBody(request);
      case Command.Txn txn -> txnBody(txn);
      case Command.Compact(long revision) ->
          CompactEntry.newBuilder().setRevision(revision).build();
      case Command.LeaseGrant(long id, long ttlSeconds) ->
          LeaseGrantEntry.newBuilder().setId(id).setTtlSeconds(ttlSeconds).build();
      case Command.LeaseRevoke(long id, boolean isExpired) ->
          LeaseRevokeEntry.newBuilder().setId(id).setExpired(isExpired).build();
      case Command.SetAlarm(Alarm alarm, boolean isRaised) ->
          AlarmEntry.newBuilder()
              .setMember(alarm.member())
              .setKind(AlarmEntry.Kind.valueOf(alarm.kind().name()))
              .setRaised(isRaised)
              .build();
      case Command.MemberChange change -> memberBody(change);
      case Command.ChangeAuth(var change) -> AuthCodec.message(change);
      case Command.Stamped(long authRevision, Command stamped) ->
          StampedEntry.newBuilder()
              .setAuthRevision(authRevision)
              .setKind(kind(stamped))
              .setCommand(body(stamped).toByteString())
              .build();
    };
  }

  private static Command command(byte kind, ByteString body) throws InvalidProtocolBufferException {
    return switch (kind) {
      case TREE -> new Command.Tree(treeWrite(TreeWriteEntry.parseFrom(body)));
      case EXPIRE -> new Command.Expire(ExpireEntry.parseFrom(body).getCutoff());
      case PUT -> put(PutEntry.parseFrom(body));
      case DELETE_RANGE -> delete(DeleteRangeEntry.parseFrom(body));
      case RANGE -> range(RangeEntry.parseFrom(body));
      case TXN -> txn(TxnEntry.parseFrom(body));
      case COMPACT -> new Command.Compact(CompactEntry.parseFrom(body).getRevision());
      case LEASE_GRANT -> {
        LeaseGrantEntry grant = LeaseGrantEntry.parseFrom(body);
        yield new Command.LeaseGrant(grant.getId(), grant.getTtlSeconds());
      }
      case LEASE_REVOKE -> {
        LeaseRevokeEntry revoke = LeaseRevokeEntry.parseFrom(body);
        yield new Command.LeaseRevoke(revoke.getId(), revoke.getExpired());
      }
      case ALARM -> {
        AlarmEntry entry = AlarmEntry.parseFrom(body);
        Alarm.Kind kindOfAlarm = Alarm.Kind.valueOf(entry.getKind().name());
        yield new Command.SetAlarm(new Alarm(entry.getMember(), kindOfAlarm), entry.getRaised());
      }
      case ADD_MEMBER, REMOVE_MEMBER, PROMOTE_MEMBER, UPDATE_MEMBER, PUBLISH_MEMBER ->
          memberChange(kind, body);
      case AUTH -> new Command.ChangeAuth(AuthCodec.change(AuthEntry.parseFrom(body)));
      case STAMPED -> stamped(StampedEntry.parseFrom(body));
      default ->
          throw new IllegalStateException(
              "log entry of unknown kind " + kind + ": was it written by a newer version?");
    };
  }

  private static Command stamped(StampedEntry entry) throws InvalidProtocolBufferException {
    if (entry.getKind() == STAMPED) {
      throw new IllegalStateException("log entry that is stamped twice");
    }
    return new Command.Stamped(
        entry.getAuthRevision(), command((byte) entry.getKind(), entry.getCommand()));
  }

  private static TreeWriteEntry treeBody(TreeWrite write) {
    TreeWriteEntry.Builder entry = TreeWriteEntry.newBuilder().setPath(wire(write.path()));
    switch (write) {
      case TreeWrite.Set set ->
          node(entry, set.value(), set.isDirectory(), set.expiration())
              .setOperation(TreeWriteEntry.Operation.SET)
              .setRefresh(set.isRefresh());
      case TreeWrite.Create create ->
          node(entry, create.value(), create.isDirectory(), create.expiration())
              .setOperation(TreeWriteEntry.Operation.CREATE);
      case TreeWrite.CreateInOrder create ->
          node(entry, create.value(), create.isDirectory(), create.expiration())
              .setOperation(TreeWriteEntry.Operation.CREATE_IN_ORDER);
      case TreeWrite.Update update ->
          node(entry, update.value(), false, update.expiration())
              .setOperation(TreeWriteEntry.Operation.UPDATE)
              .setRefresh(update.isRefresh());
      case TreeWrite.CompareAndSwap swap ->
          node(entry, swap.value(), false, swap.expiration())
              .setOperation(TreeWriteEntry.Operation.COMPARE_AND_SWAP)
              .setRefresh(swap.isRefresh())
              .setPreviousValue(wire(swap.previousValue()))
              .setPreviousIndex(swap.previousIndex());
      case TreeWrite.Delete delete ->
          entry
              .setOperation(TreeWriteEntry.Operation.DELETE)
              .setDirectory(delete.isDirectory())
              .setRecursive(delete.isRecursive());
      case TreeWrite.CompareAndDelete delete ->
          entry
              .setOperation(TreeWriteEntry.Operation.COMPARE_AND_DELETE)
              .setPreviousValue(wire(delete.previousValue()))
              .setPreviousIndex(delete.previousIndex());
    }
    return entry.build();
  }

  private static TreeWriteEntry.Builder node(
      TreeWriteEntry.Builder entry, Bytes value, boolean isDirectory, long expiration) {
    entry.setValue(wire(value)).setDirectory(isDirectory);
    return expiration == Version.PERMANENT ? entry : entry.setExpiration(expiration);
  }

  private static TreeWrite treeWrite(TreeWriteEntry entry) {
    Bytes path = bytes(entry.getPath());
    Bytes value = bytes(entry.getValue());
    boolean isDirectory = entry.getDirectory();
    boolean isRefresh = entry.getRefresh();
    long expiration = entry.hasExpiration() ? entry.getExpiration() : Version.PERMANENT;
    Bytes previousValue = bytes(entry.getPreviousValue());
    return switch (entry.getOperation()) {
      case SET -> new TreeWrite.Set(path, value, isDirectory, expiration, isRefresh);
      case CREATE -> new TreeWrite.Create(path, value, isDirectory, expiration);
      case CREATE_IN_ORDER -> new TreeWrite.CreateInOrder(path, value, isDirectory, expiration);
      case UPDATE -> new TreeWrite.Update(path, value, expiration, isRefresh);
      case COMPARE_AND_SWAP ->
          new TreeWrite.CompareAndSwap(
              path, value, previousValue, entry.getPreviousIndex(), expiration, isRefresh);
      case DELETE -> new TreeWrite.Delete(path, isDirectory, entry.getRecursive());
      case COMPARE_AND_DELETE ->
          new TreeWrite.CompareAndDelete(path, previousValue, entry.getPreviousIndex());
      case UNRECOGNIZED ->
          throw new IllegalStateException(
              "v2 operation " + entry.getOperationValue() + ": was it written by a newer version?");
    };
  }

  private static PutEntry putBody(Command.Put put) {
    return PutEntry.newBuilder()
        .setKey(wire(put.key()))
        .setValue(wire(put.value()))
        .setLease(put.lease())
        .setWantsPrevious(put.wantsPrevious())
        .setKeepsValue(put.keepsValue())
        .setKeepsLease(put.keepsLease())
        .build();
  }

  private static Command.Put put(PutEntry entry) {
    return new Command.Put(
        bytes(entry.getKey()),
        bytes(entry.getValue()),
        entry.getLease(),
        entry.getWantsPrevious(),
        entry.getKeepsValue(),
        entry.getKeepsLease());
  }

  private static DeleteRangeEntry deleteBody(Command.DeleteRange delete) {
    return DeleteRangeEntry.newBuilder()
        .setKey(wire(delete.key()))
        .setRangeEnd(wire(delete.rangeEnd()))
        .setWantsPrevious(delete.wantsPrevious())
        .build();
  }

  private static Command.DeleteRange delete(DeleteRangeEntry entry) {
    return new Command.DeleteRange(
        bytes(entry.getKey()), bytes(entry.getRangeEnd()), entry.getWantsPrevious());
  }

  private static RangeEntry rangeBody(RangeRequest request) {
    return RangeEntry.newBuilder()
        .setKey(wire(request.key()))
        .setRangeEnd(wire(request.rangeEnd()))
        .setLimit(request.limit())
        .setRevision(request.revision())
        .setSortOrder(RangeEntry.SortOrder.valueOf(request.sortOrder().name()))
        .setSortTarget(RangeEntry.SortTarget.valueOf(request.sortTarget().name()))
        .setKeysOnly(request.isKeysOnly())
        .setCountOnly(request.isCountOnly())
        .setMinModRevision(request.minModRevision())
        .setMaxModRevision(request.maxModRevision())
        .setMinCreateRevision(request.minCreateRevision())
        .setMaxCreateRevision(request.maxCreateRevision())
        .build();
  }

  private static Command.Range range(RangeEntry entry) {
    return new Command.Range(
        new RangeRequest(
            bytes(entry.getKey()),
            bytes(entry.getRangeEnd()),
            entry.getLimit(),
            entry.getRevision(),
            RangeRequest.SortOrder.valueOf(entry.getSortOrder().name()),
            RangeRequest.SortTarget.valueOf(entry.getSortTarget().name()),
            entry.getKeysOnly(),
            entry.getCountOnly(),
            entry.getMinModRevision(),
            entry.getMaxModRevision(),
            entry.getMinCreateRevision(),
            entry.getMaxCreateRevision()));
  }

  private static TxnEntry txnBody(Command.Txn txn) {
    TxnEntry.Builder entry = TxnEntry.newBuilder();
    txn.compares().forEach(compare -> entry.addCompare(compareBody(compare)));
    txn.success().forEach(operation -> entry.addSuccess(operationBody(operation)));
    txn.failure().forEach(operation -> entry.addFailure(operationBody(operation)));
    return entry.build();
  }

  private static Command.Txn txn(TxnEntry entry) {
    return new Command.Txn(
        entry.getCompareList().stream().map(CommandCodec::compare).toList(),
        entry.getSuccessList().stream().map(CommandCodec::operation).toList(),
        entry.getFailureList().stream().map(CommandCodec::operation).toList());
  }

  private static OperationEntry operationBody(Command.Operation operation) {
    OperationEntry.Builder entry = OperationEntry.newBuilder();
    return switch (operation) {
      case Command.Put put -> entry.setPut(putBody(put)).build();
      case Command.DeleteRange delete -> entry.setDeleteRange(deleteBody(delete)).build();
      case Command.Range(RangeRequest request) -> entry.setRange(rangeBody(request)).build();
      case Command.Txn txn -> entry.setTxn(txnBody(txn)).build();
    };
  }

  private static Command.Operation operation(OperationEntry entry) {
    return switch (entry.getOperationCase()) {
      case PUT -> put(entry.getPut());
      case DELETE_RANGE -> delete(entry.getDeleteRange());
      case RANGE -> range(entry.getRange());
      case TXN -> txn(entry.getTxn());
      case OPERATION_NOT_SET -> throw new IllegalStateException("an operation without a kind");
    };
  }

  private static CompareEntry compareBody(Compare compare) {
    return CompareEntry.newBuilder()
        .setRelation(CompareEntry.Relation.valueOf(compare.relation().name()))
        .setTarget(CompareEntry.Target.valueOf(compare.target().name()))
        .setKey(wire(compare.key()))
        .setRangeEnd(wire(compare.rangeEnd()))
        .setNumber(compare.number())
        .setValue(wire(compare.value()))
        .build();
  }

  private static Compare compare(CompareEntry entry) {
    return new Compare(
        Compare.Relation.valueOf(entry.getRelation().name()),
        Compare.Target.valueOf(entry.getTarget().name()),
        bytes(entry.getKey()),
        bytes(entry.getRangeEnd()),
        entry.getNumber(),
        bytes(entry.getValue()));
  }

  private static MessageLite memberBody(Command.MemberChange change) {
    return switch (change) {
      case Command.AddMember(Member member, int emptyRevisions) ->
          AddMemberEntry.newBuilder()
              .setMember(message(member))
              .setEmptyRevisions(emptyRevisions)
              .build();
      case Command.RemoveMember(long id, int emptyRevisions) ->
          RemoveMemberEntry.newBuilder().setId(id).setEmptyRevisions(emptyRevisions).build();
      case Command.PromoteMember(long id) -> PromoteMemberEntry.newBuilder().setId(id).build();
      case Command.UpdateMember(long id, List<String> peerUrls, int emptyRevisions) ->
          UpdateMemberEntry.newBuilder()
              .setId(id)
              .addAllPeerUrls(peerUrls)
              .setEmptyRevisions(emptyRevisions)
              .build();
      case Command.PublishMember(long id, String name, List<String> clientUrls, long incarnation) ->
          PublishMemberEntry.newBuilder()
              .setId(id)
              .setName(name)
              .addAllClientUrls(clientUrls)
              .setIncarnation(incarnation)
              .build();
    };
  }

  private static Command.MemberChange memberChange(byte kind, ByteString body)
      throws InvalidProtocolBufferException {
    return switch (kind) {
      case ADD_MEMBER -> {
        AddMemberEntry add = AddMemberEntry.parseFrom(body);
        yield new Command.AddMember(member(add.getMember()), add.getEmptyRevisions());
      }
      case REMOVE_MEMBER -> {
        RemoveMemberEntry remove = RemoveMemberEntry.parseFrom(body);
        yield new Command.RemoveMember(remove.getId(), remove.getEmptyRevisions());
      }
      case PROMOTE_MEMBER -> new Command.PromoteMember(PromoteMemberEntry.parseFrom(body).getId());
      case UPDATE_MEMBER -> {
        UpdateMemberEntry update = UpdateMemberEntry.parseFrom(body);
        yield new Command.UpdateMember(
            update.getId(), update.getPeerUrlsList(), update.getEmptyRevisions());
      }
      case PUBLISH_MEMBER -> {
        PublishMemberEntry publish = PublishMemberEntry.parseFrom(body);
        yield new Command.PublishMember(
            publish.getId(),
            publish.getName(),
            publish.getClientUrlsList(),
            publish.getIncarnation());
      }
      default -> throw new IllegalArgumentException("kind " + kind);
    };
  }

  private static MemberEntry message(Member member) {
    return MemberEntry.newBuilder()
        .setId(member.id())
        .setName(member.name())
        .addAllPeerUrls(member.peerUrls())
        .addAllClientUrls(member.clientUrls())
        .setLearner(member.isLearner())
        .setIncarnation(member.incarnation())
        .build();
  }

  private static Member member(MemberEntry message) {
    return new Member(
        message.getId(),
        message.getName(),
        message.getPeerUrlsList(),
        message.getClientUrlsList(),
        message.getLearner(),
        message.getIncarnation());
  }

  private static ByteString wire(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  private static Bytes bytes(ByteString wire) {
    return Bytes.wrap(wire.toByteArray());
  }
}
