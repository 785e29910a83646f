package dev.remora.torture.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.remora.torture.client.Connection;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.network.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The members of one cluster, and the network between them. */
public final class Cluster implements AutoCloseable {
  private static final Duration PROBE_PATIENCE = Duration.ofMillis(500);

  /** Before a command: fsync does nothing and says that all is well. */
  private static final List<String> LYING_FSYNC =
      List.of(
          "strace",
          "-f",
          "--seccomp-bpf",
          "-qq",
          "-o",
          "/dev/null",
          "-e",
          "trace=fsync,fdatasync",
          "-e",
          "inject=fsync,fdatasync:retval=0");

  private final List<Member> members = new ArrayList<>();
  private final Shape shape;
  private final Network network;
  private final Thread hook = new Thread(this::end);
  private boolean isClosed;

  private Cluster(Shape shape) {
    this.shape = shape;
    this.network = new Network(this::pids);
  }

  /** Starts all members. They may not serve yet. */
  public static Cluster start(Shape shape) {
    Cluster cluster = new Cluster(shape);
    Runtime.getRuntime().addShutdownHook(cluster.hook);
    try {
      cluster.make();
      cluster.members.forEach(Member::start);
      return cluster;
    } catch (IOException e) {
      cluster.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void make() throws IOException {
    Files.createDirectories(shape.folder());
    Ports ports = new Ports();
    List<Integer> proxies =
        IntStream.range(0, shape.members()).map(_ -> ports.next()).boxed().toList();
    String initial =
        IntStream.range(0, shape.members())
            .mapToObj(number -> name(number) + "=" + url(proxies.get(number)))
            .collect(Collectors.joining(","));
    for (int number = 0; number < shape.members(); number++) {
      int client = ports.next();
      int peer = ports.next();
      Disk disk =
          shape.onLoopDisks()
              ? new LoopDisk(shape.folder(), name(number))
              : new PlainDisk(shape.folder().resolve(name(number)));
      List<String> command = new ArrayList<>(number < shape.liars() ? LYING_FSYNC : List.of());
      command.addAll(shape.kind().program());
      command.addAll(shape.kind().ownFlags());
      command.addAll(shape.flags());
      command.addAll(
          List.of(
              "--name=" + name(number),
              "--data-dir=" + disk.folder().resolve("data"),
              "--listen-client-urls=" + url(client),
              "--advertise-client-urls=" + url(client),
              "--listen-peer-urls=" + url(peer),
              "--initial-advertise-peer-urls=" + url(proxies.get(number)),
              "--initial-cluster=" + initial,
              "--initial-cluster-token=torture"));
      network.open(number, proxies.get(number), peer);
      Path log = shape.folder().resolve(name(number) + ".log");
      Optional<FakeClock> clock =
          shape.hasClocks()
              ? Optional.of(new FakeClock(shape.folder().resolve(name(number) + ".clock")))
              : Optional.empty();
      members.add(new Member(number, client, url(proxies.get(number)), disk, log, command, clock));
    }
  }

  private static String name(int number) {
    return "m" + number;
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  /** Whether {@link Shape#onLoopDisks} is possible here. */
  public static boolean canLosePower() {
    return LoopDisk.isPossible();
  }

  /** Whether {@link Shape#hasClocks} is possible for this kind. */
  public static boolean canTurnClocks(Kind kind) {
    return kind == Kind.REMORA && FakeClock.isPossible();
  }

  /** Whether {@link Shape#liars} are possible here. */
  public static boolean canLie() {
    return Shell.does("strace", "-qq", "-o", "/dev/null", "true");
  }

  /** How it was made. */
  public Shape shape() {
    return shape;
  }

  /** All members, by number. */
  public List<Member> members() {
    return List.copyOf(members);
  }

  /** What is between them. */
  public Network network() {
    return network;
  }

  private Map<Integer, List<Long>> pids() {
    Map<Integer, List<Long>> pids = new TreeMap<>();
    List.copyOf(members).forEach(member -> pids.put(member.number(), member.pids()));
    return pids;
  }

  /** The member that says, in the newest term, that it leads. */
  public Optional<Member> leader() {
    Member leader = null;
    long newest = -1;
    for (Member member : members) {
      JsonNode status = status(member);
      String self = status.path("header").path("member_id").asText();
      long term = status.path("raftTerm").asLong();
      if (!self.isEmpty() && self.equals(status.path("leader").asText()) && term > newest) {
        leader = member;
        newest = term;
      }
    }
    return Optional.ofNullable(leader);
  }

  /** What v3's {@code maintenance/status} says; nothing if there is no answer. */
  public JsonNode status(Member member) {
    return probe(member, new Request.V3("maintenance/status", "{}"))
        .map(Reply::json)
        .orElseGet(MissingNode::getInstance);
  }

  /** Asks without recording it. */
  public static Optional<Reply> probe(Member member, Request request) {
    if (!member.isRunning()) {
      return Optional.empty();
    }
    try (Connection connection = new Connection(member.clientPort())) {
      return Optional.of(connection.send(request, PROBE_PATIENCE));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Waits until each member answers a read that needs a quorum.
   *
   * @throws IllegalStateException if it takes longer, or a member has ended
   */
  public void awaitServing(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    Request read = new Request.Keys("GET", "/", Map.of("quorum", "true"));
    for (Member member : members) {
      while (probe(member, read).filter(Reply::isOk).isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "member %d does not serve after %s".formatted(member.number(), patience));
        }
        if (member.surprise().isPresent()) {
          throw new IllegalStateException(
              "member %d ended with code %d, see %s"
                  .formatted(member.number(), member.surprise().getAsInt(), member.log()));
        }
        pause(Duration.ofMillis(100));
      }
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private synchronized void end() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    members.forEach(Member::kill);
    network.close();
    members.forEach(member -> member.disk().close());
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM ends already, and the hook runs.
    }
  }
}
