package dev.remora.agent.view;

import java.util.List;

/**
 * What became different in one range.
 *
 * @param revision the newest revision the change belongs to
 * @param events one a changed key where a fresh read found it, else as the registry sent them
 */
public record Change(KeyRange range, long revision, List<Event> events) {
  public Change {
    events = List.copyOf(events);
  }
}
