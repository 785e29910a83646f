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

  private static final int CHARS_PER_ELEMENT = 4;
  private static final int HEAP_PER_OUTPUT = 16;
  private static final int OUTPUT_CHARS_MIN = 1 << 16;

  /** The longest list: an element takes some times the memory of a character. */
  int elements() {
    return Math.max(1, outputChars / CHARS_PER_ELEMENT);
  }

  /**
   * The defaults, with less output where the heap is small: a result is in memory several times
   * while it is written.
   *
   * @param heapBytes largest size of the heap
   */
  public static Limits ofHeap(long heapBytes) {
    long chars = Math.clamp(heapBytes / HEAP_PER_OUTPUT, OUTPUT_CHARS_MIN, DEFAULT.outputChars);
    return new Limits((int) chars, DEFAULT.steps, DEFAULT.depth, DEFAULT.millis);
  }

  public Limits {
    if (outputChars < 1 || steps < 1 || depth < 1 || millis < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }
}
