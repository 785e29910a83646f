package dev.remora.server.raft;

import dev.remora.server.raft.log.RaftLog;
import java.util.random.RandomGenerator;

/** A core as scripts want it: what production has no setting for can be chosen. */
public final class ScriptCore {
  private final Chance chance = new Chance();
  private final RaftCore core;
  private final Timers[] timers = new Timers[1];

  /**
   * Starts a core.
   *
   * @param appliesUnstable whether entries may be applied that are not durable yet
   * @param validates whether changes of the configuration must fit
   */
  public ScriptCore(
      RaftConfig config, Restart restart, boolean appliesUnstable, boolean validates) {
    core =
        new RaftCore(
            config,
            restart,
            chance,
            new Parts() {
              @Override
              RaftLog log(RaftConfig ofCore, Restart from) {
                return appliesUnstable
                    ? new EagerLog(from, ofCore.applyBytesMax())
                    : super.log(ofCore, from);
              }

              @Override
              PendingChange pendingChange(Member member) {
                timers[0] = member.timers;
                return validates ? super.pendingChange(member) : new AnyChange(member);
              }
            });
  }

  /** The core itself. */
  public RaftCore core() {
    return core;
  }

  /** Sets for how many ticks this core waits for a leader from now on. */
  public void setElectionTimeout(int ticks, int electionTicks) {
    chance.next = ticks - electionTicks;
    timers[0].draw();
    chance.next = electionTicks - 1;
  }

  /** Draws what it is told to, by default the longest timeout. */
  private static final class Chance implements RandomGenerator {
    private int next = -1;

    @Override
    public int nextInt(int bound) {
      return next == -1 ? bound - 1 : next;
    }

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException();
    }
  }

  /** Applies what is committed, durable here or not. */
  private static final class EagerLog extends RaftLog {
    EagerLog(Restart restart, long applyBytesMax) {
      super(restart, applyBytesMax);
    }

    @Override
    protected long appliable() {
      return committed();
    }
  }

  /** Takes every change. */
  private static final class AnyChange extends PendingChange {
    AnyChange(Member member) {
      super(member);
    }

    @Override
    boolean isFit(boolean isLeave) {
      return true;
    }
  }
}
