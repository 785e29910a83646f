package dev.remora.server.raft;

/** Placeholder until the core is there. */
public final class ConfChangeCodec {
  private ConfChangeCodec() {}

  public static Payload encode(ConfChange change) {
    return change.context();
  }

  public static ConfChange decode(Payload payload) {
    return new ConfChange(ConfChange.Transition.AUTO, java.util.List.of(), payload);
  }
}
