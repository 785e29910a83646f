package dev.remora.torture;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.check.Checks;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.History;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import dev.remora.torture.cluster.Shape;
import dev.remora.torture.nemesis.FaultKind;
import dev.remora.torture.nemesis.Nemesis;
import dev.remora.torture.watch.WatchLog;
import dev.remora.torture.watch.Watchers;
import dev.remora.torture.workload.Bank;
import dev.remora.torture.workload.Clients;
import dev.remora.torture.workload.Directories;
import dev.remora.torture.workload.Expiries;
import dev.remora.torture.workload.Locks;
import dev.remora.torture.workload.OrderedSets;
import dev.remora.torture.workload.Registers;
import dev.remora.torture.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One run: a cluster is started, used, attacked, left in peace, read once more and judged. History
 * and logs are kept in {@code target/torture} if anything is wrong.
 */
final class Torture {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration SETTLE_PATIENCE = Duration.ofSeconds(60);
  private static final Duration CALM = Duration.ofSeconds(3);
  private static final int CALMS_MAX = 5;
  private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);
  private static final int CLIENTS = 8;

  /** A cluster that does hardly anything could pass all other checks. */
  private static final int WRITES_PER_SECOND_LEAST = 5;

  private final Plan plan;
  private final Path folder;
  private final History history = new History();
  private final Map<String, List<String>> verdicts = new LinkedHashMap<>();

  private Torture(Plan plan) {
    this.plan = plan;
    this.folder =
        Path.of("target", "torture", "%s-%d".formatted(plan.kind(), System.currentTimeMillis()))
            .toAbsolutePath();
  }

  /** Does what the plan says. */
  static Report run(Plan plan) throws InterruptedException {
    return new Torture(plan).run();
  }

  private Report run() throws InterruptedException {
    Shape shape =
        Shape.of(
            plan.kind(), plan.members(), folder, plan.onLoopDisks(), plan.liars(), hasClocks());
    try (Cluster cluster = Cluster.start(shape)) {
      cluster.awaitServing(START_PATIENCE);
      Report report = attack(cluster);
      if (!report.problems().isEmpty()) {
        history.write(folder.resolve("history.jsonl"));
        Files.writeString(folder.resolve("report.txt"), report.text() + "\n");
        say("history and logs are in " + folder);
      }
      say(report.text());
      return report;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean hasClocks() {
    return plan.faults().contains(FaultKind.CLOCK) && Cluster.canTurnClocks(plan.kind());
  }

  private Report attack(Cluster cluster) throws InterruptedException {
    List<Workload> workloads =
        List.of(
            new Registers(plan.isQuorum()),
            new OrderedSets(),
            new Directories(),
            new Expiries(),
            new Locks(),
            new Bank());
    Nemesis nemesis = new Nemesis(cluster, history, plan.faults(), new Random(plan.seed()));
    try (Watchers watchers = new Watchers(cluster.members(), Workload.FOLDER, Workload.PREFIX);
        Clients clients = new Clients(cluster.members(), workloads, history)) {
      clients.start(CLIENTS, plan.seed());
      verdicts.put("enough writes before the faults", warmUp());
      Thread progress = Thread.ofVirtual().start(() -> tell(cluster, nemesis));
      nemesis.run(System.nanoTime() + plan.duration().toNanos());
      progress.interrupt();
      verdicts.put("faults are survived", nemesis.problems());
      settle(cluster, clients, watchers);
      verdicts.put("no member ended by itself", ended(cluster));
      verdicts.putAll(
          Checks.run(
              new Checks.Evidence(
                  history.calls(),
                  watchers.keys(),
                  watchers.ranges(),
                  cluster.members().stream().map(Member::log).toList(),
                  !hasClocks())));
    }
    List<Long> writes =
        history.calls().stream()
            .filter(History::isAcknowledgedWrite)
            .map(Call::completedNanos)
            .toList();
    return new Report(plan, writes, nemesis.strikes(), verdicts);
  }

  /** Lets the clients work in peace until the cluster does what can be expected of it. */
  private List<String> warmUp() throws InterruptedException {
    long rate = 0;
    for (int tries = 0; tries < CALMS_MAX; tries++) {
      long before = history.writes();
      Thread.sleep(CALM);
      rate = (history.writes() - before) / CALM.toSeconds();
      if (rate >= WRITES_PER_SECOND_LEAST) {
        return List.of();
      }
    }
    return List.of("only %d writes a second".formatted(rate));
  }

  /** Once in a while, a line. */
  private void tell(Cluster cluster, Nemesis nemesis) {
    Instant start = Instant.now();
    try {
      while (true) {
        Thread.sleep(PROGRESS_EVERY);
        say(
            "%4d s: %d writes, %d faults%s"
                .formatted(
                    Duration.between(start, Instant.now()).toSeconds(),
                    history.writes(),
                    nemesis.strikes().size(),
                    ended(cluster).isEmpty() ? "" : ", " + ended(cluster)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets everything come to rest, reads it all, and compares the members. */
  private void settle(Cluster cluster, Clients clients, Watchers watchers)
      throws InterruptedException {
    clients.stop();
    List<String> problems = new ArrayList<>();
    try {
      cluster.awaitServing(SETTLE_PATIENCE);
    } catch (IllegalStateException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    // What has not expired by then is found by the check.
    if (!hasClocks()) {
      await(() -> hasExpired(cluster));
    }
    List<Long> ends = new ArrayList<>();
    for (Outcome outcome : clients.readAll()) {
      ends.add(outcome instanceof Outcome.Answered(Reply reply) ? index(reply) : Long.MAX_VALUE);
    }
    if (!await(() -> areAt(watchers.keys(), ends.get(0)))) {
      problems.add("a v2 watch does not come to the last change");
    }
    if (!await(() -> areAt(watchers.ranges(), ends.get(1)))) {
      problems.add("a v3 watch does not come to the last change");
    }
    if (!await(() -> digests(cluster).size() == 1)) {
      problems.add("the members differ: " + digests(cluster));
    }
    verdicts.put("members come to the same state", problems);
  }

  private static long index(Reply reply) {
    JsonNode json = reply.json();
    return json.has("node")
        ? json.path("node").path("modifiedIndex").asLong()
        : json.path("header").path("revision").asLong(Long.MAX_VALUE);
  }

  private static boolean areAt(List<WatchLog> logs, long index) {
    return logs.stream().allMatch(log -> log.lastIndex() >= index);
  }

  private static boolean hasExpired(Cluster cluster) {
    return cluster.members().stream()
        .allMatch(member ->
            Cluster.probe(member, Expiries.listing())
                .filter(reply -> !reply.json().path("node").has("nodes"))
                .isPresent());
  }

  /** What each member has, as seen by itself: all keys of v2, and v3's hash. */
  private static Set<String> digests(Cluster cluster) {
    Request keys =
        new Request.Keys("GET", Workload.FOLDER, Map.of("recursive", "true", "sorted", "true"));
    Request hash = new Request.V3("maintenance/hash", "{}");
    Set<String> digests = new HashSet<>();
    for (Member member : cluster.members()) {
      Optional<Reply> hashed = Cluster.probe(member, hash);
      digests.add(
          "%d/%s/%s"
              .formatted(
                  Cluster.probe(member, keys).map(Reply::body).orElse("none").hashCode(),
                  hashed.map(reply -> reply.json().path("hash").asText()).orElse("none"),
                  hashed.map(reply -> reply.json().path("compact_revision").asText()).orElse("")));
    }
    return digests;
  }

  private static boolean await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + SETTLE_PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(100);
    }
    return true;
  }

  private static List<String> ended(Cluster cluster) {
    return cluster.members().stream()
        .filter(member -> member.surprise().isPresent())
        .map(member ->
            "member %d ended with code %d".formatted(member.number(), member.surprise().getAsInt()))
        .toList();
  }

  private static void say(String text) {
    System.out.println("torture: " + text.replace("\n", "\ntorture: "));
  }
}
