package dev.remora.server.conformance;

import com.google.errorprone.annotations.FormatMethod;
import org.jspecify.annotations.Nullable;

/** The server's answer is not the one a scenario expects, or the scenario cannot go on. */
final class MismatchException extends Exception {
  @FormatMethod
  MismatchException(String format, @Nullable Object... arguments) {
    super(String.format(format, arguments));
  }

  /** The same, with the place in the scenario before it. */
  MismatchException at(String place) {
    MismatchException placed = new MismatchException("%s: %s", place, getMessage());
    placed.initCause(this);
    return placed;
  }
}
