import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.zookeeper.AsyncCallback.StatCallback;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Writes values of 128 bytes over 1000 keys of ZooKeeper, one at a time on each of so many
 * connections: what wrk does to the others with {@code v2.lua}. Prints the same line.
 *
 * <p>Usage: {@code java -cp JARS bench/ZooKeeperPut.java HOST:PORT CONNECTIONS SECONDS}
 */
final class ZooKeeperPut {
  private static final int KEYS = 1_000;
  private static final int VALUE_BYTES = 128;
  private static final int PATIENCE_SECONDS = 120;
  private static final int SESSION_MILLIS = 30_000;

  private ZooKeeperPut() {}

  public static void main(String[] arguments) throws Exception {
    int connections = Integer.parseInt(arguments[1]);
    long durationNanos = Long.parseLong(arguments[2]) * 1_000_000_000L;
    List<ZooKeeper> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(connect(arguments[0]));
    }
    makeKeys(clients.getFirst());
    AtomicLong errors = new AtomicLong();
    CountDownLatch done = new CountDownLatch(connections);
    List<Connection> writers = new ArrayList<>();
    long startNanos = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      Connection writer =
          new Connection(
              clients.get(i), i * KEYS / connections, startNanos + durationNanos, errors, done);
      writers.add(writer);
      writer.send();
    }
    Thread.sleep(durationNanos / 1_000_000); // The measurement itself.
    await(done, "the last writes");
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    for (ZooKeeper client : clients) {
      client.close();
    }
    long[] micros =
        writers.stream()
            .flatMapToLong(writer -> writer.micros.stream().mapToLong(Long::longValue))
            .sorted()
            .toArray();
    System.out.printf(
        "RESULT %.0f %d %d %d %d%n",
        micros.length / seconds,
        quantile(micros, 0.99),
        errors.get(),
        quantile(micros, 0.5),
        micros.length);
  }

  private static ZooKeeper connect(String address) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client =
        new ZooKeeper(
            address,
            SESSION_MILLIS,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            });
    await(connected, "a session");
    return client;
  }

  /**
   * Makes those that are not there yet, all at once: one at a time each would wait for the disk.
   */
  private static void makeKeys(ZooKeeper client) throws Exception {
    CountDownLatch made = new CountDownLatch(KEYS);
    for (int i = 0; i < KEYS; i++) {
      client.create(
          "/k" + i,
          new byte[0],
          Ids.OPEN_ACL_UNSAFE,
          CreateMode.PERSISTENT,
          (code, path, context, name) -> made.countDown(),
          null);
    }
    await(made, "the keys");
  }

  private static void await(CountDownLatch latch, String what) throws Exception {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("ZooKeeper has not done it in " + PATIENCE_SECONDS + " s: " + what);
    }
  }

  private static long quantile(long[] sorted, double quantile) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.ceil(quantile * sorted.length) - 1];
  }

  /** One client with one write under way. Its callbacks come on one thread. */
  private static final class Connection implements StatCallback {
    private static final byte[] VALUE = new byte[VALUE_BYTES];

    static {
      Arrays.fill(VALUE, "v".getBytes(StandardCharsets.US_ASCII)[0]);
    }

    final List<Long> micros = new ArrayList<>();
    private final ZooKeeper client;
    private final long endNanos;
    private final AtomicLong errors;
    private final CountDownLatch done;
    private int at;
    private long sentNanos;

    Connection(ZooKeeper client, int at, long endNanos, AtomicLong errors, CountDownLatch done) {
      this.client = client;
      this.at = at;
      this.endNanos = endNanos;
      this.errors = errors;
      this.done = done;
    }

    void send() {
      at = (at + 1) % KEYS;
      sentNanos = System.nanoTime();
      client.setData("/k" + at, VALUE, -1, this, null);
    }

    @Override
    public void processResult(int code, String path, Object context, Stat stat) {
      long nowNanos = System.nanoTime();
      micros.add((nowNanos - sentNanos) / 1_000);
      if (code != KeeperException.Code.OK.intValue()) {
        errors.incrementAndGet();
      }
      if (nowNanos < endNanos) {
        send();
      } else {
        done.countDown();
      }
    }
  }
}
