package dev.remora.agent.service;

import dev.remora.agent.view.KeyValue;
import java.util.List;

/** Everything that can happen to a registration. */
public sealed interface Input {
  /** Begin. Nothing happens before. */
  record Start() implements Input {}

  /** These are the services' records from now on; all others of ours are to go. */
  record Wanted(List<OwnRecord> records) implements Input {
    public Wanted {
      records = List.copyOf(records);
    }
  }

  /** The registry may have lost what it was given, as after a restored backup. */
  record Doubted() implements Input {}

  /** Time has passed. */
  record Tick() implements Input {}

  /** {@link Effect.Grant} is done. */
  record Granted(long lease, long ttlMillis) implements Input {}

  /** {@link Effect.Remember} is durable. */
  record Remembered() implements Input {}

  /** {@link Effect.Read} is done: those of the keys that exist. */
  record KeysRead(List<KeyValue> found) implements Input {
    public KeysRead {
      found = List.copyOf(found);
    }
  }

  /** {@link Effect.CheckLease} is done. */
  record LeaseChecked(boolean isAlive) implements Input {}

  /** {@link Effect.Write} is done: all puts are made. */
  record Written() implements Input {}

  /** {@link Effect.Write} changed nothing: a compare did not hold. */
  record WriteRefused() implements Input {}

  /** {@link Effect.Renew} is done. */
  record Renewed() implements Input {}

  /** The registry does not know our lease: found by a renewal or a write. */
  record LeaseGone() implements Input {}

  /** The outstanding effect failed; the registry or the disk is away. */
  record Failed(String reason) implements Input {}
}
