package dev.remora.server.raft.script;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The members of a script and what is under way between them. */
final class Group {
  final List<ScriptMember> members = new ArrayList<>();
  final List<Wire> messages = new ArrayList<>();

  private final List<String> output = new ArrayList<>();
  private int indent;
  private boolean isQuiet;

  ScriptMember member(long id) {
    return members.get((int) (id - 1));
  }

  boolean isQuiet() {
    return isQuiet;
  }

  void setQuiet(boolean quiet) {
    isQuiet = quiet;
  }

  void print(String line) {
    if (!isQuiet) {
      output.add("  ".repeat(indent) + line);
    }
  }

  void print(List<String> lines) {
    lines.forEach(this::print);
  }

  List<String> takeOutput() {
    List<String> taken = List.copyOf(output);
    output.clear();
    indent = 0;
    return taken;
  }

  /** Does something for each member, under a heading of its own if there are several. */
  void each(List<ScriptMember> some, String heading, Consumer<ScriptMember> work) {
    for (ScriptMember member : some) {
      if (some.size() > 1) {
        under(member, heading, () -> work.accept(member));
      } else {
        work.accept(member);
      }
    }
  }

  private void under(ScriptMember member, String heading, Runnable work) {
    print("> " + member.id() + " " + heading);
    indent++;
    work.run();
    indent--;
  }

  void processReady(ScriptMember member) {
    print(member.processReady(messages));
  }

  void processAppend(ScriptMember member) {
    if (member.appendWork.isEmpty()) {
      print("no append work to perform");
      return;
    }
    List<String> lines = new ArrayList<>();
    messages.addAll(member.processAppend(lines));
    print(lines);
  }

  void processApply(ScriptMember member) {
    if (member.applyWork.isEmpty()) {
      print("no apply work to perform");
      return;
    }
    List<String> lines = new ArrayList<>();
    messages.addAll(member.processApply(lines));
    print(lines);
  }

  /**
   * Delivers what is under way to a member, or drops it; what stays within a member is never lost.
   *
   * @param type only messages of this type, or null for all
   * @return how many
   */
  int deliver(long to, @Nullable String type, boolean isDrop) {
    List<Wire> taken = new ArrayList<>();
    for (Iterator<Wire> all = messages.iterator(); all.hasNext(); ) {
      Wire wire = all.next();
      if (isFor(wire, to, type, isDrop)) {
        taken.add(wire);
        all.remove();
      }
    }
    for (Wire wire : taken) {
      List<String> lines = new ArrayList<>(wire.lines());
      if (isDrop) {
        lines.set(0, "dropped: " + lines.getFirst());
      }
      print(lines);
      String complaint = isDrop ? null : member(to).deliver(wire);
      if (complaint != null) {
        print(complaint);
      }
    }
    return taken.size();
  }

  private static boolean isFor(Wire wire, long to, @Nullable String type, boolean isDrop) {
    return wire.to() == to
        && (type == null || wire.type().equals(type))
        && !(isDrop && wire.isLocal());
  }

  /** Lets everything happen until nothing is left to do. */
  void stabilize(List<ScriptMember> some) {
    boolean isDone = false;
    while (!isDone) {
      isDone = true;
      for (ScriptMember member : some) {
        if (member.core().hasReady()) {
          under(member, "handling Ready", () -> processReady(member));
          isDone = false;
        }
      }
      for (ScriptMember member : some) {
        if (messages.stream().anyMatch(wire -> wire.to() == member.id())) {
          under(member, "receiving messages", () -> deliver(member.id(), null, false));
          isDone = false;
        }
      }
      for (ScriptMember member : some) {
        if (!member.appendWork.isEmpty()) {
          under(member, "processing append thread", () -> drainAppends(member));
          isDone = false;
        }
      }
      for (ScriptMember member : some) {
        if (!member.applyWork.isEmpty()) {
          under(member, "processing apply thread", () -> drainApplies(member));
          isDone = false;
        }
      }
    }
  }

  private void drainAppends(ScriptMember member) {
    while (!member.appendWork.isEmpty()) {
      processAppend(member);
    }
  }

  private void drainApplies(ScriptMember member) {
    while (!member.applyWork.isEmpty()) {
      processApply(member);
    }
  }
}
