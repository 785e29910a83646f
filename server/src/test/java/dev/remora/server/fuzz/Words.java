package dev.remora.server.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** What requests are made of. In its texts each character stands for one byte. */
final class Words {
  /** Few, so that requests meet. */
  static final List<String> PLAIN_SEGMENTS = List.of("a", "b", "c", "d", "ab", "_h", "_");

  static final List<String> ODD_SEGMENTS =
      List.of(
          "%61",
          "a%20b",
          "a+b",
          "%C3%A9",
          "%c3%a9",
          bytes("é"),
          "%FF",
          "%ff%fe",
          "%e2%80%a8",
          "%3Cx%3E",
          "%22q%5C",
          "a%2Fb",
          "%2F",
          "%2fa",
          "x;y",
          "k=v",
          "x&y",
          "%00",
          "%0a",
          "%7f",
          "...",
          "..a",
          "%5F",
          "%5Fh",
          "00000000000000000005",
          "~",
          "*",
          "$",
          ":",
          "@",
          "!",
          "'",
          "(",
          ")",
          "[",
          "]",
          "|",
          "^",
          "`",
          "{}",
          "\\",
          "\"",
          "<",
          ">",
          bytes("日本"),
          "%26",
          "%3F",
          "%23",
          "%25",
          "%2561",
          "%e0%80%80",
          "%ed%a0%80",
          "%f0%9f%98%80",
          "A",
          "-",
          ",");

  static final List<String> DIRTY_SEGMENTS =
      List.of("", ".", "..", "%2e", "%2E%2e", ".%2e", "%2e%2f", "%2F%2F", "a%2F..", "%2F%2e");

  static final List<String> BAD_SEGMENTS = List.of("%zz", "%", "%4", "a%g1", "%u00e9");

  static final List<String> TRUE = List.of("true", "true", "true", "1", "t", "T", "TRUE", "True");
  static final List<String> FALSE = List.of("false", "false", "0", "f", "F", "FALSE", "False");
  static final List<String> NEITHER =
      List.of("", "yes", "2", "tRUE", "-1", " true", "true ", "null", "01", bytes("é"), "on");

  static final List<String> BAD_NUMBERS =
      List.of(
          "",
          "-1",
          "+1",
          "1.5",
          "abc",
          "0x10",
          " 5",
          "5 ",
          "1e3",
          "18446744073709551616",
          "99999999999999999999999",
          "-0",
          "1_000",
          bytes("٣"),
          "00",
          "NaN");

  /** Far enough away not to end while a run lasts. */
  static final List<String> LONG_TTLS =
      List.of("1000", "3600", "86400", "007200", "31536000", "4000000000", "7000000000");

  /** Those that wrap around 64 bits of nanoseconds, and their neighbours. */
  static final List<String> WRAPPED_TTLS =
      List.of(
          "7400000000",
          "9223372036",
          "9223372037",
          "10000000000",
          "18446744073",
          "18446744074",
          "18446744075",
          "27670116110",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551615",
          "18446744073709551614",
          "16000000000",
          "55340232221");

  static final List<String> VALUES =
      List.of(
          "1",
          "x",
          "hello world",
          "a+b",
          "a&b=c",
          "<b>\"q\"\\</b>",
          bytes("é日本😀"),
          "\u00ff\u00fe",
          "\n\r\t\b\f\u0000\u001f",
          "\u007f",
          bytes("\u2028\u2029"),
          "%41",
          "/",
          "'",
          "{\"a\":[1]}",
          "\u00ed\u00a0\u0080",
          "\u00c3",
          "\u00f4\u0090\u0080\u0080",
          "\u00e2\u0080",
          ";",
          " ",
          "[1 != 2]",
          "\u00ef\u00bf\u00bd",
          "\u00f0\u009f\u0098");

  static final List<String> RAW_FORMS =
      List.of(
          "value=a;b",
          "value=%zz",
          "value",
          "&&",
          "=x",
          "value=a+b&",
          "value=%ff%fe",
          "%76alue=v",
          "value=1&value=2",
          "Value=x",
          "value=a=b",
          "value=%",
          "value=%4",
          "a%=1&b%zz=2",
          "%zz;",
          "value=x&;",
          "dir",
          "dir=",
          "ttl",
          "ttl=&value=v",
          "prevExist",
          "refresh=",
          "value=\u0000",
          "value=\"",
          "\n",
          "value=%\"x",
          "value=%\u00c3\u00a9",
          "value=%\\n",
          "value=%\u0001a");

  static final List<String> CONTENT_TYPES =
      List.of(
          "application/x-www-form-urlencoded; charset=utf-8",
          "APPLICATION/X-WWW-FORM-URLENCODED",
          "application/x-www-form-urlencoded;",
          "application/x-www-form-urlencoded; charset",
          "application/x-www-form-urlencoded; charset=\"utf-8\"",
          "application/json",
          "text/plain",
          "multipart/form-data; boundary=x",
          "multipart/form-data",
          "",
          "garbage",
          "garbage garbage",
          "application/",
          "/x",
          ";",
          "; a=b",
          "a/b/c",
          "a/b; a=1; a=2",
          "a/b; a=1; a=1",
          "a/b; a=",
          "a/b; =1",
          "a/b; a=\"x",
          "a/b; a*=utf-8''x",
          "application/x-www-form-urlencoded ; x=y",
          "application/x-www-form-urlencoded, text/plain",
          "a/b; a*0=1; a*1=2",
          "a/b c",
          "*/*",
          "application/x-www-form-urlencoded; a=1; A=2",
          "a(b)/c",
          "a/b; a=\"\\\"\"");

  static final List<String> ODD_METHODS =
      List.of("PATCH", "TRACE", "PROPFIND", "put", "Get", "FOO", "QGET", "LINK", "M-SEARCH");

  static final List<String> PREFIXES =
      List.of(
          "/v2/keysx",
          "/V2/keys",
          "/v2/./keys",
          "/v2/keys/../keys",
          "//v2/keys",
          "/v2//keys",
          "/v2%2Fkeys",
          "/v2/key%73",
          "/v2/Keys",
          "/v2",
          "/v2/keys%2F",
          "http://127.0.0.1/v2/keys",
          "http://u@127.0.0.1:1/v2/keys",
          "/x/..%2fv2/keys",
          "/v2/keys;a",
          "/v2/keys%20");

  private static final String SAFE = "-_.~";

  private Words() {}

  /** One of them. */
  static String one(RandomGenerator random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  /** The bytes of a text in UTF-8. */
  static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Percent-encodes what is neither a letter, a digit, safe, nor one of these. */
  static String encoded(String text, String alsoPlain) {
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isPlain =
          c < 0x7f && (Character.isLetterOrDigit(c) || (SAFE + alsoPlain).indexOf(c) >= 0);
      encoded.append(isPlain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return encoded.toString();
  }
}
