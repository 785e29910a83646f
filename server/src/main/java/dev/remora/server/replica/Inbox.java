package dev.remora.server.replica;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What other loops want of the replica's: any thread puts it in, one turn takes all there is. */
final class Inbox {
  private final Executor loop;
  private final Consumer<Pending.Propose> proposes;
  private final Runnable turnEnd;
  private final ConcurrentLinkedQueue<Inquiry> inquiries = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isAwake = new AtomicBoolean();

  private sealed interface Inquiry {
    record Want(Pending.Propose propose) implements Inquiry {}

    record Ask(Runnable question) implements Inquiry {}
  }

  /**
   * Begins.
   *
   * @param loop runs things on the replica's loop
   * @param proposes takes a command, there
   * @param turnEnd runs there, when all that was in it is taken
   */
  Inbox(Executor loop, Consumer<Pending.Propose> proposes, Runnable turnEnd) {
    this.loop = loop;
    this.proposes = proposes;
    this.turnEnd = turnEnd;
  }

  /** A command, which is looked at at the next {@link #wake}. */
  void add(Pending.Propose propose) {
    inquiries.add(new Inquiry.Want(propose));
  }

  /** Something to be done on the replica's loop. */
  void ask(Runnable question) {
    inquiries.add(new Inquiry.Ask(question));
    wake();
  }

  /** Has it looked at. */
  void wake() {
    if (isAwake.compareAndSet(false, true)) {
      loop.execute(this::turn);
    }
  }

  private void turn() {
    isAwake.set(false);
    drain();
    turnEnd.run();
  }

  /** Takes all that is in it. On the replica's loop. */
  void drain() {
    for (Inquiry next = inquiries.poll(); next != null; next = inquiries.poll()) {
      switch (next) {
        case Inquiry.Ask(Runnable question) -> question.run();
        case Inquiry.Want(Pending.Propose propose) -> proposes.accept(propose);
      }
    }
  }
}
