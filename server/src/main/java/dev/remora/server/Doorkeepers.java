package dev.remora.server;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.remora.server.api.Doorkeeper;
import dev.remora.server.api.GuardedTransport;
import dev.remora.server.config.ClientRules;
import java.lang.management.ManagementFactory;

/** How many connections this process takes: of clients, and of what comes to the peer port. */
final class Doorkeepers {
  /** Far above what one machine of clients needs; a connection costs some 20 KiB. */
  private static final long CLIENTS_MOST = 50_000;

  private static final int CLIENTS_LEAST = 16;
  private static final int CLIENTS_SHAKING_HANDS = 1_000;
  private static final int MEMBERS = 256;
  private static final int MEMBERS_SHAKING_HANDS = 64;

  /** Files that stay free for the log, snapshots, and other members; etcd keeps as many. */
  private static final long FILES_KEPT = 150;

  /** So many the JVM and this program have open before the first connection. */
  private static final long FILES_OF_START = 64;

  private Doorkeepers() {}

  /** A transport that lets in as many as this process has files for. */
  static GuardedTransport transport(ClientRules rules) {
    return new GuardedTransport(
        new Doorkeeper(
            new Doorkeeper.Bounds(
                clientsMax(filesMax()),
                rules.connectionsPerAddress(),
                CLIENTS_SHAKING_HANDS,
                true)),
        new Doorkeeper(new Doorkeeper.Bounds(MEMBERS, 0, MEMBERS_SHAKING_HANDS, false)));
  }

  /**
   * How many clients may be connected at a time.
   *
   * @param files how many this process may have open
   */
  static int clientsMax(long files) {
    long left = files - Math.min(FILES_KEPT, files / 2) - FILES_OF_START;
    return (int) Math.clamp(left, CLIENTS_LEAST, CLIENTS_MOST);
  }

  private static long filesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }
}
