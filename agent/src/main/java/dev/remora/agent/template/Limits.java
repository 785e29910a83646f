package dev.remora.agent.template;

/**
 * The bounds of one evaluation.
 *
 * @param outputChars longest result, and longest single string on the way, in UTF-16 units
 * @param steps most units of work: one a turn of a loop, a call of a function or filter, an element
 *     produced, and a thousand characters produced
 * @param depth deepest nesting of includes, and of macros
 * @param millis longest time by the clock; looked at now and then, at the latest after some
 *     thousand steps
 */
public record Limits(int outputChars, long steps, int depth, long millis) {
  /** 16 Mi characters, ten million steps, depth 16, ten seconds. */
  public static final Limits DEFAULT = new Limits(16 << 20, 10_000_000, 16, 10_000);

  public Limits {
    if (outputChars < 1 || steps < 1 || depth < 1 || millis < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }
}
