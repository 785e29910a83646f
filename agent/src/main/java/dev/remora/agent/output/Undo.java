package dev.remora.agent.output;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was done to several files, so that it can be taken back if one of them fails. */
final class Undo {
  private final Deque<Action> back = new ArrayDeque<>();
  private final Deque<Action> cleanUp = new ArrayDeque<>();

  /** A step on the disk. */
  interface Action {
    void run() throws IOException;
  }

  /**
   * Remembers how to take a step back.
   *
   * @param cleaning done if it is not taken back
   */
  void push(Action taking, Action cleaning) {
    back.push(taking);
    cleanUp.push(cleaning);
  }

  /** Takes everything back, the last step first; what fails of it is added to the cause. */
  void takeBack(IOException cause) {
    run(back, cause);
  }

  /** Removes what only taking back would have needed. */
  void done() throws IOException {
    IOException trouble = new IOException("what is left of a write cannot be removed");
    run(cleanUp, trouble);
    if (trouble.getSuppressed().length > 0) {
      throw trouble;
    }
  }

  private static void run(Deque<Action> actions, IOException trouble) {
    while (!actions.isEmpty()) {
      try {
        actions.pop().run();
      } catch (IOException e) {
        trouble.addSuppressed(e);
      }
    }
  }
}
