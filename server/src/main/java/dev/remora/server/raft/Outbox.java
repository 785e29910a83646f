package dev.remora.server.raft;

import java.util.ArrayList;
import java.util.List;

/** Messages that wait to be taken. */
final class Outbox {
  private List<Message> now = new ArrayList<>();
  private List<Message> afterDurable = new ArrayList<>();

  /** It claims nothing about what this member has stored: it may leave at once. */
  void now(Message message) {
    now.add(message);
  }

  /** It promises something that must be durable first. */
  void afterDurable(Message message) {
    afterDurable.add(message);
  }

  boolean isEmpty() {
    return now.isEmpty() && afterDurable.isEmpty();
  }

  boolean hasAfterDurable() {
    return !afterDurable.isEmpty();
  }

  List<Message> takeNow() {
    if (now.isEmpty()) {
      return List.of();
    }
    List<Message> taken = now;
    now = new ArrayList<>(taken.size());
    return taken;
  }

  List<Message> takeAfterDurable() {
    if (afterDurable.isEmpty()) {
      return List.of();
    }
    List<Message> taken = afterDurable;
    afterDurable = new ArrayList<>(taken.size());
    return taken;
  }
}
