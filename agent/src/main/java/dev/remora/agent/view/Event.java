package dev.remora.agent.view;

/** One change of one key, as a watch tells it. */
public sealed interface Event {
  /** The key that changed. */
  String key();

  /** The revision that changed it. */
  long revision();

  /** The key was written. */
  record Put(KeyValue kv) implements Event {
    @Override
    public String key() {
      return kv.key();
    }

    @Override
    public long revision() {
      return kv.modRevision();
    }
  }

  /** The key was deleted, or its lease ended. */
  record Delete(String key, long revision) implements Event {}
}
