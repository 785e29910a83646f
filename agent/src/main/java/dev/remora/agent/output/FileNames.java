package dev.remora.agent.output;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Names of groups as names of files. */
final class FileNames {
  private static final int CHARS_MAX = 200;

  private FileNames() {}

  /** A group's name as one file name: a path with its slashes and dots encoded. */
  static String of(String group) throws IOException {
    String name = URLEncoder.encode(group, StandardCharsets.UTF_8).replace(".", "%2E");
    if (name.isEmpty() || name.length() > CHARS_MAX) {
      throw new IOException("the name of group " + group + " is empty or too long for a file");
    }
    return name;
  }
}
