package dev.remora.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program and all it has started.
 *
 * <p>Descendants are found by parentage, and, since an orphan loses its parent, also by session:
 * each program is started in a session of its own. Only what leaves both at once (a daemon that
 * forks twice and makes itself a session) is out of reach.
 */
final class ProcessTree {
  private static final Path PROC = Path.of("/proc");
  private static final int ROUNDS_MAX = 20;

  /**
   * Fields of {@code /proc/PID/stat} after the name in parentheses: state, parent, group, session.
   */
  private static final int SESSION_FIELD = 3;

  private ProcessTree() {}

  /** Kills, again and again until none is left: a dying tree may still fork. */
  static void kill(Process leader) {
    ProcessHandle root = leader.toHandle();
    for (int round = 0; round < ROUNDS_MAX; round++) {
      List<ProcessHandle> alive = alive(root);
      if (alive.isEmpty()) {
        return;
      }
      alive.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static List<ProcessHandle> alive(ProcessHandle root) {
    List<ProcessHandle> found = new ArrayList<>(root.descendants().toList());
    found.addAll(ofSession(root.pid()));
    if (root.isAlive()) {
      found.add(root);
    }
    return found;
  }

  private static List<ProcessHandle> ofSession(long session) {
    List<ProcessHandle> members = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (session(process) == session) {
          long pid = Long.parseLong(process.getFileName().toString());
          ProcessHandle.of(pid).ifPresent(members::add);
        }
      }
    } catch (IOException e) {
      return members; // No /proc: parentage has to do.
    }
    return members;
  }

  /** The session of a process that lives, or -1. */
  private static long session(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      boolean isDead = Stream.of("Z", "X").anyMatch(fields[0]::equals);
      return isDead ? -1 : Long.parseLong(fields[SESSION_FIELD]);
    } catch (IOException e) {
      return -1; // It is gone.
    }
  }
}
