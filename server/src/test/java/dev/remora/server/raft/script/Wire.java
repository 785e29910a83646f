package dev.remora.server.raft.script;

import dev.remora.server.raft.Entry;
import dev.remora.server.raft.HardState;
import dev.remora.server.raft.Message;
import dev.remora.server.raft.Message.Proposed;
import dev.remora.server.raft.Ready.StorageAck;
import dev.remora.server.raft.SnapshotMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is under way in a script: peers' messages, and those from and to a member's own storage. */
sealed interface Wire {
  String APPEND_THREAD = "AppendThread";
  String APPLY_THREAD = "ApplyThread";

  /** etcd's name of its type. */
  String type();

  /** The member it goes to; 0 for a thread. */
  long to();

  /** Whether it never leaves its member. */
  boolean isLocal();

  /** How a script prints it: a line, or several. */
  List<String> lines();

  /** A message of the core. */
  record Peer(Message message) implements Wire {
    @Override
    public String type() {
      return switch (message) {
        case Message.Append _ -> "MsgApp";
        case Message.AppendResponse _ -> "MsgAppResp";
        case Message.Heartbeat _ -> "MsgHeartbeat";
        case Message.HeartbeatResponse _ -> "MsgHeartbeatResp";
        case Message.VoteRequest m -> m.isPre() ? "MsgPreVote" : "MsgVote";
        case Message.VoteResponse m -> m.isPre() ? "MsgPreVoteResp" : "MsgVoteResp";
        case Message.Snapshot _ -> "MsgSnap";
        case Message.TimeoutNow _ -> "MsgTimeoutNow";
        case Message.TransferLeader _ -> "MsgTransferLeader";
        case Message.Propose _ -> "MsgProp";
        case Message.ReadIndex _ -> "MsgReadIndex";
        case Message.ReadIndexResponse _ -> "MsgReadIndexResp";
      };
    }

    @Override
    public long to() {
      return message.to();
    }

    @Override
    public boolean isLocal() {
      return message.from() == message.to();
    }

    /** Whether it answers something, and is refused from strangers. */
    boolean isResponse() {
      return type().endsWith("Resp");
    }

    @Override
    public List<String> lines() {
      // etcd passes a transfer on with the wanted leader as its sender.
      long from = message instanceof Message.TransferLeader m ? m.target() : message.from();
      Line line = new Line(id(from), id(message.to()), type(), message.term(), logTerm(), index());
      switch (message) {
        case Message.AppendResponse m -> line.rejected(m.rejected(), m.hintIndex());
        case Message.VoteResponse m -> line.rejected(m.rejected(), 0);
        case Message.Append m -> line.commit(m.commit()).entries(entries(m.entries()));
        case Message.Heartbeat m -> line.commit(m.commit());
        case Message.Snapshot m -> line.snapshot(m.meta());
        case Message.Propose m -> line.entries(m.proposals().stream().map(Peer::proposed).toList());
        case Message.ReadIndex m -> line.entries(List.of("0/0 EntryNormal \"" + m.token() + '"'));
        case Message.ReadIndexResponse m ->
            line.entries(List.of("0/0 EntryNormal \"" + m.token() + '"'));
        case Message.HeartbeatResponse _,
            Message.VoteRequest _,
            Message.TimeoutNow _,
            Message.TransferLeader _ -> {}
      }
      return line.lines();
    }

    private static String proposed(Proposed proposed) {
      return "0/0 " + Words.content(proposed.kind(), proposed.payload());
    }

    private long logTerm() {
      return switch (message) {
        case Message.Append m -> m.prevTerm();
        case Message.AppendResponse m -> m.hintTerm();
        case Message.VoteRequest m -> m.lastTerm();
        default -> 0;
      };
    }

    private long index() {
      return switch (message) {
        case Message.Append m -> m.prevIndex();
        case Message.AppendResponse m -> m.index();
        case Message.VoteRequest m -> m.lastIndex();
        case Message.ReadIndexResponse m -> m.index();
        default -> 0;
      };
    }
  }

  /** Work for a member's append thread. */
  record Append(
      long member,
      @Nullable HardState hard,
      @Nullable SnapshotMeta install,
      List<Entry> entries,
      List<Wire> responses)
      implements Wire {
    @Override
    public String type() {
      return "MsgStorageAppend";
    }

    @Override
    public long to() {
      return 0;
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public List<String> lines() {
      return line().responses(responses).lines();
    }

    List<String> linesWithoutResponses() {
      return line().lines();
    }

    private Line line() {
      long term = hard == null ? 0 : hard.term();
      Line line = new Line(id(member), APPEND_THREAD, type(), term, 0, 0);
      if (hard != null) {
        line.commit(hard.commit()).vote(hard.vote());
      }
      line.entries(Wire.entries(entries));
      return install == null ? line : line.snapshot(install);
    }
  }

  /** The append thread has stored something. */
  record Appended(long to, StorageAck ack, @Nullable SnapshotMeta installed) implements Wire {
    @Override
    public String type() {
      return "MsgStorageAppendResp";
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public List<String> lines() {
      Line line =
          new Line(APPEND_THREAD, id(to), type(), ack.term(), ack.lastTerm(), ack.lastIndex());
      return installed == null ? line.lines() : line.snapshot(installed).lines();
    }
  }

  /** Work for a member's apply thread. */
  record Apply(long member, List<Entry> entries) implements Wire {
    @Override
    public String type() {
      return "MsgStorageApply";
    }

    @Override
    public long to() {
      return 0;
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public List<String> lines() {
      return line().responses(List.of(new Applied(member, entries))).lines();
    }

    List<String> linesWithoutResponses() {
      return line().lines();
    }

    private Line line() {
      return new Line(id(member), APPLY_THREAD, type(), 0, 0, 0).entries(Wire.entries(entries));
    }
  }

  /** The apply thread is done. */
  record Applied(long to, List<Entry> entries) implements Wire {
    @Override
    public String type() {
      return "MsgStorageApplyResp";
    }

    @Override
    public boolean isLocal() {
      return true;
    }

    @Override
    public List<String> lines() {
      return new Line(APPLY_THREAD, id(to), type(), 0, 0, 0).entries(Wire.entries(entries)).lines();
    }
  }

  private static String id(long id) {
    return id == 0 ? "None" : Long.toHexString(id);
  }

  private static List<String> entries(List<Entry> entries) {
    return entries.stream().map(Words::entry).toList();
  }

  /** A message's print in the making. */
  final class Line {
    private final StringBuilder first;
    private final List<String> more = new ArrayList<>();

    Line(String from, String to, String type, long term, long logTerm, long index) {
      first =
          new StringBuilder(
              String.format("%s->%s %s Term:%d Log:%d/%d", from, to, type, term, logTerm, index));
    }

    private void add(String text) {
      if (more.isEmpty()) {
        first.append(text);
      } else {
        more.set(more.size() - 1, more.getLast() + text);
      }
    }

    Line rejected(boolean isRejected, long hint) {
      if (isRejected) {
        add(" Rejected (Hint: " + hint + ")");
      }
      return this;
    }

    Line commit(long commit) {
      if (commit != 0) {
        add(" Commit:" + commit);
      }
      return this;
    }

    Line vote(long vote) {
      if (vote != 0) {
        add(" Vote:" + vote);
      }
      return this;
    }

    Line entries(List<String> entries) {
      if (entries.size() == 1) {
        add(" Entries:[" + entries.getFirst() + "]");
      } else if (!entries.isEmpty()) {
        add(" Entries:[");
        entries.forEach(entry -> more.add("  " + entry));
        more.add("]");
      }
      return this;
    }

    Line snapshot(SnapshotMeta meta) {
      more.add("  Snapshot: " + Words.snapshot(meta));
      return this;
    }

    Line responses(List<Wire> responses) {
      if (!responses.isEmpty()) {
        add(" Responses:[");
        responses.forEach(wire -> wire.lines().forEach(line -> more.add("  " + line)));
        more.add("]");
      }
      return this;
    }

    List<String> lines() {
      return Stream.concat(Stream.of(first.toString()), more.stream()).toList();
    }
  }
}
