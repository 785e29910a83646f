package dev.remora.server.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Command;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a loop's proposals reach the replica. */
final class DoorTest {
  private final TestMember member = TestMember.start();

  @AfterEach
  void stop() {
    member.close();
  }

  /** Were the replica woken at the first, its turn would come before the one that is awaited. */
  @Test
  void proposalsOfOneTurnReachTheReplicaTogetherAtItsEnd() throws InterruptedException {
    int proposals = 3;
    CountDownLatch answered = new CountDownLatch(proposals);
    AtomicInteger appendedWithinTurn = new AtomicInteger();
    member.onReplica(_ -> {}); // What its start does is done.
    int before = member.log().entries().size();

    member.onLoop((_, door) -> {
      member.onReplica(_ -> {}); // It has heard of the new door.
      for (int i = 0; i < proposals; i++) {
        door.propose(new Command.LeaseGrant(1 + i, 60), _ -> answered.countDown());
      }
      member.onReplica(_ -> {});
      appendedWithinTurn.set(member.log().entries().size() - before);
    });

    assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(appendedWithinTurn).hasValue(0);
    assertThat(member.log().entries()).hasSize(before + proposals);
  }
}
