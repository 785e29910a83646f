package dev.remora.torture.network;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Tells which member dialled. All members dial the one address that {@code --initial-cluster} has
 * for a member, so the address says nothing; but {@code /proc/net/tcp} has the inode of a
 * connection's socket, and {@code /proc/PID/fd} the inodes a process holds (proc(5)). Both need no
 * privilege for one's own processes.
 */
final class Senders {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int LOCAL_COLUMN = 1;
  private static final int REMOTE_COLUMN = 2;
  private static final int INODE_COLUMN = 9;

  private final Supplier<Map<Integer, List<Long>>> processes;

  /**
   * Looks among these processes.
   *
   * @param processes the process ids of each member
   */
  Senders(Supplier<Map<Integer, List<Long>>> processes) {
    this.processes = processes;
  }

  /** The member that has a connection between these ports; empty if it is gone or nobody's. */
  OptionalInt of(int localPort, int remotePort) throws IOException {
    Optional<String> inode = inode(localPort, remotePort);
    if (inode.isPresent()) {
      String held = "socket:[" + inode.get() + "]";
      for (Map.Entry<Integer, List<Long>> member : processes.get().entrySet()) {
        for (long pid : member.getValue()) {
          if (holds(pid, held)) {
            return OptionalInt.of(member.getKey());
          }
        }
      }
    }
    return OptionalInt.empty();
  }

  private static Optional<String> inode(int localPort, int remotePort) throws IOException {
    String local = ":%04X".formatted(localPort);
    String remote = ":%04X".formatted(remotePort);
    for (Path table : TABLES) {
      if (!Files.exists(table)) {
        continue;
      }
      for (String line : Files.readAllLines(table)) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length > INODE_COLUMN
            && columns[LOCAL_COLUMN].endsWith(local)
            && columns[REMOTE_COLUMN].endsWith(remote)) {
          return Optional.of(columns[INODE_COLUMN]);
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holds(long pid, String held) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files) {
        if (isLinkTo(file, held)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // The process has ended.
    }
    return false;
  }

  private static boolean isLinkTo(Path file, String held) {
    try {
      return Files.readSymbolicLink(file).toString().equals(held);
    } catch (IOException e) {
      return false; // Closed meanwhile.
    }
  }
}
