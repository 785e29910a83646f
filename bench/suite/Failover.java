import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From SIGKILL of the leader of three members to the first success of a write that was sent after
 * it. Every 10 ms a write goes to one of the two others in turn, without waiting for those before:
 * so the figure is the cluster's, whatever becomes of writes that were under way.
 */
final class Failover implements Experiment {
  static final String NAME = "failover";
  static final String WHAT = "from SIGKILL of the leader to a write";

  private static final int EVERY_MILLIS = 10;
  private static final int WARM_WRITES = 100;
  private static final int PATIENCE_SECONDS = 60;

  private final Bench bench;

  Failover(Bench bench) {
    this.bench = bench;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Kind> kinds() {
    return List.of(Kind.ETCD, Kind.REMORA);
  }

  @Override
  public List<Integer> memberCounts() {
    return List.of(3);
  }

  @Override
  public void run(Kind kind, int memberCount, int round) throws IOException, InterruptedException {
    run(kind, memberCount, "default", List.of(), round);
    run(
        kind,
        memberCount,
        "50 ms, 250 ms",
        List.of("--heartbeat-interval", "50", "--election-timeout", "250"),
        round);
  }

  private void run(Kind kind, int memberCount, String timing, List<String> flags, int round)
      throws IOException, InterruptedException {
    try (Members members = new Members(bench, kind, memberCount, flags)) {
      for (int i = 0; i < bench.settings().kills(); i++) {
        double millis = killLeader(members);
        bench
            .results()
            .add(
                new Results.Place(NAME, memberCount, kind, WHAT, timing, round),
                "ms until a write",
                millis);
      }
    }
  }

  private double killLeader(Members members) throws IOException, InterruptedException {
    int leader = members.leader();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < members.count(); i++) {
      if (i != leader) {
        others.add(members.url(i));
      }
    }
    AtomicLong killedNanos = new AtomicLong(Long.MAX_VALUE);
    AtomicLong done = new AtomicLong();
    CompletableFuture<Long> firstNanos = new CompletableFuture<>();
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      AtomicLong sent = new AtomicLong();
      clock.scheduleAtFixedRate(
          () -> {
            long number = sent.getAndIncrement();
            long sentNanos = System.nanoTime();
            bench
                .http()
                .putV2(others.get((int) (number % others.size())), "failover", number + "")
                .thenAccept(isDone -> {
                  if (isDone) {
                    done.incrementAndGet();
                    if (sentNanos > killedNanos.get()) {
                      firstNanos.complete(System.nanoTime());
                    }
                  }
                });
          },
          0,
          EVERY_MILLIS,
          TimeUnit.MILLISECONDS);
      Bench.await("writes before", PATIENCE_SECONDS, () -> done.get() >= WARM_WRITES);
      killedNanos.set(System.nanoTime());
      members.kill(leader);
      return (firstNanos.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - killedNanos.get()) / 1e6;
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no write succeeded after the leader was killed", e);
    } finally {
      clock.shutdownNow();
      clock.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
      members.restart(leader);
    }
  }
}
