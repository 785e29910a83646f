import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The members of one cluster of etcd or Remora on 127.0.0.1: starts, kills and ends them. */
final class Members implements AutoCloseable {
  private static final String READY = "ready to serve client requests"; // Both say so.
  private static final int PATIENCE_SECONDS = 300;
  private static final Pattern MEMBER = Pattern.compile("\"member_id\":\"(\\d+)\"");
  private static final Pattern LEADER = Pattern.compile("\"leader\":\"(\\d+)\"");

  private final Bench bench;
  private final Path dir;
  private final List<List<String>> commands = new ArrayList<>();
  private final List<String> urls = new ArrayList<>();
  private final List<Child> children = new ArrayList<>();

  /**
   * Starts a new cluster, and waits until every member serves.
   *
   * @param flags beside those that make the cluster
   */
  Members(Bench bench, Kind kind, int count, List<String> flags)
      throws IOException, InterruptedException {
    this.bench = bench;
    this.dir = bench.newDirectory(kind.label);
    List<String> peers = new ArrayList<>();
    List<String> cluster = new ArrayList<>();
    List<Integer> ports = Bench.freePorts(2 * count);
    for (int i = 0; i < count; i++) {
      urls.add("http://127.0.0.1:" + ports.get(i));
      peers.add("http://127.0.0.1:" + ports.get(count + i));
      cluster.add("m" + i + "=" + peers.get(i));
    }
    for (int i = 0; i < count; i++) {
      List<String> command = new ArrayList<>(program(kind));
      command.addAll(List.of("--name", "m" + i, "--data-dir", dir.resolve("m" + i).toString()));
      command.addAll(List.of("--listen-client-urls", urls.get(i)));
      command.addAll(List.of("--advertise-client-urls", urls.get(i)));
      command.addAll(List.of("--listen-peer-urls", peers.get(i)));
      command.addAll(List.of("--initial-advertise-peer-urls", peers.get(i)));
      command.addAll(List.of("--initial-cluster", String.join(",", cluster)));
      command.addAll(flags);
      commands.add(command);
      children.add(start(i));
    }
    try {
      for (Child child : children) {
        child.awaitReady(PATIENCE_SECONDS);
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private List<String> program(Kind kind) {
    return switch (kind) {
      case REMORA -> List.of(bench.root().resolve("remora").toString(), "server");
      case ETCD -> List.of("etcd", "--enable-v2=true");
      case ZOOKEEPER -> throw new IllegalArgumentException("ZooKeeper has members of its own");
    };
  }

  private Child start(int member) throws IOException {
    return bench.processes().start("member " + member, READY, commands.get(member));
  }

  int count() {
    return urls.size();
  }

  /** Where a member serves clients. */
  String url(int member) {
    return urls.get(member);
  }

  Child child(int member) {
    return children.get(member);
  }

  /** Which member leads, as itself says; waits until one does. */
  int leader() throws IOException, InterruptedException {
    int[] found = {-1};
    Bench.await(
        "a leader",
        PATIENCE_SECONDS,
        () -> {
          for (int i = 0; i < count(); i++) {
            if (children.get(i).isRunning() && leads(i)) {
              found[0] = i;
              return true;
            }
          }
          return false;
        });
    return found[0];
  }

  private boolean leads(int member) throws IOException, InterruptedException {
    String status = bench.http().v3(urls.get(member), "maintenance/status", "{}");
    Matcher self = MEMBER.matcher(status);
    Matcher leader = LEADER.matcher(status);
    return self.find() && leader.find() && self.group(1).equals(leader.group(1));
  }

  /** What all members have used of the processors so far. */
  long cpuMicros() throws IOException {
    long sum = 0;
    for (Child child : children) {
      sum += child.cpuMicros();
    }
    return sum;
  }

  /** Ends a member by SIGKILL. */
  void kill(int member) {
    children.get(member).kill();
  }

  /**
   * Starts a member that was killed.
   *
   * @return the nanoseconds it took until it served
   */
  long restart(int member) throws IOException, InterruptedException {
    children.set(member, start(member));
    return children.get(member).awaitReady(PATIENCE_SECONDS);
  }

  /** Ends all, and removes their data. */
  @Override
  public void close() throws IOException {
    for (Child child : children) {
      child.kill();
    }
    Bench.delete(dir);
  }
}
