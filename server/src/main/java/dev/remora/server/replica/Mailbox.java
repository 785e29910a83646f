package dev.remora.server.replica;

import dev.remora.server.apply.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Between the replica and one other event loop: whatever either has for the other in one turn costs
 * one wake-up. Filled on the replica's loop only, but for {@link #atTurnEnd}.
 */
final class Mailbox {
  private final Executor owner;
  private final List<Consumer<State>> followers = new ArrayList<>();
  private List<Runnable> answers = new ArrayList<>();
  private @Nullable State news;

  /** Whether a wake-up of the replica is due at the end of this turn. The other loop's field. */
  private boolean isWaking;

  Mailbox(Executor owner) {
    this.owner = owner;
  }

  /**
   * Wakes the replica once all that came in with this turn has been looked at. On the other loop:
   * its tasks run after what it reads from its connections.
   */
  void atTurnEnd(Runnable wake) {
    if (!isWaking) {
      isWaking = true;
      owner.execute(() -> {
        isWaking = false;
        wake.run();
      });
    }
  }

  void addFollower(Consumer<State> follower) {
    followers.add(follower);
  }

  void removeFollower(Consumer<State> follower) {
    followers.remove(follower);
  }

  void put(Runnable answer) {
    answers.add(answer);
  }

  void putNews(State state) {
    if (!followers.isEmpty()) {
      news = state;
    }
  }

  /** Sends what was gathered. Watchers hear of a change before its writer is answered. */
  void send() {
    if (answers.isEmpty() && news == null) {
      return;
    }
    List<Runnable> sent = answers;
    State published = news;
    List<Consumer<State>> told = published == null ? List.of() : List.copyOf(followers);
    answers = new ArrayList<>();
    news = null;
    owner.execute(() -> {
      if (published != null) {
        told.forEach(follower -> follower.accept(published));
      }
      sent.forEach(Runnable::run);
    });
  }
}
