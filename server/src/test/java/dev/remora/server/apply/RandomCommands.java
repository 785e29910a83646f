package dev.remora.server.apply;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commands of all kinds over few names, so that they meet. The same seed gives the same ones. */
final class RandomCommands {
  private static final long BASE_NANOS = 1_700_000_000_000_000_000L;

  /** Also keys that v2 cannot see, neighbours of prefixes, hidden names. */
  private static final List<String> KEYS =
      List.of(
          "/a", "/a/b", "/a/b/c", "/a/d", "/a-", "/a0", "/a/", "/a//b", "/b", "/b/x", "/b/_h",
          "/b/_h/y", "/_c", "plain", "/a/./b", "/b/x/z", "/");

  private static final List<String> PATHS =
      List.of("/a", "/a/b", "/a/b/c", "/a/d", "/a-", "/b", "/b/x", "/b/_h", "/b/x/z", "/c/d", "/");

  private final Random random;

  RandomCommands(long seed) {
    this.random = new Random(seed);
  }

  Command next(long revision) {
    int dice = random.nextInt(100);
    if (dice < 50) {
      return new Command.Tree(treeWrite(revision));
    }
    if (dice < 85) {
      return operation(revision, 2);
    }
    if (dice < 89) {
      return new Command.Expire(BASE_NANOS + random.nextInt(20));
    }
    if (dice < 93) {
      return new Command.LeaseGrant(1 + random.nextInt(4), 10);
    }
    if (dice < 96) {
      return new Command.LeaseRevoke(1 + random.nextInt(4), random.nextBoolean());
    }
    if (dice < 97) {
      Alarm alarm = new Alarm(1, pick(List.of(Alarm.Kind.values())));
      return new Command.SetAlarm(alarm, random.nextInt(6) == 0);
    }
    return new Command.Compact(Math.max(1, revision - random.nextInt(40) + 2));
  }

  long anyRevision(long newest) {
    return 1 + random.nextLong(newest);
  }

  int trimmed() {
    return random.nextInt(4) == 0 ? 1 + random.nextInt(30) : 1;
  }

  private TreeWrite treeWrite(long revision) {
    Bytes path = Bytes.utf8(pick(PATHS));
    Bytes value = value();
    long expiration = random.nextInt(4) == 0 ? BASE_NANOS + random.nextInt(20) : Version.PERMANENT;
    boolean flag = random.nextInt(3) == 0;
    boolean other = random.nextInt(4) == 0;
    Bytes expected = random.nextBoolean() ? Bytes.EMPTY : value();
    long index = random.nextInt(3) == 0 ? Math.max(1, revision - random.nextInt(4)) : 0;
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> new TreeWrite.Set(path, flag ? Bytes.EMPTY : value, flag, expiration, other);
      case 3 -> new TreeWrite.Create(path, value, flag, expiration);
      case 4 -> new TreeWrite.CreateInOrder(path, value, flag, expiration);
      case 5 -> new TreeWrite.Update(path, flag ? Bytes.EMPTY : value, expiration, other);
      case 6 -> new TreeWrite.CompareAndSwap(path, value, expected, index, expiration, other);
      case 7 -> new TreeWrite.Delete(path, flag, other);
      default -> new TreeWrite.CompareAndDelete(path, expected, index);
    };
  }

  private Command.Operation operation(long revision, int depth) {
    Bytes key = Bytes.utf8(pick(KEYS));
    return switch (random.nextInt(depth > 0 ? 8 : 6)) {
      case 0, 1, 2 ->
          new Command.Put(
              key,
              value(),
              random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0,
              random.nextBoolean(),
              random.nextInt(8) == 0,
              random.nextInt(8) == 0);
      case 3, 4 -> new Command.DeleteRange(key, rangeEnd(), random.nextBoolean());
      case 5 -> new Command.Range(RangeRequest.of(key, rangeEnd()));
      default -> txn(revision, depth - 1);
    };
  }

  private Command.Txn txn(long revision, int depth) {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      compares.add(
          new Compare(
              pick(List.of(Compare.Relation.values())),
              pick(List.of(Compare.Target.values())),
              Bytes.utf8(pick(KEYS)),
              random.nextInt(4) == 0 ? rangeEnd() : Bytes.EMPTY,
              random.nextInt(3) == 0 ? Math.max(0, revision - random.nextInt(3)) : 0,
              value()));
    }
    return new Command.Txn(compares, operations(revision, depth), operations(revision, depth));
  }

  private List<Command.Operation> operations(long revision, int depth) {
    List<Command.Operation> operations = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      operations.add(operation(revision, depth));
    }
    return operations;
  }

  private Bytes rangeEnd() {
    return switch (random.nextInt(4)) {
      case 0 -> Bytes.EMPTY;
      case 1 -> Bytes.utf8("\0");
      default -> Bytes.utf8(pick(KEYS));
    };
  }

  private Bytes value() {
    return Bytes.utf8(pick(List.of("", "v", "w", "1")));
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
