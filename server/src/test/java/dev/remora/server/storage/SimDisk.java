package dev.remora.server.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that can lose power.
 *
 * <p>Bytes are volatile until the file is forced; a power loss keeps any subset of the sectors
 * written since. Names are volatile until their directory is forced; a power loss keeps any subset
 * of the changes since. A force that fails keeps some sectors, and forgets that the others were
 * ever written: they can be read, yet only writing them again makes them durable.
 *
 * <p>Operations that change something are counted, so that a test can cut the power after each. One
 * seed is one history.
 */
public final class SimDisk implements Disk {
  static final int SECTOR_BYTES = 512;

  private final RandomGenerator random;

  /** What a running process sees. */
  private final TreeMap<Path, Node> names = new TreeMap<>();

  /** What a power loss leaves. */
  private final TreeMap<Path, Node> durableNames = new TreeMap<>();

  private final List<NameChange> pendingNames = new ArrayList<>();
  private final TreeSet<Path> directories = new TreeSet<>();
  private final TreeSet<Path> locks = new TreeSet<>();
  private Fault fault = (_, _) -> null;
  private Forced forced = (_, _) -> {};
  private long operations;
  private long operationsMax = Long.MAX_VALUE;
  private long bytesMax = Long.MAX_VALUE;
  private long boots;

  /** What can be done to a disk. */
  public enum Operation {
    CREATE,
    OPEN,
    READ,
    WRITE,
    TRUNCATE,
    FORCE,
    LIST,
    RENAME,
    DELETE,
    FORCE_DIRECTORY
  }

  /** Decides which operations fail. */
  @FunctionalInterface
  public interface Fault {
    /** The error to be reported, or null to let the operation be done. */
    @Nullable IOException on(Operation operation, Path path);
  }

  /** Hears of bytes that have become durable. */
  @FunctionalInterface
  public interface Forced {
    /** All of the file is durable now. The bytes are the disk's own: for reading only. */
    void on(Path file, byte[] durable);
  }

  /** One step in a directory: a name gets a file, and perhaps another loses it. */
  private record NameChange(
      Path directory, @Nullable Path removed, @Nullable Path named, Node node) {
    void applyTo(Map<Path, Node> names) {
      if (removed != null) {
        names.remove(removed);
      }
      if (named != null) {
        names.put(named, node);
      }
    }
  }

  /** A file's bytes, whatever its name. */
  private static final class Node {
    Path path;
    byte[] bytes = new byte[0];
    byte[] durable = new byte[0];
    final BitSet dirty = new BitSet();

    Node(Path path) {
      this.path = path;
    }
  }

  public SimDisk(RandomGenerator random) {
    this.random = random;
  }

  /** Changing operations so far. */
  public synchronized long operations() {
    return operations;
  }

  /** Cuts the power once so many further changing operations are done. */
  public synchronized void cutPowerAfter(long furtherOperations) {
    operationsMax = operations + furtherOperations;
  }

  /** Bounds the size of all files together. */
  public synchronized void limit(long bytes) {
    bytesMax = bytes;
  }

  /** Replaces the faults there were. */
  public synchronized void inject(Fault next) {
    fault = next;
  }

  /** Tells of every force that succeeds. */
  public synchronized void observe(Forced observer) {
    forced = observer;
  }

  /** The process ends, the machine goes on: nothing is lost but the locks and the open files. */
  public synchronized void restartProcess() {
    boots++;
    locks.clear();
    operationsMax = Long.MAX_VALUE;
  }

  /** The power fails and comes back. */
  public synchronized void losePower() {
    for (NameChange change : pendingNames) {
      if (random.nextBoolean()) {
        change.applyTo(durableNames);
      }
    }
    pendingNames.clear();
    names.clear();
    names.putAll(durableNames);
    names.forEach((name, node) -> node.path = name); // A rename may be undone.
    names.values().forEach(this::keepSomeSectors);
    restartProcess();
  }

  private void keepSomeSectors(Node node) {
    keep(node);
    node.bytes = node.durable.clone();
  }

  private void keep(Node node) {
    int chance = random.nextInt(4); // None, some, most, or all of them.
    for (int sector : node.dirty.stream().toArray()) {
      if (random.nextInt(3) < chance) {
        persist(node, sector);
      }
    }
    node.dirty.clear();
  }

  private static void persist(Node node, int sector) {
    int from = sector * SECTOR_BYTES;
    int to = Math.min(from + SECTOR_BYTES, node.bytes.length);
    if (from < to) {
      if (node.durable.length < to) {
        node.durable = Arrays.copyOf(node.durable, to);
      }
      System.arraycopy(node.bytes, from, node.durable, from, to - from);
    }
  }

  /** The bytes a process would read; for tests that look at them. */
  public synchronized byte[] bytes(Path file) throws IOException {
    return node(file).bytes.clone();
  }

  /** The last of the files whose names end so; an empty path if there is none. */
  public synchronized Path last(String suffix) {
    return names.keySet().stream()
        .filter(name -> name.toString().endsWith(suffix))
        .reduce(Path.of(""), (_, next) -> next);
  }

  /** Changes bytes behind everyone's back, durably. */
  public synchronized void damage(Path file, int offset, byte... bytes) throws IOException {
    Node node = node(file);
    System.arraycopy(bytes, 0, node.bytes, offset, bytes.length);
    System.arraycopy(bytes, 0, node.durable, offset, bytes.length);
  }

  /** Puts a file of these bytes there, durably. */
  public synchronized void plant(Path file, byte[] bytes) {
    Node node = new Node(file);
    node.bytes = bytes.clone();
    node.durable = bytes.clone();
    names.put(file, node);
    durableNames.put(file, node);
  }

  /** Removes a file behind everyone's back, durably. */
  public synchronized void lose(Path file) {
    names.remove(file);
    durableNames.remove(file);
  }

  /** Directories are durable at once: a test of the log has no use for losing one. */
  @Override
  public synchronized void makeDirectory(Path directory) {
    directories.add(directory);
  }

  @Override
  public synchronized List<String> list(Path directory) throws IOException {
    check(Operation.LIST, directory);
    if (!directories.contains(directory)) {
      throw new FileNotFoundException(directory.toString());
    }
    return names.keySet().stream()
        .filter(file -> directory.equals(file.getParent()))
        .map(file -> String.valueOf(file.getFileName()))
        .sorted()
        .toList();
  }

  @Override
  public synchronized DiskFile create(Path file) throws IOException {
    change(Operation.CREATE, file);
    if (names.containsKey(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Node node = new Node(file);
    rebind(new NameChange(parent(file), null, file, node));
    return new OpenFile(node);
  }

  @Override
  public synchronized DiskFile open(Path file) throws IOException {
    check(Operation.OPEN, file);
    return new OpenFile(node(file));
  }

  @Override
  public synchronized void rename(Path from, Path to) throws IOException {
    change(Operation.RENAME, to);
    rebind(new NameChange(parent(from), from, to, node(from)));
  }

  @Override
  public synchronized void delete(Path file) throws IOException {
    change(Operation.DELETE, file);
    rebind(new NameChange(parent(file), file, null, node(file)));
  }

  @Override
  public synchronized void forceDirectory(Path directory) throws IOException {
    change(Operation.FORCE_DIRECTORY, directory);
    for (NameChange pending : pendingNames) {
      if (pending.directory().equals(directory)) {
        pending.applyTo(durableNames);
      }
    }
    pendingNames.removeIf(pending -> pending.directory().equals(directory));
  }

  @Override
  public synchronized Lock lock(Path file) throws IOException {
    if (!locks.add(file)) {
      throw new LockedException(file);
    }
    return () -> {
      synchronized (this) {
        locks.remove(file);
      }
    };
  }

  private void rebind(NameChange change) {
    change.applyTo(names);
    if (change.named() != null) {
      change.node().path = change.named();
    }
    pendingNames.add(change);
  }

  private Node node(Path file) throws IOException {
    Node node = names.get(file);
    if (node == null) {
      throw new FileNotFoundException(file.toString());
    }
    return node;
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private void change(Operation operation, Path path) throws IOException {
    check(operation, path);
    operations++;
  }

  private void check(Operation operation, Path path) throws IOException {
    if (operations >= operationsMax) {
      throw new IOException("the power is off");
    }
    IOException failure = fault.on(operation, path);
    if (failure != null) {
      throw failure;
    }
  }

  private long bytesUsed() {
    return names.values().stream().mapToLong(node -> node.bytes.length).sum();
  }

  private final class OpenFile implements DiskFile {
    private final Node node;
    private final long boot = boots;

    OpenFile(Node node) {
      this.node = node;
    }

    @Override
    public long size() throws IOException {
      synchronized (SimDisk.this) {
        checkOpen();
        return node.bytes.length;
      }
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      synchronized (SimDisk.this) {
        checkOpen();
        change(Operation.WRITE, node.path);
        int from = (int) offset;
        int to = from + source.remaining();
        if (to > node.bytes.length) {
          if (bytesUsed() + to - node.bytes.length > bytesMax) {
            throw new NoSpaceException("No space left on device");
          }
          node.bytes = Arrays.copyOf(node.bytes, to);
        }
        source.get(node.bytes, from, to - from);
        if (to > from) {
          node.dirty.set(from / SECTOR_BYTES, (to - 1) / SECTOR_BYTES + 1);
        }
      }
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
      synchronized (SimDisk.this) {
        checkOpen();
        check(Operation.READ, node.path);
        int count = Math.clamp(node.bytes.length - offset, 0, target.remaining());
        target.put(node.bytes, (int) Math.min(offset, node.bytes.length), count);
        return count;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimDisk.this) {
        checkOpen();
        change(Operation.TRUNCATE, node.path);
        node.bytes = Arrays.copyOf(node.bytes, (int) Math.min(size, node.bytes.length));
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (SimDisk.this) {
        checkOpen();
        try {
          change(Operation.FORCE, node.path);
        } catch (IOException e) {
          if (operations < operationsMax) {
            keep(node);
          }
          throw e;
        }
        for (int s = node.dirty.nextSetBit(0); s >= 0; s = node.dirty.nextSetBit(s + 1)) {
          persist(node, s);
        }
        node.dirty.clear();
        if (node.durable.length != node.bytes.length) {
          node.durable = Arrays.copyOf(node.durable, node.bytes.length);
        }
        forced.on(node.path, node.durable);
      }
    }

    private void checkOpen() throws IOException {
      if (boot != boots) {
        throw new IOException(node.path + " was opened by a process that has ended");
      }
    }

    @Override
    public void close() {}
  }
}
