package dev.remora.agent.render;

import org.jspecify.annotations.Nullable;

/** Something that failed and is tried again. */
record Retry(String reason, long atMillis) {
  static Retry of(long nowMillis, String reason, long waitMillis) {
    return new Retry(reason, nowMillis + waitMillis);
  }

  /** When; never if there is none. */
  static long at(@Nullable Retry retry) {
    return retry == null ? Long.MAX_VALUE : retry.atMillis();
  }
}
