package dev.remora.server.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The target of a request, taken apart as etcd's HTTP server does. In its texts each character
 * stands for one byte, 0 to 255.
 */
public sealed interface RequestTarget {
  /**
   * One that can be served.
   *
   * @param path decoded, clean, beginning with a slash; may end in one
   * @param query as it was sent, without the question mark
   */
  record Good(String path, String query) implements RequestTarget {}

  /** Its path has empty, {@code .} or {@code ..} segments; {@code location} is the clean form. */
  record Moved(String location) implements RequestTarget {}

  /** It has a bad escape or a control character, or is not a path. */
  record Malformed() implements RequestTarget {}

  /** Takes a request line's target apart. */
  static RequestTarget of(String uri) {
    String target = uri.startsWith("/") ? uri : withoutAuthority(uri);
    int mark = target.indexOf('?');
    String raw = mark < 0 ? target : target.substring(0, mark);
    String query = mark < 0 ? "" : target.substring(mark + 1);
    if (raw.isEmpty() || hasControl(target)) {
      return new Malformed();
    }
    String path = raw;
    if (raw.indexOf('%') >= 0) {
      byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
      byte[] decoded = Percent.decode(bytes, 0, bytes.length, false);
      if (decoded == null) {
        return new Malformed();
      }
      path = new String(decoded, StandardCharsets.ISO_8859_1);
    }
    if (isClean(path)) {
      return new Good(path, query);
    }
    return new Moved(Percent.encodePath(clean(path)) + (query.isEmpty() ? "" : "?" + query));
  }

  /** The path and query of an absolute URL; empty if it is none. */
  private static String withoutAuthority(String uri) {
    int scheme = uri.indexOf("://");
    if (scheme <= 0) {
      return "";
    }
    int slash = uri.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : uri.substring(slash);
  }

  private static boolean hasControl(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return true;
      }
    }
    return false;
  }

  private static boolean isClean(String path) {
    for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      int end = path.indexOf('/', slash + 1);
      int length = (end < 0 ? path.length() : end) - slash - 1;
      boolean isEmptyInside = length == 0 && end >= 0;
      boolean isDots =
          (length == 1 || length == 2)
              && path.charAt(slash + 1) == '.'
              && path.charAt(slash + length) == '.';
      if (isEmptyInside || isDots) {
        return false;
      }
    }
    return true;
  }

  private static String clean(String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> segments.pollLast();
        default -> segments.add(segment);
      }
    }
    String joined = "/" + String.join("/", segments);
    return path.endsWith("/") && joined.length() > 1 ? joined + "/" : joined;
  }
}
