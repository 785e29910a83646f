package dev.remora.server.storage;

import dev.remora.server.replica.LogStoreEvents;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a log reports. */
final class RecordedEvents implements LogStoreEvents {
  private final List<String> all = new CopyOnWriteArrayList<>();

  @Override
  public void failed(Exception cause) {
    all.add("failed: " + cause.getMessage());
  }

  @Override
  public void spaceExhausted(String reason) {
    all.add("exhausted: " + reason);
  }

  @Override
  public void spaceRegained() {
    all.add("regained");
  }

  List<String> all() {
    return all;
  }
}
