package dev.remora.server.replica;

import dev.remora.server.apply.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the replica has to tell one other event loop, gathered over a turn so that a batch costs one
 * wake-up. Filled on the replica's loop only.
 */
final class Mailbox {
  private final Executor owner;
  private final List<Consumer<State>> followers = new ArrayList<>();
  private List<Runnable> answers = new ArrayList<>();
  private @Nullable State news;

  Mailbox(Executor owner) {
    this.owner = owner;
  }

  void addFollower(Consumer<State> follower) {
    followers.add(follower);
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
