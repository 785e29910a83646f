package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was seen of etcd 3.4.23 as the cause of a bad escape, and the rest of Go's rules. */
final class GoQuoteTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "%zz|\"%zz\"",
        "%\"x|\"%\\\"x\"",
        "%\\n|\"%\\\\n\"",
        "%\u00c3\u00a9|\"%\u00e9\"",
        "%\u00c3|\"%\\xc3\"",
        "%\u0001a|\"%\\x01a\"",
        "%\u007fa|\"%\\x7fa\"",
        "%\u00c2\u0085|\"%\\u0085\"",
        "%\u00c2\u00a0|\"%\\u00a0\"",
        "%\u000ba|\"%\\va\"",
      })
  void textIsQuotedAsGoDoesIt(String bytes, String quoted) {
    assertThat(GoQuote.of(bytes)).isEqualTo(quoted);
  }
}
