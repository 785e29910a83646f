package dev.remora.agent.runner;

import dev.remora.agent.render.GroupState;
import dev.remora.agent.render.Ledger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How far a group is.
 *
 * @param files those it makes, as far as is known
 * @param revision of the registry that was rendered last; 0 for none
 * @param state empty before it has begun
 * @param trouble why the destination is not what it should be; empty if it is
 * @param held why services are shown as they were before
 * @param hashes as they are on disk
 * @param nextAttemptMillis from now; empty if there is none
 * @param reloadsLeft how many changes may go out at once; empty for any number
 * @param backups how many earlier versions are kept
 * @param uses what it was rendered of
 * @param changes the newest changes of that, oldest first
 * @param reason why it was rendered last
 */
public record GroupStatus(
    String name,
    List<Path> files,
    boolean isInPlace,
    long revision,
    Optional<GroupState> state,
    String trouble,
    List<String> held,
    Optional<Ledger> hashes,
    OptionalLong nextAttemptMillis,
    OptionalInt reloadsLeft,
    int backups,
    List<Use> uses,
    List<Changed> changes,
    String reason) {
  /**
   * Something of the registry that the templates asked for.
   *
   * @param range a key, or a prefix, which ends with {@code *} here
   * @param keys how many there were
   * @param revision the newest at which one of them was written; 0 if there are none
   */
  public record Use(String range, int keys, long revision) {}

  /** A change of a key. */
  public record Changed(String key, long revision, boolean isDeleted) {}

  public GroupStatus {
    files = List.copyOf(files);
    held = List.copyOf(held);
    uses = List.copyOf(uses);
    changes = List.copyOf(changes);
  }
}
