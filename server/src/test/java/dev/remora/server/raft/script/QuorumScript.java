package dev.remora.server.raft.script;

import dev.remora.server.raft.quorum.JointQuorum;
import dev.remora.server.raft.quorum.MajorityQuorum;
import dev.remora.server.raft.quorum.MajorityQuorum.Ballot;
import dev.remora.server.raft.quorum.VoteResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The commands of {@code quorum/}: {@code committed} and {@code vote}. */
final class QuorumScript implements Interpreter {
  @Override
  public String run(Directive directive) {
    List<Long> incoming = ids(directive.values("cfg"));
    boolean isJoint = !directive.values("cfgj").isEmpty();
    List<Long> outgoing =
        directive.values("cfgj").equals(List.of("zero"))
            ? List.of()
            : ids(directive.values("cfgj"));
    List<Long> all = new ArrayList<>(incoming);
    outgoing.stream().filter(id -> !all.contains(id)).forEach(all::add);
    JointQuorum quorum = new JointQuorum(incoming, outgoing);
    List<String> values = directive.values(directive.command().equals("vote") ? "votes" : "idx");
    if (values.size() != all.size()) {
      return "error: mismatched input (explicit or _) for voters " + all + ": " + values;
    }
    return switch (directive.command()) {
      case "committed" -> committed(quorum, all, values, isJoint);
      case "vote" -> vote(quorum, all, values);
      default -> "unknown command: " + directive.command();
    };
  }

  private static List<Long> ids(List<String> values) {
    return values.stream().map(Long::parseLong).toList();
  }

  private static String committed(
      JointQuorum quorum, List<Long> ids, List<String> values, boolean isJoint) {
    Map<Long, Long> reached = new LinkedHashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      if (!values.get(i).equals("_")) {
        reached.put(ids.get(i), Long.parseLong(values.get(i)));
      }
    }
    long index = quorum.committed(id -> reached.getOrDefault(id, 0L));
    if (!isJoint) {
      long same = new JointQuorum(ids, ids).committed(id -> reached.getOrDefault(id, 0L));
      if (same != index) {
        return "joint with itself: " + index(same);
      }
    }
    return table(ids, reached) + index(index);
  }

  private static String index(long index) {
    return index == Long.MAX_VALUE ? "∞" : String.valueOf(index);
  }

  /** A bar for every voter, as long as there are voters with a lower index. */
  private static String table(List<Long> ids, Map<Long, Long> reached) {
    if (ids.isEmpty()) {
      return "<empty majority quorum>";
    }
    int count = ids.size();
    StringBuilder out = new StringBuilder(" ".repeat(count + 4)).append("idx\n");
    for (long id : ids.stream().sorted().toList()) {
      long index = reached.getOrDefault(id, 0L);
      long below = ids.stream().filter(o -> reached.getOrDefault(o, 0L) < index).count();
      String bar =
          reached.containsKey(id)
              ? "x".repeat((int) below) + ">" + " ".repeat(count - (int) below)
              : "?" + " ".repeat(count);
      out.append(bar).append(String.format(" %5d    (id=%d)%n", index, id));
    }
    return out.toString();
  }

  private static String vote(JointQuorum quorum, List<Long> ids, List<String> values) {
    Map<Long, Ballot> ballots = new LinkedHashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      switch (values.get(i)) {
        case "y" -> ballots.put(ids.get(i), Ballot.GRANTED);
        case "n" -> ballots.put(ids.get(i), Ballot.REJECTED);
        default -> ballots.put(ids.get(i), Ballot.MISSING);
      }
    }
    MajorityQuorum.Ballots of = id -> ballots.getOrDefault(id, Ballot.MISSING);
    VoteResult result = quorum.result(of);
    return switch (result) {
      case WON -> "VoteWon";
      case LOST -> "VoteLost";
      case PENDING -> "VotePending";
    };
  }
}
