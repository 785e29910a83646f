package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Patroni's use of v2, over the loss of the store's leader and of the lock's holder: the lock is
 * made with {@code prevExist=false} and a TTL, kept with {@code prevValue}, and waited for by a
 * long poll. A holder believes that it has the lock until its TTL after it has <i>sent</i> the
 * request that made or kept it; at no time may two believe so.
 */
final class LeaderLockTest {
  private static final Duration TTL = Duration.ofSeconds(3);
  private static final Duration LOOP = Duration.ofMillis(400);
  private static final String SCOPE = "/v2/keys/service/batman";

  @TempDir private Path directory = Path.of("unset");

  private final LongSupplier clock = System::nanoTime;
  private final List<Belief> beliefs = new CopyOnWriteArrayList<>();

  /** From when until when somebody believed that the lock was his, in nanoseconds. */
  private record Belief(String who, long from, long to) {}

  private record Answer(int status, String body, long index) {}

  @Test
  void thereIsOneHolderAtATimeAndTheLockMoves() throws Exception {
    try (ServerCluster cluster = ServerCluster.start(directory, "a", "b", "c")) {
      List<URI> urls = List.of(cluster.url("a"), cluster.url("b"), cluster.url("c"));
      List<Instance> instances = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        instances.add(new Instance("pg" + i, urls, i));
      }
      instances.forEach(Instance::start);
      try {
        awaitBeliefAfter(clock.getAsLong());

        String leader = cluster.leader("a");
        cluster.kill(leader);
        awaitBeliefAfter(clock.getAsLong());

        // The holder goes without a word. Who it is may change under us on a busy machine.
        Instance gone = instance(instances, awaitBeliefAfter(clock.getAsLong()).who());
        gone.crash();
        long goneAt = clock.getAsLong();
        Belief next = awaitBeliefOfAnotherThan(gone.name, goneAt);
        System.out.printf(
            "the lock moved %d ms after its holder went, with a TTL of %d ms%n",
            TimeUnit.NANOSECONDS.toMillis(next.from() - goneAt), TTL.toMillis());

        cluster.start(leader, List.of("a", "b", "c"), "new");
        cluster.awaitReady(leader);
        new Instance(gone.name, urls, 1).start(instances);

        Instance holder = instance(instances, awaitBeliefAfter(clock.getAsLong()).who());
        assertThat(holder.announceFailover("one")).as("a failover is asked for").isTrue();
        assertThat(holder.announceFailover("two")).as("another one meanwhile").isFalse();
        holder.isAskedToStepDown = true;
        awaitBeliefOfAnotherThan(holder.name, clock.getAsLong());
      } finally {
        instances.forEach(Instance::crash);
        for (Instance instance : instances) {
          instance.join();
        }
      }
    }
    assertThatNoTwoBelieved();
  }

  private void assertThatNoTwoBelieved() {
    List<Belief> inOrder = beliefs.stream().sorted(Comparator.comparingLong(Belief::from)).toList();
    Belief last = inOrder.getFirst();
    for (Belief belief : inOrder) {
      if (!belief.who().equals(last.who())) {
        assertThat(belief.from()).as("%s after %s", belief, last).isGreaterThan(last.to());
      }
      last = belief.to() > last.to() ? belief : last;
    }
  }

  private Belief awaitBeliefAfter(long nanos) {
    return awaitBelief(nanos, "nobody");
  }

  private Belief awaitBeliefOfAnotherThan(String who, long nanos) {
    return awaitBelief(nanos, who);
  }

  private Belief awaitBelief(long afterNanos, String otherThan) {
    List<Belief> found = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> {
          beliefs.stream()
              .filter(belief -> belief.from() > afterNanos && !belief.who().equals(otherThan))
              .findFirst()
              .ifPresent(found::add);
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  private static Instance instance(List<Instance> instances, String name) {
    return instances.stream()
        .filter(instance -> instance.name.equals(name) && !instance.isGone)
        .findFirst()
        .orElseThrow();
  }

  /** One database server with its agent, on a thread of its own. */
  private final class Instance {
    private final String name;
    private final List<URI> members;
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Thread thread;
    private int asked;
    private volatile boolean isGone;
    private volatile boolean isAskedToStepDown;

    Instance(String name, List<URI> members, int asked) {
      this.name = name;
      this.members = members;
      this.asked = asked;
      this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
      thread.start();
    }

    void start(List<Instance> all) {
      all.add(this);
      start();
    }

    void crash() {
      isGone = true;
      thread.interrupt();
    }

    void join() throws InterruptedException {
      thread.join();
      client.close();
    }

    private void run() {
      try {
        while (!isGone) {
          turn();
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    private void turn() throws InterruptedException {
      String ttl = "&ttl=" + TTL.toSeconds();
      ask("PUT", "/members/" + name, "value=" + name + ttl, LOOP.multipliedBy(5));
      Optional<Answer> seen = ask("GET", "/leader?quorum=true", "", LOOP.multipliedBy(5));
      if (seen.isEmpty()) {
        return;
      }
      Answer leader = seen.get();
      boolean isOurs = leader.body().contains("\"value\":\"" + name + "\"");
      if (leader.status() == 404) {
        hold("value=" + name + ttl + "&prevExist=false");
      } else if (isOurs && isAskedToStepDown) {
        isAskedToStepDown = false;
        stopBelieving(clock.getAsLong());
        ask("DELETE", "/leader?prevValue=" + name, "", LOOP.multipliedBy(5));
        Thread.sleep(TTL.multipliedBy(2));
      } else if (isOurs) {
        hold("value=" + name + ttl + "&prevValue=" + name);
        Thread.sleep(LOOP);
      } else {
        ask("GET", "/leader?wait=true&waitIndex=" + (leader.index() + 1), "", LOOP);
      }
    }

    private void hold(String form) throws InterruptedException {
      long sent = clock.getAsLong();
      Optional<Answer> answer = ask("PUT", "/leader", form, LOOP.multipliedBy(5));
      long now = clock.getAsLong();
      long until = sent + TTL.toNanos();
      if (answer.isPresent() && answer.get().status() / 100 == 2 && now < until) {
        beliefs.add(new Belief(name, now, until));
      }
    }

    /** Who steps down does so before it lets go. */
    private void stopBelieving(long now) {
      beliefs.replaceAll(belief ->
          belief.who().equals(name) && belief.to() > now
              ? new Belief(name, belief.from(), now)
              : belief);
    }

    /** Asks for a failover, unless somebody has; whether it is this one that is asked for. */
    boolean announceFailover(String candidate) {
      await()
          .atMost(ServerCluster.PATIENCE)
          .until(() ->
              ask(
                      "PUT",
                      "/failover",
                      "value=" + candidate + "&prevExist=false",
                      ServerCluster.PATIENCE)
                  .isPresent());
      List<Answer> answers = new ArrayList<>();
      await()
          .atMost(ServerCluster.PATIENCE)
          .until(() -> {
            ask("GET", "/failover?quorum=true", "", ServerCluster.PATIENCE).ifPresent(answers::add);
            return !answers.isEmpty();
          });
      return answers.getFirst().body().contains("\"value\":\"" + candidate + "\"");
    }

    /** Asks a member; another one the next time, if this one does not answer well. */
    private Optional<Answer> ask(String method, String path, String form, Duration patience)
        throws InterruptedException {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(members.get(asked % members.size()) + SCOPE + path))
              .timeout(patience)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .method(method, BodyPublishers.ofString(form))
              .build();
      try {
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() < 500) {
          long index = response.headers().firstValueAsLong("X-Etcd-Index").orElse(0);
          return Optional.of(new Answer(response.statusCode(), response.body(), index));
        }
      } catch (IOException _) {
        // Not answered: it may have been done or not.
      }
      if (!path.contains("wait=true")) {
        asked++;
      }
      return Optional.empty();
    }
  }
}
