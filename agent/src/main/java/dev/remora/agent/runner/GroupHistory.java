package dev.remora.agent.runner;

import dev.remora.agent.view.Change;
import dev.remora.agent.view.Event;
import dev.remora.agent.view.KeyRange;
import dev.remora.agent.view.KeyValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What a group was rendered of, and what has changed of it: told to people who ask why. */
final class GroupHistory {
  private static final int CHANGES_MAX = 20;

  private final ArrayDeque<GroupStatus.Changed> changes = new ArrayDeque<>();
  private List<GroupStatus.Use> uses = List.of();

  void onChange(Change change) {
    for (Event event : change.events()) {
      changes.addLast(
          new GroupStatus.Changed(event.key(), event.revision(), event instanceof Event.Delete));
      if (changes.size() > CHANGES_MAX) {
        changes.removeFirst();
      }
    }
  }

  void onRendered(Renderer.ReadRanges read) {
    List<GroupStatus.Use> found = new ArrayList<>();
    for (int i = 0; i < read.asked().size(); i++) {
      KeyRange range = read.asked().get(i);
      List<KeyValue> values = read.answer().values().get(i);
      long newest = 0;
      for (KeyValue value : values) {
        newest = Math.max(newest, value.modRevision());
      }
      String name = range.start() + (range instanceof KeyRange.Prefix ? "*" : "");
      found.add(new GroupStatus.Use(name, values.size(), newest));
    }
    uses = List.copyOf(found);
  }

  List<GroupStatus.Use> uses() {
    return uses;
  }

  List<GroupStatus.Changed> changes() {
    return List.copyOf(changes);
  }
}
