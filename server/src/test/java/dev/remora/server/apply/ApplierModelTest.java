package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.lease.Leases;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Change;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.History;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.Directory;
import dev.remora.server.tree.TreeResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random commands through both doors, against the rules written naively. */
final class ApplierModelTest {
  private static final int SEEDS = Integer.getInteger("model.seeds", 150);
  private static final int COMMANDS = 300;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void bothDoorsFollowTheRules(long seed) {
    RandomCommands random = new RandomCommands(seed);
    Applier applier = new Applier(State.EMPTY);
    NaiveStore naive = new NaiveStore();
    Map<Long, List<String>> past = new TreeMap<>();

    for (int i = 1; i <= COMMANDS; i++) {
      Command command = random.next(naive.revision);
      String as = "seed %d, command %d: %s".formatted(seed, i, command);
      Command decoded = throughTheLog(command);

      String expected = naive.apply(command);
      String actual = describe(applier.apply(i, 1, decoded));

      assertThat(actual).as(as).isEqualTo(expected);
      State state = applier.freeze();
      assertThat(describe(state)).as(as).isEqualTo(describe(naive));
      past.put(naive.revision, keyLines(naive));
      checkPast(state, past, random.anyRevision(naive.revision), as);
      applier.trim(random.trimmed());
      checkPast(applier.freeze(), past, random.anyRevision(naive.revision), as);
    }

    assertThat(events(applier.freeze()))
        .as("v2 events of seed %d", seed)
        .isEqualTo(
            naive.events.stream()
                .filter(event -> revision(event) >= applier.freeze().keyspace().compactRevision())
                .toList());
  }

  static LongStream seeds() {
    Long one = Long.getLong("model.seed");
    return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
  }

  private static Command throughTheLog(Command command) {
    CommandCodec.Origin origin = new CommandCodec.Origin(-1, 2, 3);
    CommandCodec.Proposal proposal = CommandCodec.decode(CommandCodec.encode(origin, command));
    assertThat(proposal).isEqualTo(new CommandCodec.Proposal(origin, command));
    return proposal.command();
  }

  private static void checkPast(
      State state, Map<Long, List<String>> past, long revision, String as) {
    RangeResult result =
        state
            .keyspace()
            .range(
                new RangeRequest(
                    Bytes.utf8("\0"),
                    Bytes.utf8("\0"),
                    0,
                    revision,
                    RangeRequest.SortOrder.NONE,
                    RangeRequest.SortTarget.KEY,
                    false,
                    false,
                    0,
                    0,
                    0,
                    0));
    if (revision < state.keyspace().compactRevision()) {
      assertThat(result).as(as).isInstanceOf(RangeResult.Compacted.class);
    } else if (past.containsKey(revision)) {
      List<String> found =
          ((RangeResult.Found) result).versions().stream().map(ApplierModelTest::line).toList();
      assertThat(found).as("%s; at revision %d", as, revision).isEqualTo(past.get(revision));
    }
  }

  private static String describe(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Tree(TreeResult.Done(var event, boolean isCreated)) ->
          (isCreated ? "created " : "done ")
              + text(event.node().path())
              + (event.node().isDirectory() ? "/" : "");
      case Outcome.Tree(TreeResult.Refused(var error, Bytes cause, _)) ->
          "refused " + error.code() + " " + text(cause);
      case Outcome.Expired(int count) -> "expired " + count;
      case Outcome.Put(_, var previous) ->
          "put " + (previous == null ? "-" : text(previous.value()));
      case Outcome.DeletedRange(_, long deleted, _) -> "deleted " + deleted;
      case Outcome.Range(_, var found) ->
          "range "
              + (found.versions().stream().anyMatch(version -> version.modRevision() < 0)
                  ? ""
                  : found.versions().stream().map(version -> text(version.key())).toList());
      case Outcome.Txn(_, boolean succeeded, List<Outcome> outcomes) -> {
        StringBuilder text = new StringBuilder("txn " + succeeded + "[");
        outcomes.forEach(inner -> text.append(describe(inner)).append(';'));
        yield text.append(']').toString();
      }
      case Outcome.Compacted _ -> "compacted";
      case Outcome.LeaseGranted(_, long id, _) -> "granted " + id;
      case Outcome.LeaseRevoked(_, long id) -> "revoked " + id;
      case Outcome.AlarmSet(boolean isMet) -> "alarm " + isMet;
      case Outcome.MembersChanged _ -> "members";
      case Outcome.AuthChanged _ -> "auth";
      case Outcome.AuthRefused(var refusal) -> "auth " + refusal.reason();
      case Outcome.Refused(_, Outcome.Reason reason) -> "refused " + reason;
    };
  }

  private static List<String> describe(State state) {
    List<String> lines = new ArrayList<>();
    lines.add("revision " + state.revision() + " " + state.keyspace().compactRevision());
    state.keyspace().newest().scanLive(Bytes.EMPTY, Bytes.EMPTY, key -> lines.add(line(key)));
    List<Directory> directories = new ArrayList<>();
    state.tree().directories().scan(Bytes.EMPTY, Bytes.EMPTY, directories::add);
    for (Directory dir : directories) {
      String end = dir.expiration() == Version.PERMANENT ? "null" : "" + dir.expiration();
      lines.add(
          text(dir.key()) + "/ " + dir.createdIndex() + " " + dir.modifiedIndex() + " " + end);
    }
    List<String> deadlines = new ArrayList<>();
    state
        .tree()
        .deadlines()
        .scan(
            Bytes.EMPTY,
            Bytes.EMPTY,
            deadline -> deadlines.add(deadline.expiration() + " " + text(deadline.path())));
    lines.add("deadlines " + deadlines);
    Leases leases = state.leases();
    leases.ids().forEach(id -> lines.add("lease " + id + texts(leases.keys(id))));
    return lines;
  }

  private static List<String> describe(NaiveStore naive) {
    List<String> lines = new ArrayList<>();
    lines.add("revision " + naive.revision + " " + naive.compacted);
    lines.addAll(keyLines(naive));
    naive.dirs.forEach((path, dir) ->
        lines.add(path + "/ " + dir.created() + " " + dir.modified() + " " + dir.expiration()));
    TreeMap<String, String> deadlines = new TreeMap<>();
    naive.keys.forEach((key, at) -> addDeadline(deadlines, key, at.expiration(), ""));
    naive.dirs.forEach((path, dir) -> addDeadline(deadlines, path, dir.expiration(), "/"));
    lines.add("deadlines " + List.copyOf(deadlines.values()));
    for (Long id : naive.leases.keySet()) {
      List<String> on =
          naive.keys.entrySet().stream()
              .filter(key -> key.getValue().lease() == id)
              .map(Map.Entry::getKey)
              .toList();
      lines.add("lease " + id + on);
    }
    return lines;
  }

  private static void addDeadline(
      Map<String, String> deadlines,
      String path,
      @org.jspecify.annotations.Nullable Long end,
      String suffix) {
    if (end != null) {
      deadlines.put("%020d%s%s".formatted(end, path, suffix), end + " " + path);
    }
  }

  private static List<String> keyLines(NaiveStore naive) {
    List<String> lines = new ArrayList<>();
    naive.keys.forEach((key, at) ->
        lines.add(
            "%s=%s %d %d %d %d %d %s"
                .formatted(
                    key,
                    at.value(),
                    at.created(),
                    at.modified(),
                    at.version(),
                    at.lease(),
                    at.createdIndex(),
                    at.expiration())));
    return lines;
  }

  private static String line(Version version) {
    return "%s=%s %d %d %d %d %d %s"
        .formatted(
            text(version.key()),
            text(version.value()),
            version.createRevision(),
            version.modRevision(),
            version.version(),
            version.lease(),
            version.createdIndex(),
            version.isExpiring() ? version.expiration() : null);
  }

  /** What v2 is told, in the order of the history. */
  private static List<String> events(State state) {
    List<String> events = new ArrayList<>();
    History history = state.keyspace().history();
    for (long at = history.first(); at < history.end(); at++) {
      Change change = history.at(at);
      if (change.modRevision() < state.keyspace().compactRevision()) {
        continue;
      }
      String start = change.modRevision() + " " + change.action().word() + " ";
      switch (change) {
        case Version version when version.isShown() -> events.add(start + text(version.key()));
        case DirectoryChange directory when directory.isShown() ->
            events.add(start + text(directory.path()) + "/");
        case Version _, DirectoryChange _ -> {}
      }
    }
    return events;
  }

  private static long revision(String event) {
    return Long.parseLong(event.substring(0, event.indexOf(' ')));
  }

  private static List<String> texts(List<Bytes> keys) {
    return keys.stream().map(ApplierModelTest::text).toList();
  }

  private static String text(Bytes bytes) {
    return new String(bytes.array(), StandardCharsets.ISO_8859_1);
  }
}
