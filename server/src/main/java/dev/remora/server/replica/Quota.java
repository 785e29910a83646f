package dev.remora.server.replica;

import dev.remora.server.apply.Alarm;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Growth;
import dev.remora.server.apply.State;

/**
 * How large the state of a member may become. A member that reaches its own quota raises the alarm
 * NOSPACE; it is the alarm, not the quota, by which all members refuse what grows.
 *
 * @param bytes most bytes that the state may take, as {@link State#sizeBytes} counts them
 */
public record Quota(long bytes) {
  /** Every state is small enough. */
  public static final Quota UNBOUNDED = new Quota(Long.MAX_VALUE);

  public Quota {
    if (bytes < 1) {
      throw new IllegalArgumentException("a quota of " + bytes + " bytes");
    }
  }

  /** What became of a command that was held against the quota. */
  enum Verdict {
    /** It has room, or needs none. */
    ADMITTED,
    /** It has not, and everybody knows: the alarm is raised. */
    REFUSED,
    /** It has not, and the alarm is to be raised. */
    TO_BE_RAISED
  }

  Verdict judge(State state, Command command) {
    long growth = Growth.bytes(command);
    if (growth == 0) {
      return Verdict.ADMITTED;
    }
    if (state.alarms().has(Alarm.Kind.NOSPACE)) {
      return Verdict.REFUSED;
    }
    return growth > bytes - state.sizeBytes() ? Verdict.TO_BE_RAISED : Verdict.ADMITTED;
  }

  boolean isPassedBy(State state) {
    return state.sizeBytes() > bytes;
  }
}
