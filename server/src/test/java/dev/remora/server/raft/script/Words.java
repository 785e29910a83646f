package dev.remora.server.raft.script;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfChange.Change;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Role;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.membership.ConfChangeCodec;
import dev.remora.server.raft.progress.Phase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How the scripts write and read things. */
final class Words {
  /** The context of a change that was proposed in the older form: one change, always direct. */
  static final Payload V1 = Payload.of("v1".getBytes(StandardCharsets.UTF_8));

  private Words() {}

  static List<Change> changes(List<String> lines) {
    List<Change> changes = new ArrayList<>();
    for (String word : String.join(" ", lines).strip().split("\\s+", -1)) {
      if (!word.isEmpty()) {
        ConfChange.Type type =
            switch (word.charAt(0)) {
              case 'v' -> ConfChange.Type.ADD_VOTER;
              case 'l' -> ConfChange.Type.ADD_LEARNER;
              case 'r' -> ConfChange.Type.REMOVE;
              case 'u' -> ConfChange.Type.UPDATE;
              default -> throw new IllegalArgumentException("unknown input: " + word);
            };
        changes.add(new Change(type, Long.parseLong(word.substring(1))));
      }
    }
    return changes;
  }

  private static String changes(ConfChange change) {
    return change.changes().stream().map(Words::change).collect(Collectors.joining(" "));
  }

  private static String change(Change change) {
    String letter =
        switch (change.type()) {
          case ADD_VOTER -> "v";
          case ADD_LEARNER -> "l";
          case REMOVE -> "r";
          case UPDATE -> "u";
        };
    return letter + change.member();
  }

  static String conf(ConfState conf) {
    StringBuilder out = new StringBuilder("voters=").append(ids(conf.voters()));
    if (conf.isJoint()) {
      out.append("&&").append(ids(conf.votersOutgoing()));
    }
    if (!conf.learners().isEmpty()) {
      out.append(" learners=").append(ids(conf.learners()));
    }
    if (!conf.learnersNext().isEmpty()) {
      out.append(" learners_next=").append(ids(conf.learnersNext()));
    }
    return out.append(conf.autoLeave() ? " autoleave" : "").toString();
  }

  private static String ids(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(" ", "(", ")"));
  }

  static String progress(
      long id,
      Phase phase,
      long match,
      long next,
      boolean isLearner,
      boolean isPaused,
      long pendingSnapshot,
      boolean isActive,
      int inflights,
      boolean isFull) {
    String state =
        switch (phase) {
          case PROBE -> "StateProbe";
          case REPLICATE -> "StateReplicate";
          case SNAPSHOT -> "StateSnapshot";
        };
    String under = inflights > 0 ? " inflight=" + inflights + (isFull ? "[full]" : "") : "";
    return id
        + ": "
        + state
        + " match="
        + match
        + " next="
        + next
        + (isLearner ? " learner" : "")
        + (isPaused ? " paused" : "")
        + (pendingSnapshot > 0 ? " pendingSnap=" + pendingSnapshot : "")
        + (isActive ? "" : " inactive")
        + under;
  }

  static String role(Role role) {
    return switch (role) {
      case FOLLOWER -> "StateFollower";
      case PRE_CANDIDATE -> "StatePreCandidate";
      case CANDIDATE -> "StateCandidate";
      case LEADER -> "StateLeader";
    };
  }

  static String hard(HardState hard) {
    String vote = hard.vote() == 0 ? "" : " Vote:" + hard.vote();
    return "Term:" + hard.term() + vote + " Commit:" + hard.commit();
  }

  static String snapshot(SnapshotMeta meta) {
    ConfState conf = meta.conf();
    return String.format(
        "Index:%d Term:%d ConfState:Voters:%s VotersOutgoing:%s Learners:%s LearnersNext:%s"
            + " AutoLeave:%s",
        meta.index(),
        meta.term(),
        list(conf.voters()),
        list(conf.votersOutgoing()),
        list(conf.learners()),
        list(conf.learnersNext()),
        conf.autoLeave());
  }

  private static String list(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(" ", "[", "]"));
  }

  static String entry(Entry entry) {
    return entry.term() + "/" + entry.index() + " " + content(entry.kind(), entry.payload());
  }

  static String content(EntryKind kind, Payload payload) {
    if (kind == EntryKind.COMMAND) {
      return "EntryNormal " + quote(payload);
    }
    ConfChange change = ConfChangeCodec.decode(payload);
    String type = change.context().equals(V1) ? "EntryConfChange" : "EntryConfChangeV2";
    return change.changes().isEmpty() ? type : type + " " + changes(change);
  }

  static String quote(Payload payload) {
    String text = new String(payload.array(), StandardCharsets.UTF_8);
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
