package dev.remora.torture.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Changes who belongs to a cluster, by v2 or by v3. A change is asked for again while it is
 * refused: etcd wants to have seen all members for five seconds before.
 *
 * @param via who is asked
 */
public record Membership(Member via) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Removes a member; it may be the leader. */
  public void remove(Member member, boolean isV3) {
    String id =
        until(
            "the id of " + member.name(),
            () ->
                Cluster.probe(via, new Request.Members("GET", "", ""))
                    .flatMap(reply -> id(reply, member)));
    Request request =
        isV3
            ? new Request.V3("cluster/member/remove", "{\"ID\":\"" + decimal(id) + "\"}")
            : new Request.Members("DELETE", id, "");
    until("the removal of " + member.name(), () -> done(request).or(() -> gone(id)));
  }

  private static Optional<String> id(Reply list, Member member) {
    for (JsonNode one : list.json().path("members")) {
      if (one.path("name").asText().equals(member.name())) {
        return Optional.of(one.path("id").asText());
      }
    }
    return Optional.empty();
  }

  /** An answer may have been lost. */
  private Optional<String> gone(String id) {
    return Cluster.probe(via, new Request.Members("GET", "", ""))
        .filter(reply -> reply.isOk() && !reply.body().contains("\"" + id + "\""))
        .map(_ -> id);
  }

  private static String decimal(String id) {
    return Long.toUnsignedString(Long.parseUnsignedLong(id, 16));
  }

  /** Adds a voter that has not been started yet. */
  public void add(Member member) {
    until(
        "the addition of " + member.name(),
        () ->
            done(new Request.Members("POST", "", "{\"peerURLs\":[\"" + member.peerUrl() + "\"]}"))
                .or(() -> idByUrl(member)));
  }

  /** Adds a learner that has not been started yet. */
  public void addLearner(Member member) {
    String body = "{\"peerURLs\":[\"" + member.peerUrl() + "\"],\"isLearner\":true}";
    until(
        "the addition of the learner " + member.name(),
        () -> done(new Request.V3("cluster/member/add", body)).or(() -> idByUrl(member)));
  }

  /** Makes a voter of a learner, once it has caught up. */
  public void promote(Member member) {
    String id = until("the id of " + member.name(), () -> idByUrl(member));
    until(
        "the promotion of " + member.name(),
        () ->
            done(new Request.V3("cluster/member/promote", "{\"ID\":\"" + id + "\"}"))
                .or(() -> promoted(id)));
  }

  private Optional<String> idByUrl(Member member) {
    return list(one -> one.path("peerURLs").path(0).asText().equals(member.peerUrl()));
  }

  private Optional<String> promoted(String id) {
    return list(one -> one.path("ID").asText().equals(id) && !one.path("isLearner").asBoolean());
  }

  private Optional<String> list(Predicate<JsonNode> wanted) {
    return Cluster.probe(via, new Request.V3("cluster/member/list", "{}"))
        .flatMap(reply -> {
          for (JsonNode one : reply.json().path("members")) {
            if (wanted.test(one)) {
              return Optional.of(one.path("ID").asText());
            }
          }
          return Optional.empty();
        });
  }

  private Optional<String> done(Request request) {
    return Cluster.probe(via, request).filter(Reply::isOk).map(Reply::body);
  }

  private static String until(String what, Supplier<Optional<String>> attempt) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<String> result = attempt.get();
      if (result.isPresent()) {
        return result.get();
      }
      Cluster.pause(PAUSE);
    }
    throw new IllegalStateException("%s takes more than %s".formatted(what, PATIENCE));
  }
}
