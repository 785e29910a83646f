package dev.remora.agent.service;

/** A key that the agent keeps in the registry under its lease, and its JSON. */
public record OwnRecord(String key, String value) {
  /** The record of the agent itself. */
  public static OwnRecord ofNode(String prefix, String node, String address, String version) {
    String json =
        new Json()
            .field("node", node)
            .field("address", address)
            .field("version", version)
            .toString();
    return new OwnRecord(prefix + "/nodes/" + node, json);
  }
}
