package dev.remora.agent.process;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The processes the agent has started and waits for. {@link Reaper} leaves them alone: whoever
 * reaps one of them takes its exit code from the one who waits.
 */
public final class OwnProcesses {
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Long> pids = ConcurrentHashMap.newKeySet();

  /** Starts one; from then on until it was waited for it is known. */
  Process start(ProcessBuilder builder) throws IOException {
    lock.lock();
    try {
      Process process = builder.start();
      long pid = process.pid();
      pids.add(pid);
      var _ = process.onExit().thenRun(() -> pids.remove(pid));
      return process;
    } finally {
      lock.unlock();
    }
  }

  /** Runs this while none is started. */
  void whileNoneStarts(Runnable work) {
    lock.lock();
    try {
      work.run();
    } finally {
      lock.unlock();
    }
  }

  boolean contains(long pid) {
    return pids.contains(pid);
  }
}
