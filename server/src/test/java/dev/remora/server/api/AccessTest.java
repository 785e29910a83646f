package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.config.ClientRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which web pages and which names get in where --cors and --host-whitelist are narrowed. */
final class AccessTest {
  /** CVE-2018-1098: a page of a stranger writes through the browser of somebody inside. */
  @ParameterizedTest
  @CsvSource({
    "http://a.com, 200",
    "http://a.com:80, 200",
    "HTTP://A.COM, 200",
    "https://a.com, 403",
    "http://a.com:81, 403",
    "http://a.com.evil.org, 403",
    "http://evil.org, 403",
    "null, 403",
    "http://127.0.0.1:PORT, 200"
  })
  void aPageOfAnotherOriginIsNotServed(String origin, int status) {
    try (TestListener server = start(Set.of("http://a.com:80"), Set.of())) {
      String sent = origin.replace("PORT", String.valueOf(server.port()));
      for (String method : List.of("GET", "PUT", "POST")) {
        String reply = ask(server, method, "127.0.0.1:" + server.port(), "Origin: " + sent);

        assertThat(reply).as("%s of %s", method, sent).startsWith("HTTP/1.1 " + status);
        if (status == 403) {
          assertThat(reply).doesNotContain("Access-Control-Allow-Origin");
        }
      }
    }
  }

  @Test
  void onlyThePageThatMayReadIsToldSo() {
    try (TestListener server = start(Set.of("http://a.com:80"), Set.of())) {
      String allowed = ask(server, "GET", "x", "Origin: http://a.com");
      String none = ask(server, "GET", "x", "X: y");

      assertThat(allowed).contains("Access-Control-Allow-Origin: http://a.com\r\n");
      assertThat(none).startsWith("HTTP/1.1 200").doesNotContain("Access-Control-Allow-Origin");
    }
  }

  /** CVE-2018-1099 (and CVE-2018-5702): a name of a stranger is made to point here. */
  @ParameterizedTest
  @CsvSource({
    "m1, 200",
    "m1:2379, 200",
    "'[::1]:2379', 200",
    "evil.org, 421",
    "m1.evil.org, 421",
    "M1, 421",
    "'', 421"
  })
  void aNameOfAnotherIsNotServed(String host, int status) {
    try (TestListener server = start(Set.of(), Set.of("m1", "::1"))) {
      assertThat(ask(server, "GET", host, "X: y")).startsWith("HTTP/1.1 " + status);
      assertThat(ask(server, "OPTIONS", host, "X: y")).startsWith("HTTP/1.1 " + status);
    }
  }

  @Test
  void theTargetsNameWinsOverTheHeaders() {
    try (TestListener server = start(Set.of(), Set.of("m1"))) {
      String evil = "GET http://evil.org/ HTTP/1.1\r\nHost: m1\r\nConnection: close\r\n\r\n";
      String good = "GET http://m1/ HTTP/1.1\r\nHost: evil.org\r\nConnection: close\r\n\r\n";

      assertThat(server.exchange(evil)).startsWith("HTTP/1.1 421");
      assertThat(server.exchange(good)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void whereNothingIsNarrowedEverybodyIsServed() {
    try (TestListener server = TestListener.open()) {
      assertThat(ask(server, "GET", "evil.org", "Origin: http://evil.org"))
          .startsWith("HTTP/1.1 200")
          .contains("Access-Control-Allow-Origin: *\r\n");
    }
  }

  private static TestListener start(Set<String> origins, Set<String> hosts) {
    return new TestListener(
        new ClientRules(origins, hosts, 0, 1000, 0), Optional.empty(), TestListener.MANY);
  }

  private static String ask(TestListener server, String method, String host, String header) {
    return server.exchange(
        method
            + " / HTTP/1.1\r\nHost: "
            + host
            + "\r\nContent-Length: 0\r\nConnection: close\r\n"
            + header
            + "\r\n\r\n");
  }
}
