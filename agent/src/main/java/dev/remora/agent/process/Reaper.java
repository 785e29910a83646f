package dev.remora.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reaps orphans where the agent is process 1, as in a container: whose parent dies becomes a child
 * of process 1, and stays a zombie until that waits for it.
 *
 * <p>It waits for each of them by its id, never for any child: the JVM waits for its own.
 */
public final class Reaper {
  private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);
  private static final Path PROC = Path.of("/proc");
  private static final long PERIOD_MILLIS = 500;

  private final OwnProcesses own;
  private final long self = ProcessHandle.current().pid();

  private Reaper(OwnProcesses own) {
    this.own = own;
  }

  /** Begins, on a thread of its own, if the agent is process 1. */
  public static void startIfFirst(OwnProcesses own) {
    Reaper reaper = new Reaper(own);
    if (reaper.self == 1) {
      Thread.ofPlatform().daemon().name("reaper").start(reaper::run);
    }
  }

  private void run() {
    try {
      while (!Thread.interrupted()) {
        Thread.sleep(PERIOD_MILLIS);
        own.whileNoneStarts(this::reap);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (UnsupportedOperationException e) {
      LOG.warn("orphans are not reaped here: {}", e.getMessage());
    }
  }

  private void reap() {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (!own.contains(pid) && isOurZombie(process)) {
          NativeCalls.reap(pid);
        }
      }
    } catch (IOException e) {
      LOG.debug("/proc cannot be read", e);
    }
  }

  private boolean isOurZombie(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3);
      return fields[0].equals("Z") && Long.parseLong(fields[1]) == self;
    } catch (IOException _) {
      return false; // It is gone.
    }
  }
}
