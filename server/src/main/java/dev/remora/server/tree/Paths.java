package dev.remora.server.tree;

import dev.remora.server.mvcc.Bytes;

/** What paths mean. A path is bytes: {@code /}, or segments that each begin with a slash. */
public final class Paths {
  /** The root directory, which always exists and is no key. */
  public static final Bytes ROOT = Bytes.utf8("/");

  /** The byte after the slash: {@code /a0} is the first key behind all of {@code /a/…}. */
  static final int AFTER_SLASH = '/' + 1;

  /**
   * Most segments of a path: a bound of the work and the stack that a tree takes to read. A longer
   * key is none that v2 sees.
   */
  public static final int SEGMENTS_MAX = 1_000;

  private Paths() {}

  /** Whether v2 can see a key: rule (a) of the design. */
  public static boolean isPath(Bytes key) {
    int length = key.length();
    if (length < 2 || key.at(0) != '/' || key.at(length - 1) == '/') {
      return false;
    }
    int start = 1;
    int segments = 0;
    while (start <= length) {
      int end = key.indexOf('/', start);
      end = end < 0 ? length : end;
      segments++;
      if (segments > SEGMENTS_MAX || !isSegment(key, start, end)) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  /** How many segments a path has; the root has none. */
  public static int segments(Bytes path) {
    int count = 0;
    for (int i = isRoot(path) ? 1 : 0; i < path.length(); i++) {
      count += path.at(i) == '/' ? 1 : 0;
    }
    return count;
  }

  /** Whether this is the root. */
  public static boolean isRoot(Bytes path) {
    return path.length() == 1;
  }

  /** The directory a path lies in. The root has none. */
  static Bytes parent(Bytes path) {
    int slash = path.lastIndexOf('/');
    return slash == 0 ? ROOT : path.prefix(slash);
  }

  /** A path inside a directory. */
  static Bytes child(Bytes directory, Bytes name) {
    return below(directory).plus(name);
  }

  /** The first key of all that lie below a directory. */
  static Bytes below(Bytes directory) {
    return isRoot(directory) ? directory : directory.plus('/');
  }

  /** The first key behind all that lie below a directory. */
  static Bytes behind(Bytes directory) {
    return isRoot(directory) ? Bytes.wrap(new byte[] {AFTER_SLASH}) : directory.plus(AFTER_SLASH);
  }

  /** Whether {@code path} lies below {@code directory}, at any depth. */
  public static boolean isBelow(Bytes path, Bytes directory) {
    int length = isRoot(directory) ? 0 : directory.length();
    return path.length() > length + 1
        && path.at(length) == '/'
        && (length == 0 || path.startsWith(directory));
  }

  /**
   * Whether a segment of {@code path} behind its first {@code start} bytes begins with {@code _}.
   */
  public static boolean isHidden(Bytes path, int start) {
    for (int slash = path.indexOf('/', start); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      if (slash + 1 < path.length() && path.at(slash + 1) == '_') {
        return true;
      }
    }
    return false;
  }

  private static boolean isSegment(Bytes key, int start, int end) {
    return switch (end - start) {
      case 0 -> false;
      case 1 -> key.at(start) != '.';
      case 2 -> key.at(start) != '.' || key.at(start + 1) != '.';
      default -> true;
    };
  }
}
