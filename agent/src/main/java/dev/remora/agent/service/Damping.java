package dev.remora.agent.service;

/**
 * How flapping is damped, in the manner of RFC 2439: each change of the status adds 1 to a penalty
 * that decays.
 *
 * @param halfLifeMillis time in which the penalty halves
 * @param suppress penalty from which the status is held
 * @param reuse penalty below which it follows the checks again; less than {@code suppress}
 */
public record Damping(long halfLifeMillis, double suppress, double reuse) {
  /** What holds where nothing is said. */
  public static final Damping DEFAULT = new Damping(60_000, 3, 1);
}
