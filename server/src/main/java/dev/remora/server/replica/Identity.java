package dev.remora.server.replica;

/**
 * Who a member is.
 *
 * @param cluster the cluster's id; an unsigned number
 * @param member the member's id; an unsigned number, not 0
 * @param incarnation of its data directory: another one has another memory of what was promised
 * @param boot a number drawn at this start
 * @param name the member's human name
 */
public record Identity(long cluster, long member, long incarnation, long boot, String name) {
  public Identity {
    if (member == 0) {
      throw new IllegalArgumentException("a member's id is not 0");
    }
  }
}
