package dev.remora.server.fuzz;

import static org.awaitility.Awaitility.await;

import dev.remora.server.process.EtcdProcess;
import dev.remora.server.process.ServerProcess;
import dev.remora.server.process.StoreProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** A fresh etcd and a fresh server of ours, asked the same. Not thread-safe. */
final class Duel implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  /** How long a watch that one server has answered may still be open at the other. */
  private static final int LATE_MILLIS = 1_500;

  /** How long a watch is listened to that is open at both. */
  private static final int SILENCE_MILLIS = 20;

  /** A node that ends within this time is waited for, so that it ends at both between requests. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final int WATCHES_MAX = 3;
  private static final int STATE_EVERY = 100;
  private static final int FILLED_EVERY = 4;
  private static final int FILL = 1_050;

  /** Of the node itself; quotes within strings are escaped, so it is no part of a value. */
  private static final Pattern EXPIRATION = Pattern.compile("\"expiration\":\"([^\"]*)\"");

  private final StoreProcess etcd;
  private final StoreProcess remora;
  private final Comparison comparison;
  private Wire toEtcd;
  private Wire toRemora;
  private final List<OpenWatch> watches = new ArrayList<>();

  private record OpenWatch(Request request, Wire toEtcd, Wire toRemora, int end) {}

  private record Answers(Reply etcd, Reply remora) {}

  Duel(Path directory, KnownDifferences known) {
    etcd = EtcdProcess.start(directory.resolve("etcd"));
    remora = ServerProcess.start(directory.resolve("remora"));
    comparison = new Comparison(known);
    toEtcd = new Wire(etcd.url());
    toRemora = new Wire(remora.url());
  }

  /** Asks that many random requests; the first difference in words, empty if there is none. */
  Optional<String> run(long seed, int requests) {
    Random random = new Random(seed);
    Memory memory = new Memory(align());
    if (seed % FILLED_EVERY == 0) {
      fill();
    }
    KeysRequests next = new KeysRequests(random, memory);
    for (int i = 0; i < requests; i++) {
      Request request =
          i % STATE_EVERY == STATE_EVERY - 1
              ? Request.of("GET", "/v2/keys?recursive=true&sorted=true")
              : next.next();
      Optional<String> difference =
          request.mayWait()
              ? watch(request, memory, i + 1 + random.nextInt(8))
              : ask(request, memory);
      if (difference.isEmpty()) {
        difference = endWatches(i, memory);
      }
      if (difference.isPresent()) {
        return Optional.of("seed " + seed + ", request " + i + ": " + difference.get());
      }
    }
    return endWatches(Integer.MAX_VALUE, memory);
  }

  /**
   * Brings both stores to one index, by writes that leave nothing behind.
   *
   * @return the index
   */
  private long align() {
    while (index(toEtcd) != index(toRemora)) {
      Wire behind = index(toEtcd) < index(toRemora) ? toEtcd : toRemora;
      long missing = Math.abs(index(toEtcd) - index(toRemora));
      for (long i = 1; i < Math.max(2, missing); i++) {
        ask(behind, Request.of("PUT", "/v2/keys/_align"));
      }
      ask(behind, Request.of("DELETE", "/v2/keys/_align"));
    }
    return index(toEtcd);
  }

  /** Writes more than the history's window, so that its far end is met. */
  private void fill() {
    for (int i = 0; i < FILL; i++) {
      ask(Request.of("PUT", "/v2/keys/a/b?value=" + i));
    }
  }

  private static long index(Wire wire) {
    Reply reply = ask(wire, Request.of("GET", "/v2/keys/_no_such_key"));
    return Long.parseLong(reply.header("x-etcd-index"));
  }

  private static Reply ask(Wire wire, Request request) {
    wire.send(request);
    return wire.read(PATIENCE_MILLIS);
  }

  private Optional<String> ask(Request request, Memory memory) {
    Answers answers = ask(request);
    Optional<String> difference = difference(request, answers);
    if (difference.isEmpty() && request.method().equals("HEAD")) {
      difference = differenceOfLengths(request, answers);
    }
    if (difference.isPresent()) {
      return difference;
    }
    memory.learn(answers.etcd);
    return settle(request, answers.etcd);
  }

  private Answers ask(Request request) {
    toEtcd.send(request);
    toRemora.send(request);
    Answers answers = new Answers(toEtcd.read(PATIENCE_MILLIS), toRemora.read(PATIENCE_MILLIS));
    if (!goesOn(answers.etcd) || !goesOn(answers.remora)) {
      toEtcd.close();
      toRemora.close();
      toEtcd = new Wire(etcd.url());
      toRemora = new Wire(remora.url());
    }
    return answers;
  }

  private static boolean goesOn(Reply reply) {
    return reply.state() == Reply.State.WHOLE
        && !reply.header("connection").equalsIgnoreCase("close");
  }

  private Optional<String> difference(Request request, Answers answers) {
    return comparison
        .difference(request, answers.etcd, answers.remora)
        .map(what ->
            what
                + "\n"
                + request.curl(remora.url())
                + "\n--- etcd\n"
                + answers.etcd
                + "\n--- remora\n"
                + answers.remora);
  }

  /** A HEAD tells a length: it must be that of a GET, nearly where there are times in it. */
  private Optional<String> differenceOfLengths(Request request, Answers heads) {
    if (heads.etcd.header("content-length").equals(heads.remora.header("content-length"))) {
      return Optional.empty();
    }
    Answers gets = ask(Request.of("GET", request.target()));
    return gets.etcd.body().contains("\"expiration\"")
        ? difference(Request.of("GET", request.target()), gets)
        : Optional.of("the lengths differ\n" + request.curl(remora.url()) + "\n" + heads);
  }

  /**
   * Waits until a node that was to live shortly has gone from both: two clocks do not tick
   * together.
   */
  private Optional<String> settle(Request request, Reply reply) {
    boolean isWrite = request.method().equals("PUT") || request.method().equals("POST");
    if (!isWrite || reply.status() >= 300) {
      return Optional.empty();
    }
    Matcher expiration = EXPIRATION.matcher(reply.body().split("\"prevNode\":", 2)[0]);
    boolean isTold = expiration.find();
    if (isTold
        ? Instant.parse(expiration.group(1)).isAfter(Instant.now().plus(SOON))
        : reply.body().contains("\"node\"")
            || !(request.target() + request.body()).contains("ttl")) {
      return Optional.empty();
    }
    long next = Long.parseLong(reply.header("x-etcd-index")) + 1;
    try {
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(isTold ? SOON.plusSeconds(10) : Duration.ofMillis(1_500))
          .until(() -> index(toEtcd) >= next && index(toRemora) >= next);
    } catch (ConditionTimeoutException _) {
      // Nothing was told of when it ends: it may stay for long.
    }
    long theirs = index(toEtcd);
    long ours = index(toRemora);
    return theirs == ours && (!isTold || theirs == next)
        ? Optional.empty()
        : Optional.of(
            "after the end of a node etcd is at index "
                + theirs
                + " and we are at "
                + ours
                + "\n"
                + request.curl(remora.url())
                + "\n"
                + reply);
  }

  private Optional<String> watch(Request request, Memory memory, int end) {
    Wire theirs = new Wire(etcd.url());
    Wire ours = new Wire(remora.url());
    theirs.send(request);
    ours.send(request);
    theirs.readHead(PATIENCE_MILLIS);
    ours.readHead(PATIENCE_MILLIS);
    watches.add(new OpenWatch(request, theirs, ours, end));
    return endWatches(watches.size() > WATCHES_MAX ? watches.getFirst().end : -1, memory);
  }

  /** Compares what the watches have told that were to be open until this request. */
  private Optional<String> endWatches(int now, Memory memory) {
    Optional<String> difference = Optional.empty();
    for (OpenWatch watch : List.copyOf(watches)) {
      if (watch.end <= now) {
        watches.remove(watch);
        difference = difference.or(() -> end(watch, memory));
        watch.toEtcd.close();
        watch.toRemora.close();
      }
    }
    return difference;
  }

  private Optional<String> end(OpenWatch watch, Memory memory) {
    Optional<String> difference = Optional.empty();
    for (int patience : new int[] {SILENCE_MILLIS, LATE_MILLIS}) {
      Answers answers = new Answers(watch.toEtcd.read(patience), watch.toRemora.read(patience));
      difference = difference(watch.request, answers);
      if (difference.isEmpty()) {
        learn(memory, answers.etcd);
        return difference;
      }
    }
    return difference;
  }

  /** A watch's events are old: only an answer that is no event tells how things are. */
  private static void learn(Memory memory, Reply reply) {
    if (!reply.headers().containsKey("transfer-encoding")) {
      memory.learn(reply);
    }
  }

  @Override
  public void close() {
    watches.forEach(watch -> {
      watch.toEtcd.close();
      watch.toRemora.close();
    });
    toEtcd.close();
    toRemora.close();
    remora.close();
    etcd.close();
  }
}
