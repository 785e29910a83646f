package dev.remora.agent.runner;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The hash by which contents are told apart: SHA-256 of the UTF-8 text, lower-case hex. */
final class ContentHash {
  private ContentHash() {}

  static String of(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The hash of several files together, by their paths and hashes; that of the only one where a
   * group has no more.
   *
   * @param isSingle whether the group never has more than one file
   * @return null if there are no files
   */
  static @Nullable String of(SortedMap<Path, String> hashes, boolean isSingle) {
    if (hashes.isEmpty() && isSingle) {
      return null;
    }
    if (isSingle) {
      return hashes.get(hashes.firstKey());
    }
    StringBuilder lines = new StringBuilder();
    hashes.forEach((path, hash) -> lines.append(path).append('\0').append(hash).append('\n'));
    return of(lines.toString());
  }
}
