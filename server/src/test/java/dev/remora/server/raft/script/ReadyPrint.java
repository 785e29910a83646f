package dev.remora.server.raft.script;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.Ready;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How a script prints a {@link Ready}. */
final class ReadyPrint {
  private ReadyPrint() {}

  /**
   * The lines.
   *
   * @param messages what leaves, in the form of the script
   */
  static List<String> lines(Ready ready, List<Wire> messages) {
    List<String> out = new ArrayList<>();
    if (ready.soft() != null) {
      out.add("Lead:" + ready.soft().leader() + " State:" + Words.role(ready.soft().role()));
    }
    if (ready.hard() != null) {
      out.add("HardState " + Words.hard(ready.hard()));
    }
    if (!ready.reads().isEmpty()) {
      out.add(
          ready.reads().stream()
              .map(read -> "{" + read.index() + " " + read.token() + "}")
              .collect(Collectors.joining(" ", "ReadStates [", "]")));
    }
    add(out, "Entries:", ready.append());
    if (ready.install() != null) {
      out.add("Snapshot " + Words.snapshot(ready.install()));
    }
    add(out, "CommittedEntries:", ready.apply());
    if (!messages.isEmpty()) {
      out.add("Messages:");
      messages.forEach(wire -> out.addAll(wire.lines()));
    }
    if (out.isEmpty()) {
      return List.of("<empty Ready>");
    }
    out.addFirst("Ready MustSync=" + ready.mustSync() + ":");
    return out;
  }

  private static void add(List<String> out, String title, List<Entry> entries) {
    if (!entries.isEmpty()) {
      out.add(title);
      entries.forEach(entry -> out.add(Words.entry(entry)));
    }
  }
}
