package dev.remora.server.replica;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * How a member begins. A new group begins as in etcd: with a log in which every first member has
 * added the first members, in the same order, at term 1, and all of that is committed.
 */
public final class Bootstrap {
  private Bootstrap() {}

  /**
   * What a core is to start from. To be called before anything else is appended, on the replica's
   * loop; with an empty log, the new group's first entries are appended.
   *
   * @param conf the configuration of the snapshot that the log follows
   * @param members of a new group, this one included
   */
  public static Restart restart(
      LogStore log, Recovered recovered, ConfState conf, List<Long> members) {
    SnapshotMark mark = recovered.mark();
    if (recovered.lastIndex() > 0) {
      return new Restart(
          recovered.hardState(),
          new SnapshotMeta(mark.index(), mark.term(), conf),
          recovered.entries());
    }
    List<Entry> entries = new ArrayList<>();
    for (long member : members.stream().sorted(Long::compareUnsigned).toList()) {
      ConfChange.Change add = new ConfChange.Change(ConfChange.Type.ADD_VOTER, member);
      ConfChange change = new ConfChange(ConfChange.Transition.AUTO, List.of(add), Payload.EMPTY);
      entries.add(
          new Entry(1, entries.size() + 1, EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change)));
    }
    HardState hard = new HardState(1, 0, entries.size());
    log.append(hard, entries, () -> {});
    return new Restart(hard, SnapshotMeta.NONE, entries);
  }
}
