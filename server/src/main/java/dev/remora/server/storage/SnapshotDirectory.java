package dev.remora.server.storage;

import dev.remora.server.apply.State;
import dev.remora.server.replica.SnapshotMark;
import dev.remora.server.replica.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The snapshots of one member, a file each, written by a thread of its own.
 *
 * <p>A file is durable before it gets its name, so one that has a name and does not verify was
 * damaged later: then the one before is taken, if the log reaches back to it.
 */
public final class SnapshotDirectory implements SnapshotStore {
  /** Not etcd's {@code .snap}: neither program shall take the other's for its own. */
  private static final String SUFFIX = ".rsnap";

  private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.rsnap");
  private static final String UNFINISHED_SUFFIX = ".tmp";
  private static final String UNFINISHED = "next" + UNFINISHED_SUFFIX;
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);

  private final Disk disk;
  private final Path directory;
  private final ExecutorService thread;
  private volatile boolean isClosing;

  /** The newest snapshot that is known to be whole. It changes under this object's lock. */
  private volatile SnapshotMark newest;

  /**
   * What there was at the start.
   *
   * @param state the newest whole snapshot's; {@link State#EMPTY} if there is none
   * @param damage what is wrong with newer ones, in words; empty if nothing is
   */
  public record Loaded(State state, String damage) {
    SnapshotMark mark() {
      return new SnapshotMark(state.index(), state.term());
    }
  }

  /** A directory that is ready, and what it held. */
  public record Opened(SnapshotDirectory snapshots, Loaded loaded) {}

  private SnapshotDirectory(DataDirectory directory, ExecutorService thread, SnapshotMark newest) {
    this.disk = directory.disk();
    this.directory = directory.snapshots();
    this.thread = thread;
    this.newest = newest;
  }

  /**
   * Reads the newest whole snapshot of a data directory and removes what a crash has left half
   * done. To be called before the log is opened, which must go on from there.
   *
   * @throws StorageException if the disk does not work, or a newer server has written it
   */
  public static Opened open(DataDirectory directory) throws StorageException {
    return open(
        directory,
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("snapshot").factory()));
  }

  /**
   * As above, with everything given.
   *
   * @param thread shut down with the store, also if it cannot be opened
   */
  static Opened open(DataDirectory directory, ExecutorService thread) throws StorageException {
    boolean isOpen = false;
    try {
      Loaded loaded = load(directory.disk(), directory.snapshots());
      isOpen = true;
      return new Opened(new SnapshotDirectory(directory, thread, loaded.mark()), loaded);
    } catch (IOException e) {
      throw StorageException.cannot("read the snapshots in " + directory.snapshots(), e);
    } finally {
      if (!isOpen) {
        thread.close();
      }
    }
  }

  private static Loaded load(Disk disk, Path directory) throws IOException, StorageException {
    StringBuilder damage = new StringBuilder();
    for (String name : disk.list(directory).reversed()) {
      if (name.endsWith(UNFINISHED_SUFFIX)) {
        disk.delete(directory.resolve(name));
      }
      Matcher parts = NAME.matcher(name);
      if (parts.matches()) {
        switch (read(disk, directory.resolve(name), mark(parts))) {
          case SnapshotFile.Read.Whole(State state) -> {
            // A crash may have left the name in the page cache only; the log is to build on it.
            disk.forceDirectory(directory);
            return new Loaded(state, damage.toString());
          }
          case SnapshotFile.Read.Newer(int format) ->
              throw new StorageException(
                  "%s has format %d, which this server does not know: start a newer server"
                      .formatted(directory.resolve(name), format));
          case SnapshotFile.Read.Damaged(String problem) -> {
            LOG.warn("damaged snapshot: file={} {}", directory.resolve(name), problem);
            damage.append("; the snapshot ").append(name).append(" is damaged: ").append(problem);
          }
        }
      }
    }
    return new Loaded(State.EMPTY, damage.toString());
  }

  private static SnapshotFile.Read read(Disk disk, Path path, SnapshotMark mark)
      throws IOException {
    try (DiskFile file = disk.open(path)) {
      return new SnapshotFile(file).read(mark);
    }
  }

  /** Names sort by index, as the term never falls while the index rises. */
  static String name(SnapshotMark mark) {
    return "%016x-%016x%s".formatted(mark.index(), mark.term(), SUFFIX);
  }

  private static SnapshotMark mark(Matcher name) throws StorageException {
    try {
      return new SnapshotMark(
          Long.parseUnsignedLong(name.group(1), 16), Long.parseUnsignedLong(name.group(2), 16));
    } catch (IllegalArgumentException e) {
      throw new StorageException(
          "%s is not the name of a snapshot: move this file away".formatted(name.group()), e);
    }
  }

  @Override
  public void save(State state, Consumer<Result> done) {
    thread.execute(() -> saveNow(state, done));
  }

  private void saveNow(State state, Consumer<Result> done) {
    SnapshotMark mark = new SnapshotMark(state.index(), state.term());
    if (mark.index() < newest.index()) {
      // The leader's has come meanwhile, and the log goes on from that one.
      done.accept(new Result.Failed("the snapshot of " + mark + " is overtaken by " + newest));
      return;
    }
    try {
      long bytes = write(state, mark);
      if (bytes == 0) {
        return;
      }
      done.accept(new Result.Saved(mark, bytes));
    } catch (IOException e) {
      StorageException failure = StorageException.cannot("write a snapshot into " + directory, e);
      done.accept(new Result.Failed(String.valueOf(failure.getMessage())));
    }
  }

  /** Returns the file's size; 0 if it was given up. */
  private long write(State state, SnapshotMark mark) throws IOException {
    Path unfinished = directory.resolve(UNFINISHED);
    if (disk.list(directory).contains(UNFINISHED)) {
      disk.delete(unfinished);
    }
    long bytes;
    Pace pace = new Pace();
    try (DiskFile file = disk.create(unfinished)) {
      bytes =
          new SnapshotFile(file)
              .write(
                  state,
                  () -> {
                    pace.rest();
                    return isClosing;
                  });
    } catch (IOException e) {
      giveRoomBack(unfinished, e);
      throw e;
    }
    if (bytes == 0) {
      disk.delete(unfinished);
      return 0;
    }
    keep(unfinished, mark);
    return bytes;
  }

  /**
   * Gives a snapshot that is whole and durable its name, durably, and removes those that are not
   * needed any more. The writing thread does it, and whoever has received one.
   */
  synchronized void keep(Path unfinished, SnapshotMark mark) throws IOException {
    disk.rename(unfinished, directory.resolve(name(mark)));
    disk.forceDirectory(directory);
    removeOthers(name(mark), name(newest));
    if (mark.index() >= newest.index()) {
      newest = mark;
    }
  }

  /** Where the newest snapshot stands that is known to be whole; index 0 if there is none. */
  SnapshotMark newest() {
    return newest;
  }

  Disk disk() {
    return disk;
  }

  Path path(SnapshotMark mark) {
    return directory.resolve(name(mark));
  }

  /** Where a snapshot that is not whole yet may lie; it is removed at the next start. */
  Path unfinished(String name) {
    return directory.resolve(name + UNFINISHED_SUFFIX);
  }

  private void giveRoomBack(Path unfinished, IOException reason) {
    try {
      disk.delete(unfinished);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Keeps the one that has come and the one that was newest before; damaged ones go, too. */
  private void removeOthers(String written, String before) {
    List<String> kept = List.of(written, before);
    try {
      for (String name : disk.list(directory)) {
        if (NAME.matcher(name).matches() && !kept.contains(name)) {
          disk.delete(directory.resolve(name));
        }
      }
    } catch (IOException e) {
      LOG.warn("older snapshots in {} could not be removed: {}", directory, e.getMessage());
    }
  }

  @Override
  public void close() {
    isClosing = true;
    thread.close();
  }
}
