package dev.remora.server.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The alarms of all members. Immutable; any thread may read it.
 *
 * @param raised each once, by kind, then member
 */
public record Alarms(List<Alarm> raised) {
  private static final Comparator<Alarm> ORDER =
      Comparator.comparing(Alarm::kind).thenComparing(Alarm::member, Long::compareUnsigned);

  /** Most alarms that can be raised: clients may name any member. */
  static final int COUNT_MAX = 1_000;

  /** All is well. */
  public static final Alarms NONE = new Alarms(List.of());

  public Alarms {
    raised = raised.stream().distinct().sorted(ORDER).toList();
  }

  /** Whether some member has this alarm. */
  public boolean has(Alarm.Kind kind) {
    for (Alarm alarm : raised) { // No stream: it is asked for every entry, and there is none.
      if (alarm.kind() == kind) {
        return true;
      }
    }
    return false;
  }

  /** Whether this alarm is raised. */
  public boolean contains(Alarm alarm) {
    return raised.contains(alarm);
  }

  /** With one more, unless there are too many. */
  Alarms with(Alarm alarm) {
    if (raised.size() >= COUNT_MAX) {
      return this;
    }
    List<Alarm> more = new ArrayList<>(raised);
    more.add(alarm);
    return new Alarms(more);
  }

  /** Without one. */
  Alarms without(Alarm alarm) {
    return new Alarms(raised.stream().filter(other -> !other.equals(alarm)).toList());
  }
}
