package dev.remora.server.raft.script;

import dev.remora.server.raft.ConfState;
import dev.remora.server.raft.Entry;
import dev.remora.server.raft.EntryKind;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.RaftConfig;
import dev.remora.server.raft.RaftCore;
import dev.remora.server.raft.Ready;
import dev.remora.server.raft.Restart;
import dev.remora.server.raft.ScriptCore;
import dev.remora.server.raft.SnapshotMeta;
import dev.remora.server.raft.Status;
import dev.remora.server.raft.membership.ConfChangeCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A core with a storage and a state machine that only count. */
final class ScriptMember {
  private final ScriptCore script;
  private final RaftConfig config;
  private final boolean isAsync;

  final Deque<Wire.Append> appendWork = new ArrayDeque<>();
  final Deque<Wire.Apply> applyWork = new ArrayDeque<>();

  /** The durable log, which follows this index. */
  private long base;

  private final List<Entry> log = new ArrayList<>();

  /** The state machine's newest snapshot. */
  private SnapshotMeta snapshot;

  private @Nullable SnapshotMeta installing;

  ScriptMember(
      RaftConfig config, SnapshotMeta start, boolean isAsync, boolean validatesConfChanges) {
    this.config = config;
    this.isAsync = isAsync;
    Restart restart = new Restart(HardState.INITIAL, start, List.of());
    script = new ScriptCore(config, restart, !isAsync, validatesConfChanges);
    base = start.index();
    snapshot = start;
  }

  RaftCore core() {
    return script.core();
  }

  long id() {
    return config.id();
  }

  RaftConfig config() {
    return config;
  }

  void setElectionTimeout(int ticks) {
    script.setElectionTimeout(ticks, config.electionTicks());
  }

  /** Takes the next Ready and prints it; what leaves is added to the messages. */
  List<String> processReady(List<Wire> out) {
    Ready ready = core().takeReady();
    List<Wire> messages = new ArrayList<>();
    ready.now().forEach(message -> messages.add(new Wire.Peer(message)));
    if (isAsync) {
      addWork(ready, messages);
    } else {
      ready.afterDurable().stream()
          .filter(message -> message.to() != id())
          .forEach(message -> messages.add(new Wire.Peer(message)));
    }
    List<String> print = ReadyPrint.lines(ready, messages);
    for (Wire wire : messages) {
      switch (wire) {
        case Wire.Append append -> appendWork.add(append);
        case Wire.Apply apply -> applyWork.add(apply);
        default -> out.add(wire);
      }
    }
    if (!isAsync) {
      store(ready.install(), ready.append());
      apply(ready.apply());
      advance(ready);
    }
    return print;
  }

  private void addWork(Ready ready, List<Wire> messages) {
    if (ready.isToStore() || !ready.afterDurable().isEmpty()) {
      List<Wire> responses = new ArrayList<>();
      ready.afterDurable().forEach(message -> responses.add(new Wire.Peer(message)));
      if (ready.ack() != null) {
        responses.add(new Wire.Appended(id(), ready.ack(), installing(ready)));
      }
      messages.add(new Wire.Append(id(), ready.hard(), ready.install(), ready.append(), responses));
    }
    if (!ready.apply().isEmpty()) {
      messages.add(new Wire.Apply(id(), ready.apply()));
    }
  }

  /** The snapshot that an acknowledgement is about. */
  private @Nullable SnapshotMeta installing(Ready ready) {
    if (ready.install() != null) {
      installing = ready.install();
    }
    return ready.ack() != null && ready.ack().snapshotIndex() != 0 ? installing : null;
  }

  /** What a synchronous caller does when it has stored and applied. */
  private void advance(Ready ready) {
    for (Message message : ready.afterDurable()) {
      if (message.to() == id()) {
        core().step(message);
      }
    }
    if (ready.ack() != null) {
      core().stored(ready.ack());
    }
    if (!ready.apply().isEmpty()) {
      core().applied(ready.apply().getLast().index());
    }
  }

  List<Wire> processAppend(List<String> print) {
    Wire.Append work = appendWork.removeFirst();
    print.add("Processing:");
    print.addAll(work.linesWithoutResponses());
    store(work.install(), work.entries());
    print.add("Responses:");
    work.responses().forEach(wire -> print.addAll(wire.lines()));
    return work.responses();
  }

  List<Wire> processApply(List<String> print) {
    Wire.Apply work = applyWork.removeFirst();
    print.add("Processing:");
    print.addAll(work.linesWithoutResponses());
    apply(work.entries());
    Wire done = new Wire.Applied(id(), work.entries());
    print.add("Responses:");
    print.addAll(done.lines());
    return List.of(done);
  }

  private void store(@Nullable SnapshotMeta install, List<Entry> entries) {
    if (install != null) {
      log.clear();
      base = install.index();
      snapshot = install;
    }
    if (!entries.isEmpty()) {
      int kept = (int) (entries.getFirst().index() - 1 - base);
      log.subList(kept, log.size()).clear();
      log.addAll(entries);
    }
  }

  private void apply(List<Entry> entries) {
    for (Entry entry : entries) {
      ConfState conf =
          entry.kind() == EntryKind.CONF_CHANGE
              ? core().applyConf(ConfChangeCodec.decode(entry.payload()))
              : snapshot.conf();
      snapshot = new SnapshotMeta(entry.index(), entry.term(), conf);
      core().snapshotTaken(snapshot);
    }
  }

  /** Forgets the log up to this index; false if it has done so before. */
  boolean compact(long index) {
    if (index <= base) {
      return false;
    }
    log.subList(0, (int) (index - base)).clear();
    base = index;
    core().compact(index);
    return true;
  }

  List<String> logLines() {
    if (log.isEmpty()) {
      return List.of("log is empty: first index=" + (base + 1) + ", last index=" + base);
    }
    return log.stream().map(Words::entry).toList();
  }

  String stateLine() {
    Status status = core().status();
    ConfState now = status.conf();
    boolean isVoter = now.voters().contains(id()) || now.votersOutgoing().contains(id());
    return String.format(
        "%d: %s (%s) Term:%d Lead:%d",
        id(),
        Words.role(status.soft().role()),
        isVoter ? "Voter" : "Non-Voter",
        status.hard().term(),
        status.soft().leader());
  }

  SnapshotMeta snapshot() {
    return snapshot;
  }

  /** Takes what is under way to it; answers with what etcd complains about, or null. */
  @Nullable String deliver(Wire wire) {
    return switch (wire) {
      case Wire.Appended appended -> {
        core().stored(appended.ack());
        yield null;
      }
      case Wire.Applied applied -> {
        core().applied(applied.entries().getLast().index());
        yield null;
      }
      case Wire.Peer peer -> step(peer);
      case Wire.Append _, Wire.Apply _ -> throw new IllegalStateException("to a thread: " + wire);
    };
  }

  private @Nullable String step(Wire.Peer peer) {
    Status before = core().status();
    if (peer.isResponse() && !peer.isLocal() && !isMember(before.conf(), peer.message().from())) {
      return "raft: cannot step as peer not found";
    }
    core().step(peer.message());
    boolean isDropped = peer.message() instanceof Message.Propose && !isTaken(before);
    return isDropped ? "raft proposal dropped" : null;
  }

  private static boolean isMember(ConfState conf, long id) {
    return conf.voters().contains(id)
        || conf.votersOutgoing().contains(id)
        || conf.learners().contains(id);
  }

  private boolean isTaken(Status before) {
    return switch (before.soft().role()) {
      case LEADER -> core().status().lastIndex() > before.lastIndex();
      case FOLLOWER -> before.soft().leader() != 0;
      case CANDIDATE, PRE_CANDIDATE -> false;
    };
  }
}
