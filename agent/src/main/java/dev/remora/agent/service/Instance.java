package dev.remora.agent.service;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One instance of a service, as the registry shows it.
 *
 * @param id unique below the name
 * @param meta shown in the order of its keys
 * @param zone empty for none
 */
public record Instance(
    String name,
    String id,
    String address,
    int port,
    List<String> tags,
    Map<String, String> meta,
    int passingWeight,
    int warningWeight,
    Status status,
    String node,
    String zone) {
  /** Whether it can be used. */
  public enum Status {
    PASSING,
    WARNING,
    CRITICAL,
    MAINTENANCE,
    DRAINING;

    /** The word for it in records and answers. */
    public String text() {
      return switch (this) {
        case PASSING -> "passing";
        case WARNING -> "warning";
        case CRITICAL -> "critical";
        case MAINTENANCE -> "maintenance";
        case DRAINING -> "draining";
      };
    }
  }

  public Instance {
    tags = List.copyOf(tags);
    meta = Collections.unmodifiableMap(new TreeMap<>(meta));
  }

  /** The same instance in another status. */
  public Instance withStatus(Status now) {
    return new Instance(
        name, id, address, port, tags, meta, passingWeight, warningWeight, now, node, zone);
  }

  /** The record of this instance. */
  public OwnRecord record(String prefix) {
    String json =
        new Json()
            .field("id", id)
            .field("name", name)
            .field("address", address)
            .field("port", port)
            .field("tags", tags)
            .field("meta", meta)
            .field(
                "weights",
                new Json().field("passing", passingWeight).field("warning", warningWeight))
            .field("status", status.text())
            .field("node", node)
            .field("zone", zone)
            .toString();
    return new OwnRecord(prefix + "/services/" + name + "/" + id, json);
  }
}
