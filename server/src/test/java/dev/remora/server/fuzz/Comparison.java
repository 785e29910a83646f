package dev.remora.server.fuzz;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Compares the two answers to one request. */
final class Comparison {
  /** What differs between any two servers: only that they are there is compared. */
  private static final List<String> OWN =
      List.of("date", "x-etcd-cluster-id", "x-raft-index", "x-raft-term", "content-length");

  private static final String ETCD = "\n--- etcd\n";
  private static final String REMORA = "\n--- remora\n";

  private final KnownDifferences known;

  Comparison(KnownDifferences known) {
    this.known = known;
  }

  /** What is wrong, in words; empty if nothing is. */
  Optional<String> difference(Request request, Reply etcd, Reply remora) {
    if (remora.status() >= 500) {
      return Optional.of("our server failed");
    }
    if (remora.body().contains("\tat ") || remora.body().contains("Exception")) {
      return Optional.of("our server shows its inside");
    }
    Canonical theirs = canonical(request, etcd);
    Canonical ours = canonical(request, remora);
    String expected = text(etcd, theirs);
    String actual = text(remora, ours);
    if (expected.equals(actual)) {
      if (!theirs.hasExpirationsOf(ours)) {
        return Optional.of("the times differ");
      }
      if (theirs.hasTtlsOf(ours)) {
        return Optional.empty();
      }
      expected = ttls(theirs) + expected;
      actual = ttls(ours) + actual;
    }
    String forgiven = known.forgive(request + ETCD + expected + REMORA + actual);
    int etcdAt = forgiven.lastIndexOf(ETCD);
    int remoraAt = forgiven.lastIndexOf(REMORA);
    boolean isAlike =
        forgiven
            .substring(etcdAt + ETCD.length(), remoraAt)
            .equals(forgiven.substring(remoraAt + REMORA.length()));
    return isAlike ? Optional.empty() : Optional.of("the answers differ");
  }

  private static Canonical canonical(Request request, Reply reply) {
    return Canonical.of(reply.body(), request.isSorted());
  }

  private static String ttls(Canonical body) {
    return "ttls" + body.times().stream().map(time -> " " + time.ttl()).toList() + "\n";
  }

  private static String text(Reply reply, Canonical body) {
    TreeMap<String, String> headers = new TreeMap<>(reply.headers());
    OWN.forEach(name -> headers.computeIfPresent(name, (_, _) -> "#"));
    StringBuilder text = new StringBuilder();
    text.append(reply.state()).append(' ').append(reply.status()).append('\n');
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.append('\n').append(body.text()).toString();
  }
}
