package dev.remora.torture.watch;

import dev.remora.torture.cluster.Member;
import java.util.ArrayList;
import java.util.List;

/** One watcher of each door at each member. */
public final class Watchers implements AutoCloseable {
  private final List<WatchLog> keys = new ArrayList<>();
  private final List<WatchLog> ranges = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();

  /**
   * Starts them.
   *
   * @param folder what is watched by v2
   * @param prefix what is watched by v3
   */
  public Watchers(List<Member> members, String folder, String prefix) {
    for (Member member : members) {
      WatchLog ofKeys = new WatchLog(member.number());
      WatchLog ofRange = new WatchLog(member.number());
      keys.add(ofKeys);
      ranges.add(ofRange);
      watchers.add(new KeysWatcher(ofKeys, member.clientPort(), folder));
      watchers.add(new RangeWatcher(ofRange, member.clientPort(), prefix));
    }
    watchers.forEach(Watcher::start);
  }

  /** The logs of v2, one a member. */
  public List<WatchLog> keys() {
    return List.copyOf(keys);
  }

  /** The logs of v3, one a member. */
  public List<WatchLog> ranges() {
    return List.copyOf(ranges);
  }

  @Override
  public void close() {
    watchers.forEach(Watcher::close);
  }
}
