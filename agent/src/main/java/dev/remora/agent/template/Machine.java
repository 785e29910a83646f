package dev.remora.agent.template;

/** What an evaluation is told of the machine it runs on, so that it can be stopped in time. */
public interface Machine {
  /** A clock in nanoseconds since some moment, never going back. */
  long nanos();

  /**
   * Whether so little memory is left that the evaluation has to end, for the sake of all others.
   * Asked after every thousand steps or so.
   */
  default boolean isShortOfMemory() {
    return false;
  }
}
