package dev.remora.server.raft.membership;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.Payload;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How a {@link ConfChange} lies in an entry's payload: format (1 byte), transition (1), number of
 * changes (2), each change as type (1) and member (8), then the context to the end. Big-endian.
 */
public final class ConfChangeCodec {
  private static final byte FORMAT = 1;
  private static final int HEAD_BYTES = 4;
  private static final int CHANGE_BYTES = 9;

  private ConfChangeCodec() {}

  /** The bytes of a change. */
  public static Payload encode(ConfChange change) {
    List<Change> changes = change.changes();
    byte[] context = change.context().array();
    ByteBuffer out =
        ByteBuffer.allocate(HEAD_BYTES + CHANGE_BYTES * changes.size() + context.length);
    out.put(FORMAT).put(code(change.transition())).putShort((short) changes.size());
    for (Change one : changes) {
      out.put(code(one.type())).putLong(one.member());
    }
    return Payload.of(out.put(context).array());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is nothing of the kind
   */
  public static ConfChange decode(Payload payload) {
    ByteBuffer in = ByteBuffer.wrap(payload.array());
    try {
      byte format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException("configuration change of format " + format);
      }
      Transition transition = transition(in.get());
      int count = Short.toUnsignedInt(in.getShort());
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        changes.add(new Change(type(in.get()), in.getLong()));
      }
      byte[] context = new byte[in.remaining()];
      in.get(context);
      return new ConfChange(transition, changes, Payload.of(context));
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("configuration change cut off", e);
    }
  }

  private static byte code(Transition transition) {
    return switch (transition) {
      case AUTO -> 0;
      case JOINT_IMPLICIT -> 1;
      case JOINT_EXPLICIT -> 2;
    };
  }

  private static Transition transition(byte code) {
    return switch (code) {
      case 0 -> Transition.AUTO;
      case 1 -> Transition.JOINT_IMPLICIT;
      case 2 -> Transition.JOINT_EXPLICIT;
      default -> throw new IllegalArgumentException("transition " + code);
    };
  }

  private static byte code(ConfChange.Type type) {
    return switch (type) {
      case ADD_VOTER -> 0;
      case REMOVE -> 1;
      case UPDATE -> 2;
      case ADD_LEARNER -> 3;
    };
  }

  private static ConfChange.Type type(byte code) {
    return switch (code) {
      case 0 -> ConfChange.Type.ADD_VOTER;
      case 1 -> ConfChange.Type.REMOVE;
      case 2 -> ConfChange.Type.UPDATE;
      case 3 -> ConfChange.Type.ADD_LEARNER;
      default -> throw new IllegalArgumentException("change " + code);
    };
  }
}
