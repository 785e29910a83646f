package dev.remora.server.api.v3;

import dev.remora.server.mvcc.Bytes;
import java.util.Arrays;

/**
 * Reads base64 as etcd's gateway does: the standard alphabet, padded; line ends are skipped; a
 * mistake is told by the place of its byte.
 */
final class Base64Reader {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private final Bytes text;
  private final byte[] decoded;
  private int at;
  private int length;

  private Base64Reader(Bytes text) {
    this.text = text;
    this.decoded = new byte[text.length() / 4 * 3];
  }

  static byte[] read(Bytes text) throws JsonException {
    Base64Reader reader = new Base64Reader(text);
    while (reader.readGroup()) {}
    return reader.length == reader.decoded.length
        ? reader.decoded
        : Arrays.copyOf(reader.decoded, reader.length);
  }

  /** Reads four characters, three bytes; whether more may follow. */
  private boolean readGroup() throws JsonException {
    int bits = 0;
    for (int i = 0; i < 4; i++) {
      skipLineEnds();
      if (at == text.length()) {
        if (i == 0) {
          return false;
        }
        throw corrupt(at - i);
      }
      byte c = text.at(at++);
      if (c == '=') {
        finish(i, bits);
        return false;
      }
      bits = (bits << 6) | sextet(c);
    }
    put(bits, 3);
    return true;
  }

  /** The first padding was just read, after so many characters of its group. */
  private void finish(int characters, int bits) throws JsonException {
    if (characters < 2) {
      throw corrupt(at - 1);
    }
    if (characters == 2) {
      skipLineEnds();
      if (at == text.length()) {
        throw corrupt(at);
      }
      if (text.at(at) != '=') {
        throw corrupt(at - 1);
      }
      at++;
    }
    skipLineEnds();
    if (at < text.length()) {
      throw corrupt(at);
    }
    put(bits << (6 * (4 - characters)), characters - 1);
  }

  private void put(int bits, int count) {
    for (int i = 0; i < count; i++) {
      decoded[length++] = (byte) (bits >> (16 - 8 * i));
    }
  }

  private int sextet(byte c) throws JsonException {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    int place = ALPHABET.indexOf((char) c, 52);
    if (place < 0) {
      throw corrupt(at - 1);
    }
    return place;
  }

  private void skipLineEnds() {
    while (at < text.length() && (text.at(at) == '\n' || text.at(at) == '\r')) {
      at++;
    }
  }

  private static JsonException corrupt(int place) {
    return new JsonException("illegal base64 data at input byte " + place);
  }
}
