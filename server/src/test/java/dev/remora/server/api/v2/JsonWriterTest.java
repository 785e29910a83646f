package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strings, numbers and times as Go's encoder writes them. */
final class JsonWriterTest {
  private final JsonWriter json = new JsonWriter();

  @ParameterizedTest
  @CsvSource({
    "'', \"\"",
    "61, \"a\"",
    "225C2F, \"\\\"\\\\/\"",
    "3C3E26, \"\\u003c\\u003e\\u0026\"",
    "0A0D09, \"\\n\\r\\t\"",
    "00080C1F, \"\\u0000\\u0008\\u000c\\u001f\"",
    "7F, \"\u007f\"",
    "C3A9, \"\u00e9\"",
    "F09F9880, \"\ud83d\ude00\"",
    "E280A8E280A9E280AA, \"\\u2028\\u2029\u202a\"",
    "61FF62, \"a\\ufffdb\"",
    "C3, \"\\ufffd\"",
    "C328, \"\\ufffd(\"",
    "C080, \"\\ufffd\\ufffd\"",
    "E08080, \"\\ufffd\\ufffd\\ufffd\"",
    "EDA080, \"\\ufffd\\ufffd\\ufffd\"",
    "ED9FBF, \"\ud7ff\"",
    "F4908080, \"\\ufffd\\ufffd\\ufffd\\ufffd\"",
    "F48FBFBF, \"\udbff\udfff\"",
    "F58080, \"\\ufffd\\ufffd\\ufffd\"",
    "E282, \"\\ufffd\\ufffd\"",
  })
  void bytesBecomeAString(String hex, String written) {
    json.string(Bytes.wrap(HexFormat.of().parseHex(hex)));

    assertThat(taken()).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 1_000_000, Long.MAX_VALUE, -1, -10, Long.MIN_VALUE})
  void aNumberIsDecimal(long number) {
    json.number(number);

    assertThat(taken()).isEqualTo(Long.toString(number));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00Z",
    "1, 1970-01-01T00:00:00.000000001Z",
    "1700000000120000000, 2023-11-14T22:13:20.12Z",
    "1700000000000001000, 2023-11-14T22:13:20.000001Z",
    "-1, 1969-12-31T23:59:59.999999999Z",
    "9223372036854775807, 2262-04-11T23:47:16.854775807Z",
    "-9223372036854775807, 1677-09-21T00:12:43.145224193Z",
  })
  void aTimeHasNoZerosAtItsEnd(long nanos, String written) {
    KeysJson.time(json, nanos);

    assertThat(taken()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource({
    "5000000001, 0, 6",
    "5000000000, 0, 5",
    "1, 0, 1",
    "0, 0, 0",
    "0, 999999999, 0",
    "0, 1000000000, -1",
    "-9223372036854775807, 5000000000, -9223372036",
    "9223372036854775807, -5000000000, 9223372037",
  })
  void aTtlIsRoundedUpAndMayBeNegative(long expiration, long now, long seconds) {
    assertThat(KeysJson.secondsUntil(expiration, now)).isEqualTo(seconds);
  }

  @Test
  void whatIsLongerThanTheArrayIsWrittenWhole() {
    String text = "x<".repeat(100_000);

    json.string(Bytes.utf8(text));

    assertThat(taken()).isEqualTo('"' + text.replace("<", "\\u003c") + '"');
  }

  private String taken() {
    return json.take().toString(StandardCharsets.UTF_8);
  }
}
