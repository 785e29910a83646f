package dev.remora.server.mvcc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable byte string, ordered as etcd orders keys: unsigned, shorter first.
 *
 * <p>Keys and values are bytes, not text: what is not UTF-8 is stored as it came.
 */
public final class Bytes implements Comparable<Bytes> {
  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private final byte[] array;

  private Bytes(byte[] array) {
    this.array = array;
  }

  /** Wraps an array, which the caller hands over and must not change again. */
  public static Bytes wrap(byte[] array) {
    return array.length == 0 ? EMPTY : new Bytes(array);
  }

  /** The UTF-8 form of a text. */
  public static Bytes utf8(String text) {
    return wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not a copy: to be read only. */
  public byte[] array() {
    return array;
  }

  /** How many bytes. */
  public int length() {
    return array.length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return array.length == 0;
  }

  /** The byte at a place, from 0, as a signed byte. */
  public byte at(int index) {
    return array[index];
  }

  /** Whether this begins with all of {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    int length = prefix.array.length;
    return array.length >= length && Arrays.equals(array, 0, length, prefix.array, 0, length);
  }

  /** The first {@code length} bytes. */
  public Bytes prefix(int length) {
    return length == array.length ? this : wrap(Arrays.copyOf(array, length));
  }

  /** The bytes from {@code start} on. */
  public Bytes from(int start) {
    return start == 0 ? this : wrap(Arrays.copyOfRange(array, start, array.length));
  }

  /** These bytes followed by one more. */
  public Bytes plus(int last) {
    byte[] longer = Arrays.copyOf(array, array.length + 1);
    longer[array.length] = (byte) last;
    return new Bytes(longer);
  }

  /** These bytes followed by others. */
  public Bytes plus(Bytes more) {
    byte[] longer = Arrays.copyOf(array, array.length + more.array.length);
    System.arraycopy(more.array, 0, longer, array.length, more.array.length);
    return wrap(longer);
  }

  /** The place of the first {@code wanted} byte at or after {@code start}, or -1. */
  public int indexOf(int wanted, int start) {
    for (int i = start; i < array.length; i++) {
      if (array[i] == (byte) wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The place of the last {@code wanted} byte, or -1. */
  public int lastIndexOf(int wanted) {
    for (int i = array.length - 1; i >= 0; i--) {
      if (array[i] == (byte) wanted) {
        return i;
      }
    }
    return -1;
  }

  /** The least byte string greater than this one: itself and a zero byte. */
  public Bytes next() {
    return plus(0);
  }

  /** The bytes read as UTF-8; what is not UTF-8 shows as U+FFFD. */
  public String text() {
    return new String(array, StandardCharsets.UTF_8);
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(array, other.array);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(array, bytes.array);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(array);
  }

  /** The length only: what is a value must never reach a log by accident. */
  @Override
  public String toString() {
    return "Bytes[" + array.length + "]";
  }
}
