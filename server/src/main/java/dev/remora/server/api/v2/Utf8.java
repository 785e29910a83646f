package dev.remora.server.api.v2;

/** Well-formed UTF-8 (RFC 3629 §4), by its bytes. */
final class Utf8 {
  private Utf8() {}

  /** How many bytes the character has that begins at a place; 0 if none does. */
  static int lengthAt(byte[] text, int at) {
    int lead = text[at] & 0xff;
    if (lead < 0x80) {
      return 1;
    }
    int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || at + length > text.length || !isSecond(lead, text[at + 1] & 0xff)) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((text[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  /** Neither a longer form than needed, nor a surrogate, nor beyond U+10FFFF. */
  private static boolean isSecond(int lead, int second) {
    int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return second >= least && second <= most;
  }
}
