package dev.remora.torture.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * What a cluster is made of.
 *
 * @param members how many
 * @param folder gets data and logs
 * @param onLoopDisks whether each member's data lies on a {@link LoopDisk}
 * @param liars how many members' fsync does nothing and says that all is well
 * @param hasClocks whether each member has a wall clock of its own; see {@link FakeClock}
 * @param heartbeatMillis of each member's configuration, as is {@code electionMillis}
 * @param snapshotCount entries between snapshots; few, so that there are many
 */
public record Shape(
    Kind kind,
    int members,
    Path folder,
    boolean onLoopDisks,
    int liars,
    boolean hasClocks,
    int heartbeatMillis,
    int electionMillis,
    int snapshotCount) {
  /** With etcd's own times and few entries between snapshots, so that much happens. */
  public static Shape of(
      Kind kind, int members, Path folder, boolean onLoopDisks, int liars, boolean hasClocks) {
    return new Shape(kind, members, folder, onLoopDisks, liars, hasClocks, 100, 1000, 100);
  }

  /** The flags that all members share. */
  List<String> flags() {
    return List.of(
        "--heartbeat-interval=" + heartbeatMillis,
        "--election-timeout=" + electionMillis,
        "--snapshot-count=" + snapshotCount);
  }
}
