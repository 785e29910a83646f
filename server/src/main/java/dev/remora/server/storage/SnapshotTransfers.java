package dev.remora.server.storage;

import dev.remora.server.apply.State;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/** Snapshots that come to a {@link SnapshotDirectory}, or leave it. Any thread may begin one. */
public final class SnapshotTransfers implements SnapshotFiles {
  /** So much is written between two flushes: the log's own never wait for long. */
  private static final int FLUSH_BYTES = 4 << 20;

  private final SnapshotDirectory directory;
  private final AtomicLong begun = new AtomicLong();

  /** Those of this directory. */
  public SnapshotTransfers(SnapshotDirectory directory) {
    this.directory = directory;
  }

  @Override
  public Outgoing openNewest() throws IOException {
    SnapshotMark mark = directory.newest();
    if (mark.index() == 0) {
      throw new IOException("there is no snapshot yet");
    }
    DiskFile file = directory.disk().open(directory.path(mark));
    return new Sent(mark, file, file.size());
  }

  @Override
  public Outgoing copy(State state) throws IOException {
    Path path = directory.unfinished("copy-" + begun.incrementAndGet());
    DiskFile file = directory.disk().create(path);
    try {
      Pace pace = new Pace();
      long bytes =
          new SnapshotFile(file)
              .write(
                  state,
                  () -> {
                    pace.rest();
                    return false;
                  });
      return new Sent(new SnapshotMark(state.index(), state.term()), file, bytes);
    } catch (IOException e) {
      file.close();
      throw e;
    } finally {
      directory.disk().delete(path); // It can be read as long as it is open.
    }
  }

  @Override
  public Incoming receive(SnapshotMark mark, long bytes) throws IOException {
    Path path = directory.unfinished("received-" + begun.incrementAndGet());
    return new Received(mark, bytes, path, directory.disk().create(path));
  }

  private static final class Sent implements Outgoing {
    private final SnapshotMark mark;
    private final DiskFile file;
    private final long bytes;
    private long at;

    Sent(SnapshotMark mark, DiskFile file, long bytes) {
      this.mark = mark;
      this.file = file;
      this.bytes = bytes;
    }

    @Override
    public SnapshotMark mark() {
      return mark;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public byte[] read(int bytesMax) throws IOException {
      byte[] next = new byte[Math.toIntExact(Math.min(bytesMax, bytes - at))];
      int found = file.read(ByteBuffer.wrap(next), at);
      at += found;
      return found == next.length ? next : Arrays.copyOf(next, found);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private final class Received implements Incoming {
    private final SnapshotMark mark;
    private final long bytes;
    private final Path path;
    private final DiskFile file;
    private long at;
    private long flushed;
    private boolean isFinished;

    Received(SnapshotMark mark, long bytes, Path path, DiskFile file) {
      this.mark = mark;
      this.bytes = bytes;
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(byte[] next) throws IOException {
      if (next.length > bytes - at) {
        throw new IOException("more than the %d bytes announced".formatted(bytes));
      }
      file.write(ByteBuffer.wrap(next), at);
      at += next.length;
      if (at - flushed >= FLUSH_BYTES) {
        file.force();
        flushed = at;
      }
    }

    @Override
    public State finish() throws IOException {
      if (at != bytes) {
        throw new IOException("%d bytes instead of %d".formatted(at, bytes));
      }
      file.force();
      return switch (new SnapshotFile(file).read(mark)) {
        case SnapshotFile.Read.Whole(State state) -> {
          directory.keep(path, mark);
          isFinished = true;
          yield state;
        }
        case SnapshotFile.Read.Newer(int format) ->
            throw new IOException("it has format " + format + ", which this server does not know");
        case SnapshotFile.Read.Damaged(String problem) -> throw new IOException(problem);
      };
    }

    @Override
    public void close() throws IOException {
      file.close();
      if (!isFinished) {
        directory.disk().delete(path);
      }
    }
  }
}
