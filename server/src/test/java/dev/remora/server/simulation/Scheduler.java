package dev.remora.server.simulation;

import java.util.PriorityQueue;

/**
 * Virtual time: what is to happen, in the order of (time, sequence). Time is in microseconds since
 * the beginning and stands still while something happens.
 */
final class Scheduler {
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long nowMicros;
  private long sequence;
  private long events;

  private record Event(long timeMicros, long sequence, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(timeMicros, other.timeMicros);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  long nowMicros() {
    return nowMicros;
  }

  /** How many things have happened. */
  long events() {
    return events;
  }

  /** Plans something; a time in the past means now, behind what is planned for now already. */
  void at(long timeMicros, Runnable task) {
    queue.add(new Event(Math.max(timeMicros, nowMicros), ++sequence, task));
  }

  void after(long delayMicros, Runnable task) {
    at(nowMicros + delayMicros, task);
  }

  /** Lets the next thing happen, if it is planned for before the given time; else time passes. */
  boolean step(long untilMicros) {
    Event next = queue.peek();
    if (next == null || next.timeMicros() >= untilMicros) {
      nowMicros = Math.max(nowMicros, untilMicros);
      return false;
    }
    queue.remove();
    nowMicros = next.timeMicros();
    events++;
    next.task().run();
    return true;
  }
}
