package dev.remora.server.api.v2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Content types as Go's mime package reads them. */
final class MediaTypeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/x-www-form-urlencoded|true|''",
        "APPLICATION/X-WWW-form-urlencoded|true|''",
        "application/x-www-form-urlencoded; charset=utf-8|true|''",
        "application/x-www-form-urlencoded; a=\"b;c\\\"\";|true|''",
        "application/json|false|''",
        "text|false|''",
        "''|false|''",
        "application/|false|mime: expected token after slash",
        "application/a b|false|mime: unexpected content after media subtype",
        "foo bar|false|mime: expected slash after first token",
        "/x|false|mime: no media type",
        "; a=b|false|mime: no media type",
        "text/plain; a|false|mime: invalid media parameter",
        "text/plain; a=b; a=c|false|mime: duplicate parameter name",
        "text/plain; a=b; a=b|false|mime: duplicate parameter name",
      })
  void aHeaderIsAFormOrNotOrWrong(String header, boolean isForm, String error) {
    assertThat(MediaType.of(header)).isEqualTo(new MediaType(isForm, error));
  }
}
