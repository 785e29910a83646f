package dev.remora.server.fuzz;

import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came back for one request, up to now. In its texts each character stands for one byte.
 *
 * @param status 0 if there is none yet
 * @param headers by their names in lower case
 * @param body without its framing
 * @param state how far it got
 */
record Reply(int status, SortedMap<String, String> headers, String body, State state) {
  /** How far a reply got. */
  enum State {
    /** Its body may go on. */
    OPEN,
    /** Whole, and nothing after it. */
    WHOLE,
    /** The connection ended before it was whole. */
    CUT,
    /** Bytes came that belong to no reply. */
    GARBLED
  }

  Reply {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  /** A header's value; empty if it is absent. */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /**
   * Reads what came so far.
   *
   * @param isHead whether the request was a HEAD, to which no body comes
   * @param isEnded whether the connection has ended
   */
  static Reply parse(String received, boolean isHead, boolean isEnded) {
    int headEnd = received.indexOf("\r\n\r\n");
    State unfinished = isEnded ? State.CUT : State.OPEN;
    if (headEnd < 0) {
      return new Reply(0, new TreeMap<>(), "", unfinished);
    }
    String[] lines = received.substring(0, headEnd).split("\r\n", -1);
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    TreeMap<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.merge(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip(),
          (first, second) -> first + ", " + second);
    }
    String rest = received.substring(headEnd + 4);
    if (isHead) {
      return new Reply(status, headers, rest, rest.isEmpty() ? State.WHOLE : State.GARBLED);
    }
    if (headers.containsKey("transfer-encoding")) {
      return chunked(status, headers, rest, unfinished);
    }
    String length = headers.get("content-length");
    if (length == null) {
      return new Reply(status, headers, rest, isEnded ? State.WHOLE : State.OPEN);
    }
    int missing = Integer.parseInt(length) - rest.length();
    State state = missing == 0 ? State.WHOLE : missing < 0 ? State.GARBLED : unfinished;
    return new Reply(status, headers, rest, state);
  }

  private static Reply chunked(
      int status, SortedMap<String, String> headers, String text, State unfinished) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (true) {
      int lineEnd = text.indexOf("\r\n", at);
      if (lineEnd < 0) {
        return new Reply(status, headers, body.toString(), unfinished);
      }
      int size = Integer.parseInt(text.substring(at, lineEnd), 16);
      int next = lineEnd + 2 + size + 2;
      if (next > text.length()) {
        return new Reply(status, headers, body.toString(), unfinished);
      }
      body.append(text, lineEnd + 2, lineEnd + 2 + size);
      if (size == 0) {
        State state = next == text.length() ? State.WHOLE : State.GARBLED;
        return new Reply(status, headers, body.toString(), state);
      }
      at = next;
    }
  }
}
