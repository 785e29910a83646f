package dev.remora.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are made to do harm: each is refused or cut, and the listener serves on. */
final class HostileHttpTest {
  private static final String HOST = "Host: x\r\n";
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** GET, http, / and the authority x, by HPACK's static table (RFC 7541, appendix A). */
  private static final String HEAD = "82868441" + "0178";

  private final TestListener server = TestListener.open();

  @AfterEach
  void serveOnAndClose() {
    assertThat(server.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .as("afterwards")
        .endsWith("\r\n\r\nok");
    server.close();
  }

  /** Two readings of where a request ends are how one is smuggled past another. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4, 5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 4x\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: 4\nX: y\r\n",
        "X: a\rb\r\n",
        "X: a\0b\r\n",
        "X y: z\r\n"
      })
  void aRequestWhoseEndIsInDoubtIsRefused(String headers) {
    String smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\n" + HOST + "\r\n";
    String reply = server.exchange("POST /body HTTP/1.1\r\n" + HOST + headers + "\r\n" + smuggled);

    assertThat(reply).doesNotContain("HTTP/1.1 200");
    assertThat(reply.lines().filter(line -> line.startsWith("HTTP/"))).hasSizeLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zz\r\n", "-5\r\nabcde\r\n", "ffffffffffffffff\r\n", "5;\0\r\nabcde\r\n"})
  void aBadChunkEndsTheRequest(String chunk) {
    String reply =
        server.exchange(
            "POST /body HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + chunk);

    assertThat(reply).doesNotContain("HTTP/1.1 200");
  }

  @Test
  void aThousandRequestsAtOnceAreAnsweredInOrder() {
    String one = "GET / HTTP/1.1\r\n" + HOST + "\r\n";
    String last = "GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n";

    String replies = server.exchange(one.repeat(999) + last);

    assertThat(replies.split("HTTP/1.1 200 OK", -1)).hasSize(1001);
  }

  @Test
  void aCompressedBodyIsNotUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[1 << 20]);
    }
    String body = packed.toString(StandardCharsets.ISO_8859_1);

    String reply =
        server.exchange(
            "POST /body HTTP/1.1\r\n"
                + HOST
                + "Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);

    assertThat(reply).endsWith("\r\n\r\n" + body.length() + " bytes");
  }

  /** CVE-2023-44487: streams are opened and reset at once, each costing the server more. */
  @Test
  void rapidResetsEndTheConnection() throws IOException {
    ByteArrayOutputStream sent = opening();
    for (int stream = 1; stream < 4_001; stream += 2) {
      sent.writeBytes(frame(1, 4 | 1, stream, HEAD));
      sent.writeBytes(frame(3, 0, stream, "00000008"));
    }

    assertThatItIsCut(sent.toByteArray());
  }

  /** CVE-2024-27316: a head that never ends, in parts. */
  @Test
  void anEndlessHeadEndsTheConnection() throws IOException {
    ByteArrayOutputStream sent = opening();
    sent.writeBytes(frame(1, 0, 1, HEAD));
    for (int part = 0; part < 1_000; part++) {
      sent.writeBytes(frame(9, 0, 1, "00"));
    }

    assertThatItIsCut(sent.toByteArray());
  }

  /** CVE-2019-9515 and 9512: each frame asks for an answer that nobody reads. */
  @ParameterizedTest
  @ValueSource(strings = {"settings", "ping"})
  void aFloodOfQuestionsEndsTheConnection(String kind) throws IOException {
    ByteArrayOutputStream sent = opening();
    for (int i = 0; i < 200_000; i++) {
      sent.writeBytes(
          kind.equals("ping") ? frame(6, 0, 0, "00".repeat(8)) : frame(4, 0, 0, "000300000001"));
    }

    assertThatItIsCut(sent.toByteArray());
  }

  /** Also for one that never acknowledges the settings that say so, as here. */
  @Test
  void moreStreamsThanAllowedAreRefused() throws IOException {
    ByteArrayOutputStream sent = opening();
    String head = "8286" + "04052f77616974" + "410178"; // Its path is /wait.
    for (int stream = 1; stream < 2 * 1_100; stream += 2) {
      sent.writeBytes(frame(1, 4 | 1, stream, head));
    }
    try (Socket socket = connect()) {
      socket.getOutputStream().write(sent.toByteArray());
      int refused = 0;
      int answered = 0;
      while (refused < 100 || answered < 1_000) {
        Frame next = Frame.read(socket.getInputStream());
        refused += next.type() == 3 ? 1 : 0;
        answered += next.type() == 1 ? 1 : 0;
      }
      assertThat(List.of(refused, answered)).containsExactly(100, 1_000);
    }
  }

  private record Frame(int type, int stream) {
    static Frame read(InputStream in) throws IOException {
      byte[] head = in.readNBytes(9);
      assertThat(head).as("the head of a frame").hasSize(9);
      int length = (head[0] & 255) << 16 | (head[1] & 255) << 8 | (head[2] & 255);
      in.skipNBytes(length);
      return new Frame(head[3], (head[7] & 255) << 8 | (head[8] & 255));
    }
  }

  private static ByteArrayOutputStream opening() {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    sent.writeBytes(PREFACE);
    sent.writeBytes(frame(4, 0, 0, ""));
    return sent;
  }

  /** RFC 9113 §4.1. */
  private static byte[] frame(int type, int flags, int stream, String payload) {
    return HEX.parseHex(
        "%06x%02x%02x%08x".formatted(payload.length() / 2, type, flags, stream) + payload);
  }

  /** It never reads, and is cut: then writing fails, or reading comes to an end. */
  private void assertThatItIsCut(byte[] sent) {
    assertThatCode(
            () -> {
              try (Socket socket = connect()) {
                socket.getOutputStream().write(sent);
                socket.getInputStream().readAllBytes();
              } catch (SocketException e) {
                // Reset, which is an end, too; a timeout is not.
              }
            })
        .doesNotThrowAnyException();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }
}
