package dev.remora.server.replica;

import java.util.List;

/**
 * What a member says of itself when it connects to another.
 *
 * @param cluster the cluster's id
 * @param member its own id
 * @param incarnation of its data directory, see {@link Identity}
 * @param boot drawn at its start
 * @param term its current one, durable
 * @param lastIndex of its log, durable
 * @param peerUrls where it is reached; one that does not know it otherwise answers there
 */
public record Greeting(
    long cluster,
    long member,
    long incarnation,
    long boot,
    long term,
    long lastIndex,
    List<String> peerUrls) {
  public Greeting {
    peerUrls = List.copyOf(peerUrls);
  }
}
