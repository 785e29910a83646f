package dev.remora.torture.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * What a cluster is made of.
 *
 * @param members how many
 * @param folder gets data and logs
 * @param onLoopDisks whether each member's data lies on a {@link LoopDisk}
 * @param heartbeatMillis of each member's configuration, as is {@code electionMillis}
 * @param snapshotCount entries between snapshots; few, so that there are many
 */
public record Shape(
    Kind kind,
    int members,
    Path folder,
    boolean onLoopDisks,
    int heartbeatMillis,
    int electionMillis,
    int snapshotCount) {
  /** As in the short form of the tests. */
  public static Shape of(Kind kind, int members, Path folder, boolean onLoopDisks) {
    return new Shape(kind, members, folder, onLoopDisks, 50, 500, 100);
  }

  /** The flags that all members share. */
  List<String> flags() {
    return List.of(
        "--heartbeat-interval=" + heartbeatMillis,
        "--election-timeout=" + electionMillis,
        "--snapshot-count=" + snapshotCount);
  }
}
