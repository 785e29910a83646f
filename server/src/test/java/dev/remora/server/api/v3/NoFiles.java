package dev.remora.server.api.v3;

import dev.remora.server.apply.State;
import dev.remora.server.replica.SnapshotFiles;
import dev.remora.server.replica.SnapshotMark;
import java.io.IOException;

/** Of a member without a disk. */
final class NoFiles implements SnapshotFiles {
  @Override
  public Outgoing openNewest() throws IOException {
    throw new IOException("no disk");
  }

  @Override
  public Outgoing copy(State state) throws IOException {
    throw new IOException("no disk");
  }

  @Override
  public Incoming receive(SnapshotMark mark, long bytes) throws IOException {
    throw new IOException("no disk");
  }
}
