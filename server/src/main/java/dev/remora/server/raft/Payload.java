package dev.remora.server.raft;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an entry carries: bytes that consensus and the log never look into.
 *
 * <p>Immutable as long as nobody writes to an array that was given in or handed out: nothing is
 * copied, since a payload crosses the loop, the disk thread and the peers' sockets.
 */
public final class Payload {
  /** No bytes, as in the entry by which a new leader opens its term (Raft §8). */
  public static final Payload EMPTY = new Payload(new byte[0]);

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes over the array: the caller must not write to it any more. */
  public static Payload of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new Payload(bytes);
  }

  /** In bytes. */
  public int size() {
    return bytes.length;
  }

  /** The bytes themselves, not a copy: for reading only. */
  public byte[] array() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload payload && Arrays.equals(bytes, payload.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Only the size: keys and values do not belong into logs and error texts. */
  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes]";
  }
}
