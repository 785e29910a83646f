package dev.remora.torture.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A wall clock that one process has for itself, by libfaketime: the library reads the offset from a
 * file. The monotonic clock stays true. Go programs do not ask the C library for the time, so etcd
 * does not notice.
 *
 * @param file holds the offset
 */
record FakeClock(Path file) {
  /** Debian's places; {@code -Dtorture.faketime} names another. */
  private static final List<String> LIBRARIES =
      List.of(
          System.getProperty("torture.faketime", ""),
          "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
          "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1");

  FakeClock {
    write(file, Duration.ZERO);
  }

  static boolean isPossible() {
    return library().isPresent();
  }

  private static Optional<String> library() {
    return LIBRARIES.stream()
        .filter(path -> !path.isEmpty() && Files.isReadable(Path.of(path)))
        .findFirst();
  }

  /** What a process needs in its environment. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library().orElseThrow(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1");
  }

  /** Sets the offset from the true time. */
  void turn(Duration offset) {
    write(file, offset);
  }

  /** At once, so that nobody reads half a number. */
  private static void write(Path file, Duration offset) {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.writeString(next, "%+d\n".formatted(offset.toSeconds()));
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
