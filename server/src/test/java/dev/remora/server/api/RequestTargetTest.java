package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What etcd's server makes of a request line's target; each line was tried against it. */
final class RequestTargetTest {
  @ParameterizedTest
  @CsvSource({
    "/, /, ''",
    "/v2/keys, /v2/keys, ''",
    "/v2/keys/, /v2/keys/, ''",
    "/v2/keys/a?x=1&y, /v2/keys/a, x=1&y",
    "/v2/keys/a?x=/../b, /v2/keys/a, x=/../b",
    "/v2/keys/a+b, /v2/keys/a+b, ''",
    "/v2/keys/a%2Bb%20c, /v2/keys/a+b c, ''",
    "/v2/keys/a%2fb, /v2/keys/a/b, ''",
    "/v2/keys/...%2e, /v2/keys/...., ''",
    "/v2/keys/.a/b..c, /v2/keys/.a/b..c, ''",
    "http://host:1/v2/keys/a?q, /v2/keys/a, q",
  })
  void aCleanPathIsDecodedAndItsQueryKept(String uri, String path, String query) {
    RequestTarget target = RequestTarget.of(uri);

    assertThat(target).isEqualTo(new RequestTarget.Good(path, query));
  }

  @ParameterizedTest
  @CsvSource({
    "//, /",
    "/v2/keys//a, /v2/keys/a",
    "//v2/keys/a, /v2/keys/a",
    "/v2/keys/a//, /v2/keys/a/",
    "/v2/keys/./a, /v2/keys/a",
    "/v2/keys/a/., /v2/keys/a",
    "/v2/keys/a/.., /v2/keys",
    "/v2/keys/%2e%2E/members, /v2/members",
    "/../../a, /a",
    "/v2/keys%2f%2fa?x=%20, /v2/keys/a?x=%20",
    "/v2/keys/./(a)'%20[b]!*%25%3f, /v2/keys/%28a%29%27%20%5Bb%5D%21%2A%25%3F",
  })
  void anUncleanPathMovesToItsCleanForm(String uri, String location) {
    RequestTarget target = RequestTarget.of(uri);

    assertThat(target).isEqualTo(new RequestTarget.Moved(location));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*", "a", "", "/a%", "/a%2", "/a%zz", "/a%2g", "/a\u0001b", "/a?x\u007f", "://x"})
  void whatIsNoPathIsRefused(String uri) {
    RequestTarget target = RequestTarget.of(uri);

    assertThat(target).isEqualTo(new RequestTarget.Malformed());
  }
}
