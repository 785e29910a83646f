package dev.remora.torture.workload;

import dev.remora.torture.client.History;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Request;
import dev.remora.torture.client.Session;
import dev.remora.torture.cluster.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** The clients: each does steps of all workloads, by chance, until it is stopped. */
public final class Clients implements AutoCloseable {
  /** How long a client rests between two steps, on average half of it. */
  private static final Duration PACE = Duration.ofMillis(40);

  private final List<Workload> workloads;
  private final List<Integer> ports;
  private final History history;
  private final AtomicLong processes = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isStopped;

  /** For these members; nothing runs yet. */
  public Clients(List<Member> members, List<Workload> workloads, History history) {
    this.ports = members.stream().map(Member::clientPort).toList();
    this.workloads = List.copyOf(workloads);
    this.history = history;
  }

  /**
   * Starts clients: of each pair one stays with a member and one goes round.
   *
   * @param seed of their choices
   */
  public void start(int count, long seed) {
    try (Session session = session(0, true)) {
      workloads.forEach(workload -> workload.prepare(session));
    }
    for (int number = 0; number < count; number++) {
      int own = number;
      threads.add(
          Thread.ofVirtual()
              .name("client " + number)
              .start(() -> run(own, new Random(seed * 1000 + own))));
    }
  }

  private Session session(int number, boolean isPinned) {
    return new Session(ports, history, processes, number / 2, isPinned);
  }

  private void run(int number, Random random) {
    try (Session session = session(number, number % 2 == 0)) {
      while (!isStopped) {
        // The first is the one that finds most.
        int choice = Math.max(0, random.nextInt(-workloads.size(), workloads.size()));
        workloads.get(choice).step(session, random);
        Thread.sleep(random.nextLong(PACE.toMillis()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops all clients, after the call each is at. */
  public void stop() {
    isStopped = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  /**
   * Lets every workload read everything, and makes a last change at each door.
   *
   * @return what the doors answered
   */
  public List<Outcome> readAll() {
    try (Session session = session(0, false)) {
      workloads.forEach(workload -> workload.readAll(session));
      return List.of(
          session.call(new Request.Keys("PUT", Workload.FOLDER + "/end", Map.of("value", "end"))),
          session.call(V3.txn("", V3.put(Workload.PREFIX + "end", "end"))));
    }
  }

  @Override
  public void close() {
    stop();
  }
}
