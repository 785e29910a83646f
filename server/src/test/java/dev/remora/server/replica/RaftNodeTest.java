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
import dev.remora.server.raft.Role;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** In how many turns of its loop a node does its work. The loop here is a list of tasks. */
final class RaftNodeTest {
  private static final long MEMBER = 10;
  private static final Payload KIB = Payload.of(new byte[1024]);

  private final Deque<Runnable> loop = new ArrayDeque<>();
  private final MemoryLog log = new MemoryLog();
  private final Applied applied = new Applied();

  @Test
  void aLongLogIsAppliedInTurnsAndTheLoopDoesOtherThingsBetween() {
    int entries = 4_000;
    node(entries).start();
    int inFirstTurn = applied.entries;
    loop.add(() -> applied.entriesWhenOthersRan = applied.entries);
    runLoop();

    assertThat(inFirstTurn).isBetween(1, entries / 4);
    assertThat(applied.entriesWhenOthersRan).isBetween(inFirstTurn, entries / 2);
    assertThat(applied.entries).isEqualTo(entries + 1); // And the one that opens the term.
  }

  @Test
  void aMemberThatIsAloneLeadsOnceItsLogIsApplied() {
    node(4_000).start();
    runLoop();

    assertThat(applied.entriesWhenLed).isEqualTo(4_000);
  }

  @Test
  void whatBecomesDurableTogetherTakesOneTurn() {
    RaftNode node = node(1);
    node.start();
    runLoop();
    log.hold();
    node.propose(List.of(KIB));
    node.propose(List.of(KIB, KIB));
    int before = applied.entries;
    log.release();

    assertThat(loop).hasSize(1);
    runLoop();
    assertThat(applied.entries - before).isEqualTo(3);
  }

  @Test
  void whatComesAfterTheStopDoesNotReachTheLog() {
    RaftNode node = node(1);
    node.start();
    runLoop();
    log.hold();
    node.propose(List.of(KIB));
    int before = applied.entries;
    node.stop();
    node.propose(List.of(KIB));
    node.tick();
    log.release();
    runLoop();

    assertThat(applied.entries).isEqualTo(before);
  }

  private RaftNode node(int entries) {
    Recovered nothing = new Recovered(HardState.INITIAL, SnapshotMark.NONE, List.of());
    List<Member> members = List.of(Member.unstarted(MEMBER, "m10", List.of("http://m10:1"), false));
    List<Entry> all =
        new ArrayList<>(
            Bootstrap.restart(new MemoryLog(), nothing, ConfState.EMPTY, members).entries());
    for (int i = 0; i < entries; i++) {
      all.add(new Entry(2, all.size() + 1L, KIB));
    }
    HardState hard = new HardState(2, MEMBER, all.size());
    Recovered recovered = new Recovered(hard, SnapshotMark.NONE, all);
    Restart restart = Bootstrap.restart(log, recovered, ConfState.EMPTY, members);
    RaftCore core = new RaftCore(RaftConfig.of(MEMBER, 10), restart, new Random(1));
    return new RaftNode(core, log, Transport.NONE, loop::add, applied);
  }

  private void runLoop() {
    for (Runnable next = loop.poll(); next != null; next = loop.poll()) {
      next.run();
    }
  }

  private static final class Applied implements Consensus.Listener {
    private int entries;
    private int entriesWhenOthersRan;
    private int entriesWhenLed;

    @Override
    public void committed(List<Entry> committed) {
      entries += committed.size();
    }

    @Override
    public boolean admits(ConfChange change) {
      return true;
    }

    @Override
    public void configured(Entry entry, ConfState conf) {}

    @Override
    public void restored(State state) {}

    @Override
    public void snapshotWanted() {}

    @Override
    public void readable(long token, long index) {}

    @Override
    public void led(Ready.SoftState soft, long term) {
      if (soft.role() == Role.LEADER) {
        entriesWhenLed = entries;
      }
    }
  }
}
