package dev.remora.server.api.v3;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Cuts a body that arrives bit by bit into the JSON values it consists of. It looks at brackets and
 * quotes only; whether a value is well-formed is {@link JsonParser}'s.
 */
final class JsonSplitter {
  private final int bytesMax;
  private final ArrayDeque<byte[]> values = new ArrayDeque<>();
  private final ByteArrayOutputStream open = new ByteArrayOutputStream();
  private int depth;
  private boolean isInString;
  private boolean isEscaped;

  /**
   * A splitter at the beginning of a body.
   *
   * @param bytesMax longest value
   */
  JsonSplitter(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes the next bytes.
   *
   * @throws JsonException if a value is too long, or cannot begin like this
   */
  void add(byte[] chunk) throws JsonException {
    for (byte b : chunk) {
      add(b);
    }
  }

  private void add(byte b) throws JsonException {
    if (open.size() == 0) {
      begin(b);
      return;
    }
    if (depth == 0 && !isInString) {
      continueScalar(b);
      return;
    }
    append(b);
    if (isInString) {
      continueString(b);
    } else {
      switch (b) {
        case '"' -> isInString = true;
        case '{', '[' -> depth++;
        case '}', ']' -> {
          depth--;
          finishIfClosed();
        }
        default -> {}
      }
    }
  }

  private void begin(byte b) throws JsonException {
    if (JsonParser.isSpace(b)) {
      return;
    }
    switch (b) {
      case '{', '[' -> depth = 1;
      case '"' -> isInString = true;
      default -> {
        if ("tfn-0123456789".indexOf(b) < 0) {
          throw JsonParser.invalid(b & 0xff, "looking for beginning of value");
        }
      }
    }
    append(b);
  }

  private void continueString(byte b) {
    if (isEscaped) {
      isEscaped = false;
    } else if (b == '\\') {
      isEscaped = true;
    } else if (b == '"') {
      isInString = false;
      finishIfClosed();
    }
  }

  /** A number or a word ends where something else begins. */
  private void continueScalar(byte b) throws JsonException {
    if (JsonParser.isSpace(b) || b == '{' || b == '[' || b == '"') {
      finishIfClosed();
      begin(b);
    } else {
      append(b);
    }
  }

  private void append(byte b) throws JsonException {
    if (open.size() == bytesMax) {
      throw new JsonException(ApiError.messageTooLarge(bytesMax + 1L, bytesMax).text());
    }
    open.write(b);
  }

  private void finishIfClosed() {
    if (depth == 0 && !isInString) {
      values.add(open.toByteArray());
      open.reset();
    }
  }

  /** The body has ended: what is still open is the last value. */
  void end() {
    if (open.size() > 0) {
      values.add(open.toByteArray());
      open.reset();
    }
  }

  /** The next value, if it is complete. */
  Optional<byte[]> next() {
    return Optional.ofNullable(values.poll());
  }
}
