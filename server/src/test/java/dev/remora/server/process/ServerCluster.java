package dev.remora.server.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Members of one cluster, each a process of its own, and what an operator does with them. */
final class ServerCluster implements AutoCloseable {
  /** Two processors may be shared by many processes. */
  static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Path directory;
  private final List<String> flags;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Place> places = new TreeMap<>();
  private final Map<String, ChildProcess> running = new TreeMap<>();
  private final List<ChildProcess> all = new ArrayList<>();

  /** Where a member listens. */
  private record Place(int clientPort, int peerPort) {
    String peerUrl() {
      return "http://127.0.0.1:" + peerPort;
    }
  }

  /** What a member answered. */
  record Reply(int status, String body) {}

  /** Of nobody yet; data directories lie in this one. */
  ServerCluster(Path directory) {
    this(directory, List.of());
  }

  private ServerCluster(Path directory, List<String> flags) {
    this.directory = directory;
    this.flags = List.copyOf(flags);
  }

  /** A new cluster of these members, and waits until all of them serve. */
  static ServerCluster start(Path directory, String... names) {
    return start(directory, List.of(), names);
  }

  /** The same, with more flags for each of them. */
  static ServerCluster start(Path directory, List<String> flags, String... names) {
    ServerCluster cluster = new ServerCluster(directory, flags);
    Stream.of(names).forEach(cluster::place);
    Stream.of(names).forEach(name -> cluster.start(name, List.of(names), "new"));
    Stream.of(names).forEach(cluster::awaitReady);
    return cluster;
  }

  /** Gives a member its ports. */
  void place(String name) {
    places.put(name, new Place(StoreProcess.freePort(), StoreProcess.freePort()));
  }

  /** Starts a member, and does not wait. */
  ChildProcess start(String name, List<String> initialCluster, String state) {
    return startOn(name, dataDir(name), place(name, initialCluster), initialCluster, state);
  }

  private Place place(String name, List<String> initialCluster) {
    assertThat(places).containsKeys(initialCluster.toArray(String[]::new));
    return at(name);
  }

  private Place at(String name) {
    Place place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no member " + name);
    }
    return place;
  }

  /** Starts a second process of a member, over a copy of its data, on ports of its own. */
  ChildProcess startCloneOf(String name, List<String> initialCluster) throws IOException {
    Path copy = directory.resolve(name + "-clone");
    copy(dataDir(name), copy);
    ChildProcess process = running.get(name);
    Place place = new Place(StoreProcess.freePort(), StoreProcess.freePort());
    ChildProcess clone = startOn(name, copy, place, initialCluster, "new");
    running.put(name, process);
    return clone;
  }

  private ChildProcess startOn(
      String name, Path dataDir, Place place, List<String> initialCluster, String state) {
    String cluster =
        initialCluster.stream()
            .map(member -> member + "=" + at(member).peerUrl())
            .collect(Collectors.joining(","));
    List<String> command =
        ServerProcess.command(
            ServerArchive.get(),
            dataDir,
            place.clientPort(),
            "--name",
            name,
            "--listen-peer-urls",
            place.peerUrl(),
            "--initial-advertise-peer-urls",
            at(name).peerUrl(),
            "--initial-cluster",
            cluster,
            "--initial-cluster-state",
            state);
    command.addAll(flags);
    ChildProcess process = ChildProcess.start(command);
    running.put(name, process);
    all.add(process);
    return process;
  }

  /** Waits until a member serves. */
  void awaitReady(String name) {
    process(name).awaitLine(StoreProcess.READY, PATIENCE);
  }

  /** The process of a member that was started last. */
  ChildProcess process(String name) {
    ChildProcess process = running.get(name);
    if (process == null) {
      throw new IllegalArgumentException(name + " was not started");
    }
    return process;
  }

  /** Where clients reach a member. */
  URI url(String name) {
    return URI.create("http://127.0.0.1:" + at(name).clientPort());
  }

  /** Where the others reach a member. */
  String peerUrl(String name) {
    return at(name).peerUrl();
  }

  /** What a member keeps on disk. */
  Path dataDir(String name) {
    return directory.resolve(name);
  }

  /** SIGKILL. */
  void kill(String name) {
    process(name).kill();
  }

  /** Empties a data directory. */
  void wipe(String name) throws IOException {
    delete(dataDir(name));
  }

  /** Puts a copy in the place of a data directory. */
  void putBack(String name, Path copy) throws IOException {
    wipe(name);
    copy(copy, dataDir(name));
  }

  /** Writes a key through a member, trying again as a client does, until that is acknowledged. */
  void put(String name, String key, String value) {
    awaitReply(name, "PUT", "/v2/keys/" + key, "value=" + encoded(value), 200, 201);
  }

  /** What a member answers with for a key, from its own state. */
  String get(String name, String key) {
    return call(name, "GET", "/v2/keys/" + key, "").body();
  }

  /** Waits until a member has a value. */
  void awaitValue(String name, String key, String value) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> get(name, key).contains("\"value\":\"" + value + "\""));
  }

  /** Which member leads, as one of them says; waits until there is one. */
  String leader(String asked) {
    Reply leader = awaitReply(asked, "GET", "/v2/members/leader", "", 200);
    return field(leader.body(), "name");
  }

  /** The id of a member, in hex, as another lists it. */
  String id(String asked, String name) {
    String members = awaitReply(asked, "GET", "/v2/members", "", 200).body();
    String url = at(name).peerUrl();
    String before = members.substring(0, members.indexOf("\"" + url + "\""));
    return field(before.substring(before.lastIndexOf("\"id\"")), "id");
  }

  /** Adds a member through another. */
  void add(String through, String name) {
    String body = "{\"peerURLs\":[\"" + at(name).peerUrl() + "\"]}";
    awaitReply(through, "POST", "/v2/members", body, 201);
  }

  /** Removes a member through another. */
  void remove(String through, String name) {
    awaitReply(through, "DELETE", "/v2/members/" + id(through, name), "", 204);
  }

  private Reply awaitReply(String name, String method, String path, String body, int... statuses) {
    List<Reply> replies = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .untilAsserted(() -> {
          Reply reply = call(name, method, path, body);
          assertThat(reply.status())
              .as("%s %s: %s", method, path, reply.body())
              .isIn(box(statuses));
          replies.add(reply);
        });
    return replies.getLast();
  }

  private static List<Integer> box(int... statuses) {
    return Arrays.stream(statuses).boxed().toList();
  }

  /** Asks a member for something. */
  Reply call(String name, String method, String path, String body) {
    String type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(name) + path))
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", type)
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      return new Reply(response.statusCode(), response.body());
    } catch (IOException e) {
      throw new IllegalStateException(name + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String field(String json, String field) {
    String start = "\"" + field + "\":\"";
    int from = json.indexOf(start) + start.length();
    return json.substring(from, json.indexOf('"', from));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Copies a directory with all in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList().reversed()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() {
    all.forEach(ChildProcess::kill);
    client.close();
  }
}
