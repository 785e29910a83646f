package dev.remora.server.api;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.replica.Answer;
import dev.remora.server.replica.Door;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Proposes what was authorised on a state, stamped with that state's auth revision. If another is
 * the newest when it is applied, it was certainly not done: it is authorised anew and proposed once
 * more.
 */
public final class AuthorisedProposal {
  private final Door door;
  private final Command command;
  private final Predicate<State> isAllowed;
  private final Consumer<Answer> done;

  private AuthorisedProposal(
      Door door, Command command, Predicate<State> isAllowed, Consumer<Answer> done) {
    this.door = door;
    this.command = command;
    this.isAllowed = isAllowed;
    this.done = done;
  }

  /**
   * Proposes a command.
   *
   * @param isAllowed authorises it on a state, and answers the client itself if it must refuse it;
   *     asked only while auth is enabled
   */
  public static void propose(
      Door door, Command command, Predicate<State> isAllowed, Consumer<Answer> done) {
    new AuthorisedProposal(door, command, isAllowed, done).propose(false);
  }

  private void propose(boolean isAgain) {
    State state = door.state();
    boolean isOn = state.auth().isEnabled();
    if (isOn && !isAllowed.test(state)) {
      return;
    }
    Command proposed =
        isOn || isAlwaysStamped() ? new Command.Stamped(state.auth().revision(), command) : command;
    door.propose(
        proposed,
        answer -> {
          if (isStale(answer) && !isAgain) {
            propose(true);
          } else {
            done.accept(answer);
          }
        });
  }

  /** What members do themselves too: only a stamp tells that a client has asked for it. */
  private boolean isAlwaysStamped() {
    return switch (command) {
      case Command.Compact _, Command.SetAlarm _, Command.MemberChange _ -> true;
      default -> false;
    };
  }

  private static boolean isStale(Answer answer) {
    return answer instanceof Answer.Applied(Outcome.Refused(_, Outcome.Reason reason), _)
        && reason == Outcome.Reason.STALE_AUTH;
  }
}
