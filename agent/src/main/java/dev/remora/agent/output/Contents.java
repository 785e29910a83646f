package dev.remora.agent.output;

import dev.remora.agent.runner.OutputFiles.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What files hold, and its hash: SHA-256 in lower-case hex. */
final class Contents {
  private Contents() {}

  static byte[] bytes(Content content) throws IOException {
    return switch (content) {
      case Content.Text(String text) -> text.getBytes(StandardCharsets.UTF_8);
      case Content.Copy(var from) -> Files.readAllBytes(from);
    };
  }

  static String hash(InputStream content) throws IOException {
    try (DigestInputStream in = new DigestInputStream(content, sha256())) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }
  }

  static String hash(byte[] content) {
    return HexFormat.of().formatHex(sha256().digest(content));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
