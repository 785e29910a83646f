package dev.remora.server.raft.script;

import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.ConfChange.Transition;
import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Payload;
import dev.remora.server.raft.Proposal;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.Status.PeerProgress;
import dev.remora.server.raft.membership.ConfChangeCodec;
import dev.remora.server.raft.script.Directive.Argument;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The commands of {@code interaction/}: a group of members, and everything that happens to it. */
final class InteractionScript implements Interpreter {
  private static final int ELECTION_TICKS = 3;
  private static final int HEARTBEAT_TICKS = 1;
  private static final List<String> LEVELS =
      List.of("DEBUG", "INFO", "WARN", "ERROR", "FATAL", "NONE");

  private final Group group = new Group();

  @Override
  public String run(Directive directive) {
    String error;
    try {
      error = execute(directive);
    } catch (IllegalStateException e) {
      error = e.getMessage();
    }
    List<String> output = group.takeOutput();
    String text = String.join("\n", output);
    if (error != null) {
      text = text.isEmpty() ? error : text + "\n" + error;
    }
    return text.isEmpty() ? "ok" : text;
  }

  /** Prints to the group's output; answers with an error, or null. */
  private @Nullable String execute(Directive directive) {
    return switch (directive.command()) {
      case "_breakpoint" -> null;
      case "log-level" -> setLevel(directive.arguments().getFirst().key());
      case "add-nodes" -> addNodes(directive);
      case "propose" -> propose(directive);
      case "propose-conf-change" -> proposeConfChange(directive);
      case "deliver-msgs" -> deliver(directive);
      case "stabilize" -> stabilize(directive);
      case "raft-state" -> print(group.members.stream().map(ScriptMember::stateLine).toList());
      case "process-ready" -> {
        group.each(members(directive), "handling Ready", group::processReady);
        yield null;
      }
      case "process-append-thread" -> {
        group.each(members(directive), "processing append thread", group::processAppend);
        yield null;
      }
      case "process-apply-thread" -> {
        group.each(members(directive), "processing apply thread", group::processApply);
        yield null;
      }
      case "transfer-leadership" -> {
        long from = Long.parseLong(directive.values("from").getFirst());
        group.member(from).core().transferLeader(Long.parseLong(directive.values("to").getFirst()));
        yield null;
      }
      default -> executeOnOne(directive);
    };
  }

  private @Nullable String executeOnOne(Directive directive) {
    List<Long> numbers = directive.bareNumbers();
    if (numbers.isEmpty()) {
      return "unknown command: " + directive.command();
    }
    ScriptMember member = group.member(numbers.getFirst());
    return switch (directive.command()) {
      case "campaign" -> run(member.core()::campaign);
      case "forget-leader" -> run(member.core()::forgetLeader);
      case "tick-election" -> run(() -> tick(member, ELECTION_TICKS));
      case "tick-heartbeat" -> run(() -> tick(member, HEARTBEAT_TICKS));
      case "report-unreachable" -> run(() -> member.core().unreachable(numbers.get(1)));
      case "set-randomized-election-timeout" -> {
        int ticks = Integer.parseInt(directive.values("timeout").getFirst());
        yield run(() -> member.setElectionTimeout(ticks));
      }
      case "compact" ->
          member.compact(numbers.get(1))
              ? print(member.logLines())
              : "requested index is unavailable due to compaction";
      case "raft-log" -> print(member.logLines());
      case "status" -> print(statusLines(member));
      case "send-snapshot" -> sendSnapshot(member, numbers.get(1));
      default -> "unknown command: " + directive.command();
    };
  }

  private static @Nullable String run(Runnable action) {
    action.run();
    return null;
  }

  private @Nullable String print(List<String> lines) {
    group.print(lines);
    return null;
  }

  private static void tick(ScriptMember member, int times) {
    for (int i = 0; i < times; i++) {
      member.core().tick();
    }
  }

  private @Nullable String setLevel(String name) {
    int level = LEVELS.indexOf(name.toUpperCase(Locale.ROOT));
    if (level < 0) {
      return "log levels must be either of [" + String.join(" ", LEVELS) + "]";
    }
    group.setQuiet(level == LEVELS.size() - 1);
    return null;
  }

  private List<ScriptMember> members(Directive directive) {
    List<Long> ids = directive.bareNumbers();
    return ids.isEmpty() ? group.members : ids.stream().map(group::member).toList();
  }

  private @Nullable String addNodes(Directive directive) {
    Options options = new Options();
    int count = 0;
    for (Argument argument : directive.arguments()) {
      if (argument.values().isEmpty() && !argument.key().equals("learners")) {
        count = Integer.parseInt(argument.key());
      } else {
        options.set(argument);
      }
    }
    ConfState conf = options.conf();
    if (!conf.voters().isEmpty() && options.index <= 1) {
      return "index must be specified as > 1 due to bootstrap";
    }
    SnapshotMeta start =
        options.index == 0 ? SnapshotMeta.NONE : new SnapshotMeta(options.index, 1, conf);
    for (int i = 0; i < count; i++) {
      long id = group.members.size() + 1L;
      group.members.add(
          new ScriptMember(options.config(id), start, options.isAsync, options.validates));
    }
    return null;
  }

  /** The settings of new members. */
  private static final class Options {
    private List<Long> voters = List.of();
    private List<Long> learners = List.of();
    private long index;
    private boolean isAsync;
    private boolean validates = true;
    private boolean preVote;
    private boolean checkQuorum;
    private boolean leaseReads;
    private boolean stepDownOnRemoval;
    private int inflight = Integer.MAX_VALUE;
    private long applyBytes = Long.MAX_VALUE;

    private void set(Argument argument) {
      switch (argument.key()) {
        case "voters" -> voters = argument.numbers();
        case "learners" -> learners = argument.numbers();
        case "index" -> index = argument.number();
        case "content" -> {
          // The state machine's content is never printed.
        }
        case "async-storage-writes" -> isAsync = argument.isTrue();
        case "prevote" -> preVote = argument.isTrue();
        case "checkquorum" -> checkQuorum = argument.isTrue();
        case "inflight" -> inflight = (int) argument.number();
        case "max-committed-size-per-ready" -> applyBytes = argument.number();
        case "disable-conf-change-validation" -> validates = !argument.isTrue();
        case "step-down-on-removal" -> stepDownOnRemoval = argument.isTrue();
        case "read-only" ->
            leaseReads =
                switch (argument.value()) {
                  case "safe" -> false;
                  case "lease-based" -> true;
                  default ->
                      throw new IllegalStateException(
                          "invalid read-only option \"" + argument.value() + '"');
                };
        default -> throw new IllegalStateException("unknown option " + argument.key());
      }
    }

    private ConfState conf() {
      return new ConfState(
          voters.stream().sorted().toList(),
          List.of(),
          learners.stream().sorted().toList(),
          List.of(),
          false);
    }

    private RaftConfig config(long id) {
      return new RaftConfig(
          id,
          ELECTION_TICKS,
          HEARTBEAT_TICKS,
          preVote,
          checkQuorum,
          leaseReads,
          Long.MAX_VALUE,
          inflight,
          0,
          Long.MAX_VALUE,
          applyBytes,
          stepDownOnRemoval ? RaftConfig.OnRemoval.STEP_DOWN : RaftConfig.OnRemoval.LEAD_ON,
          false);
    }
  }

  private @Nullable String propose(Directive directive) {
    ScriptMember member = group.member(Long.parseLong(directive.arguments().getFirst().key()));
    byte[] data = directive.arguments().get(1).key().getBytes(StandardCharsets.UTF_8);
    return refusal(member.core().propose(List.of(Payload.of(data))));
  }

  private static @Nullable String refusal(Proposal proposal) {
    return proposal instanceof Proposal.Refused ? "raft proposal dropped" : null;
  }

  private @Nullable String proposeConfChange(Directive directive) {
    boolean isV1 = directive.values("v1").contains("true");
    Transition transition =
        switch (String.join("", directive.values("transition"))) {
          case "", "auto" -> Transition.AUTO;
          case "implicit" -> Transition.JOINT_IMPLICIT;
          case "explicit" -> Transition.JOINT_EXPLICIT;
          default -> throw new IllegalStateException("unknown transition");
        };
    List<ConfChange.Change> changes = Words.changes(directive.input());
    if (isV1 && (changes.size() > 1 || transition != Transition.AUTO)) {
      return "v1 conf change can only have one operation and no transition";
    }
    ScriptMember member = group.member(Long.parseLong(directive.arguments().getFirst().key()));
    Payload context = isV1 ? Words.V1 : Payload.EMPTY;
    return refusal(proposeConf(member, new ConfChange(transition, changes, context)));
  }

  /** What our leader refuses when it is asked itself, it takes as forwarded: as an empty entry. */
  private static Proposal proposeConf(ScriptMember member, ConfChange change) {
    Proposal proposal = member.core().proposeConf(change);
    if (proposal instanceof Proposal.Refused(Proposal.Reason reason)
        && reason == Proposal.Reason.CHANGE_PENDING) {
      Message.Proposed again =
          new Message.Proposed(EntryKind.CONF_CHANGE, ConfChangeCodec.encode(change));
      member.core().step(new Message.Propose(member.id(), member.id(), 0, List.of(again)));
      return new Proposal.Forwarded(member.id());
    }
    return proposal;
  }

  private @Nullable String deliver(Directive directive) {
    String type = directive.values("type").stream().findFirst().orElse(null);
    int count = 0;
    for (Argument argument : directive.arguments()) {
      if (argument.key().equals("drop")) {
        for (long to : argument.numbers()) {
          count += group.deliver(to, type, true);
        }
      } else if (argument.values().isEmpty()) {
        count += group.deliver(Long.parseLong(argument.key()), type, false);
      }
    }
    if (count == 0) {
      group.print("no messages");
    }
    return null;
  }

  private @Nullable String stabilize(Directive directive) {
    boolean wasQuiet = group.isQuiet();
    List<String> level = directive.values("log-level");
    if (!level.isEmpty()) {
      String error = setLevel(level.getFirst());
      if (error != null) {
        return error;
      }
    }
    group.stabilize(members(directive));
    group.setQuiet(wasQuiet);
    return null;
  }

  private static List<String> statusLines(ScriptMember member) {
    return member.core().status().progress().entrySet().stream()
        .map(peer -> {
          PeerProgress progress = peer.getValue();
          return Words.progress(
              peer.getKey(),
              progress.phase(),
              progress.match(),
              progress.next(),
              progress.isLearner(),
              progress.isPaused(),
              progress.pendingSnapshot(),
              progress.isActive(),
              progress.inflights(),
              progress.isInflightFull());
        })
        .toList();
  }

  private @Nullable String sendSnapshot(ScriptMember from, long to) {
    long term = from.core().status().hard().term();
    Wire wire = new Wire.Peer(new Message.Snapshot(from.id(), to, term, from.snapshot()));
    group.messages.add(wire);
    return print(wire.lines());
  }
}
