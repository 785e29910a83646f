package dev.remora.server.replica;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.Members;
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
  /** Nobody is elected in it: the first election is for the next one. */
  private static final long FIRST_TERM = 1;

  private Bootstrap() {}

  /**
   * What a core is to start from. To be called before anything else is appended, on the replica's
   * loop; what the log lacks of the new group's first entries is appended, all of them or those
   * that a crash has cut off.
   *
   * @param conf the configuration of the snapshot that the log follows
   * @param members of a new group, this one included, with the names and peer URLs that all of them
   *     are told, and without client URLs, which only the member itself knows; none if it joins one
   */
  public static Restart restart(
      LogStore log, Recovered recovered, ConfState conf, List<Member> members) {
    SnapshotMark mark = recovered.mark();
    SnapshotMeta snapshot = new SnapshotMeta(mark.index(), mark.term(), conf);
    List<Entry> first = firstEntries(members);
    boolean isBegun =
        recovered.hardState().term() > FIRST_TERM || recovered.lastIndex() >= first.size();
    if (isBegun) {
      return new Restart(recovered.hardState(), snapshot, recovered.entries());
    }
    // A crash may have left the first of them: a part of the group would be a group of its own.
    HardState hard = new HardState(FIRST_TERM, recovered.hardState().vote(), first.size());
    log.append(hard, first.subList(Math.toIntExact(recovered.lastIndex()), first.size()), () -> {});
    return new Restart(hard, snapshot, first);
  }

  private static List<Entry> firstEntries(List<Member> members) {
    List<Entry> entries = new ArrayList<>();
    for (Member member : new Members(members, List.of()).list()) {
      long index = entries.size() + 1L;
      Payload payload = ConfChangeCodec.encode(MemberChanges.founding(member));
      entries.add(new Entry(FIRST_TERM, index, EntryKind.CONF_CHANGE, payload));
    }
    return entries;
  }
}
