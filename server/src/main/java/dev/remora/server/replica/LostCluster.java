package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * How a member whose majority is lost for good goes on alone: the removal of every other one is
 * added to its log, and all of the log is taken for committed.
 *
 * <p>etcd drops what is not known to be committed. Here it is kept: a member hears of a commit
 * after its entries, so the last write that was answered may be among them, and one that was not
 * answered may have been done or not.
 */
public final class LostCluster {
  private LostCluster() {}

  /**
   * What the core is to start from. What it adds to the log is appended; to be called before
   * anything else is, on the replica's loop. A member that is alone already is left as it is.
   *
   * @param start the state that the log follows
   * @param self the member that goes on
   */
  public static Restart restart(LogStore log, Recovered recovered, State start, long self) {
    SnapshotMark mark = recovered.mark();
    SnapshotMeta snapshot = new SnapshotMeta(mark.index(), mark.term(), start.conf());
    long term = recovered.hardState().term();
    List<Entry> added = new ArrayList<>();
    for (Command.Reconfiguration change : changes(recovered, start, self)) {
      byte[] command = CommandCodec.encode(MemberChanges.NOBODY, change);
      Payload payload =
          ConfChangeCodec.encode(MemberChanges.confChange(change, Payload.of(command)));
      long index = recovered.lastIndex() + added.size() + 1;
      added.add(new Entry(term, index, EntryKind.CONF_CHANGE, payload));
    }
    HardState hard =
        new HardState(term, recovered.hardState().vote(), recovered.lastIndex() + added.size());
    log.append(hard, added, () -> {});
    List<Entry> entries = new ArrayList<>(recovered.entries());
    entries.addAll(added);
    return new Restart(hard, snapshot, entries);
  }

  /** Of those that have left before, or never came to be, a removal is passed over. */
  private static List<Command.Reconfiguration> changes(
      Recovered recovered, State start, long self) {
    NavigableSet<Long> others = new TreeSet<>(Long::compareUnsigned);
    start.members().list().stream().map(Member::id).forEach(others::add);
    for (Entry entry : recovered.entries()) {
      if (entry.kind() == EntryKind.CONF_CHANGE) {
        ConfChangeCodec.decode(entry.payload()).changes().stream()
            .map(ConfChange.Change::member)
            .forEach(others::add);
      }
    }
    others.remove(self);
    List<Command.Reconfiguration> changes = new ArrayList<>();
    if (!others.isEmpty()) {
      changes.add(new Command.PromoteMember(self)); // Passed over, if it has a vote.
    }
    others.forEach(other -> changes.add(new Command.RemoveMember(other, 0)));
    return changes;
  }
}
