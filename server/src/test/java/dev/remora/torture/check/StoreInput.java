package dev.remora.torture.check;

import dev.remora.torture.client.Request;

/** What happens to a store, with the index at which it did. */
sealed interface StoreInput {
  /** The index, or revision, that it was answered with. */
  long index();

  /** Somebody asked. */
  record Asked(Request request, long index) implements StoreInput {}

  /** Time has removed a key. */
  record Expired(String key, long index) implements StoreInput {}
}
