package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Member;
import dev.remora.server.apply.State;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Restart;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How a group begins, and goes on. */
final class BootstrapTest {
  private static final List<Member> MEMBERS = List.of(member(30), member(10), member(20));
  private static final ConfState CONF = ConfState.of(List.of(10L, 20L, 30L));

  private final MemoryLog log = new MemoryLog();

  @Test
  void aNewGroupBeginsWithItsMembers() {
    Restart restart = restart(new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of()));

    assertThat(log.entries()).isEqualTo(restart.entries()).hasSize(3);
    assertThat(conf(restart)).isEqualTo(CONF);
  }

  @Test
  void whatACrashLeftOfTheBeginningIsCompleted() {
    List<Entry> whole =
        restart(new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of())).entries();
    for (int left = 0; left < 3; left++) {
      MemoryLog rest = new MemoryLog();
      Restart restart =
          Bootstrap.restart(
              rest,
              new Recovered(new HardState(1, 0, left), SnapshotMark.NONE, whole.subList(0, left)),
              ConfState.EMPTY,
              MEMBERS);

      assertThat(rest.entries()).isEqualTo(whole.subList(left, 3));
      assertThat(conf(restart)).as("after %d", left).isEqualTo(CONF);
    }
  }

  @Test
  void aGroupThatRanGoesOnWhateverTheFlagsSay() {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry(2, 1, Payload.EMPTY));
    HardState hard = new HardState(2, 10, 1);

    Restart restart = restart(new Recovered(hard, SnapshotMark.NONE, entries));

    assertThat(log.entries()).isEmpty();
    assertThat(restart.entries()).isEqualTo(entries);
    assertThat(restart.hard()).isEqualTo(hard);
  }

  @Test
  void theFirstMembersAreKnownByNameAndPeerUrls() {
    Restart restart = restart(new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of()));
    Replica replica =
        new Replica(
            Runnable::run, new Identity(1, 10, 1, 7, "m10"), new FixedClocks(), State.EMPTY);
    RaftCore core = new RaftCore(RaftConfig.of(10, 10), restart, new Random(1));

    new RaftNode(core, new MemoryLog(), Transport.NONE, Runnable::run, replica).start();

    assertThat(replica.state().members().list())
        .containsExactly(member(10), member(20), member(30));
    assertThat(replica.state().conf()).isEqualTo(CONF);
    assertThat(replica.state().revision()).isEqualTo(1);
  }

  private static Member member(long id) {
    return Member.unstarted(id, "m" + id, List.of("http://m" + id + ":2380"), false);
  }

  private record FixedClocks() implements Clocks {
    @Override
    public long wallNanos() {
      return 0;
    }

    @Override
    public long monotonicNanos() {
      return 0;
    }
  }

  private Restart restart(Recovered recovered) {
    return Bootstrap.restart(log, recovered, ConfState.EMPTY, MEMBERS);
  }

  /** The configuration that is in force once all that is committed is applied. */
  private static ConfState conf(Restart restart) {
    List<ConfState> confs = new ArrayList<>();
    Consensus.Listener listener = new ConfListener(confs);
    RaftCore core = new RaftCore(RaftConfig.of(10, 10), restart, new Random(1));
    new RaftNode(core, new MemoryLog(), Transport.NONE, Runnable::run, listener).start();
    return confs.getLast();
  }

  private record ConfListener(List<ConfState> confs) implements Consensus.Listener {
    @Override
    public void committed(List<Entry> entries) {}

    @Override
    public boolean admits(ConfChange change) {
      return true;
    }

    @Override
    public void configured(Entry entry, ConfState conf) {
      confs.add(conf);
    }

    @Override
    public void restored(State state) {}

    @Override
    public void snapshotWanted() {}

    @Override
    public void readable(long token, long index) {}

    @Override
    public void led(Ready.SoftState soft, long term) {}
  }
}
