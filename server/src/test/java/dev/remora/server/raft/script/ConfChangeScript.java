package dev.remora.server.raft.script;

import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.membership.Changer;
import dev.remora.server.raft.membership.Changer.Result;
import dev.remora.server.raft.progress.Progress;
import dev.remora.server.raft.progress.Tracker;
import java.util.List;

/**
 * The commands of {@code confchange/}: {@code simple}, {@code enter-joint}, {@code leave-joint}.
 */
final class ConfChangeScript implements Interpreter {
  private final Tracker tracker = new Tracker(10, 0);
  private long lastIndex;

  @Override
  public String run(Directive directive) {
    List<Change> changes = Words.changes(directive.input());
    Result result =
        switch (directive.command()) {
          case "simple" -> Changer.simple(tracker.conf(), changes);
          case "enter-joint" ->
              Changer.enterJoint(
                  tracker.conf(), changes, directive.values("autoleave").contains("true"));
          case "leave-joint" ->
              changes.isEmpty()
                  ? Changer.leaveJoint(tracker.conf())
                  : new Result.Unfit("this command takes no input");
          default -> new Result.Unfit("unknown command");
        };
    long next = Math.max(lastIndex++, 1);
    return switch (result) {
      case Result.Unfit(String reason) -> reason;
      case Result.Changed changed -> {
        tracker.reconfigure(changed.conf(), changed.renewed(), next);
        yield describe();
      }
    };
  }

  private String describe() {
    StringBuilder out = new StringBuilder(Words.conf(tracker.conf())).append('\n');
    for (int i = 0; i < tracker.size(); i++) {
      Progress member = tracker.at(i);
      out.append(
          Words.progress(
              member.id(),
              member.phase(),
              member.match(),
              member.next(),
              member.isLearner(),
              member.isPaused(),
              member.pendingSnapshot(),
              member.isActive(),
              member.inflightCount(),
              member.isInflightFull()));
      out.append('\n');
    }
    return out.toString();
  }
}
