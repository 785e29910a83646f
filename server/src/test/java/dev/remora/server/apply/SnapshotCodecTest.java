package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.server.apply.proto.SnapshotRecord;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.DirectoryChange;
import dev.remora.server.mvcc.History;
import dev.remora.server.mvcc.Keyed;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.SortedTree;
import dev.remora.server.mvcc.Version;
import dev.remora.server.tree.TreeWrite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes into a snapshot comes out of it, and life goes on as if nothing had been. */
final class SnapshotCodecTest {
  private static final int SEEDS = Integer.getInteger("model.seeds", 150);
  private static final int COMMANDS = 300;

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aStateReadFromASnapshotGoesOnLikeTheOneThatWasWritten(long seed) throws Exception {
    RandomCommands commands = new RandomCommands(seed);
    Random random = new Random(seed);
    Applier lasting = new Applier(State.EMPTY);
    Applier reloaded = new Applier(State.EMPTY);

    for (int i = 1; i <= COMMANDS; i++) {
      Command command = commands.next(lasting.freeze().revision());
      String as = "seed %d, command %d: %s".formatted(seed, i, command);
      Outcome expected = lasting.apply(i, 1, command);

      assertThat(reloaded.apply(i, 1, command)).as(as).isEqualTo(expected);
      int trimmed = commands.trimmed();
      assertThat(reloaded.trim(trimmed)).as(as).isEqualTo(lasting.trim(trimmed));
      if (random.nextInt(8) == 0) {
        State read = decode(encode(reloaded.freeze()));
        checkIsOneObject(read.keyspace(), as);
        reloaded = new Applier(read);
      }
      if (random.nextInt(8) == 0 || i == COMMANDS) {
        assertThat(parts(reloaded.freeze())).as(as).isEqualTo(parts(lasting.freeze()));
      }
    }
  }

  static LongStream seeds() {
    Long one = Long.getLong("model.seed");
    return one == null ? LongStream.range(0, SEEDS) : LongStream.of(one);
  }

  @Test
  void anEmptyStateIsReadBack() throws Exception {
    State read = decode(encode(State.EMPTY));

    assertThat(parts(read)).isEqualTo(parts(State.EMPTY));
  }

  /** What is written by hand must be what the message would be. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16_383, 16_384, 1L << 35, Long.MAX_VALUE})
  void aVersionIsWrittenAsItsMessageWouldBe(long number) {
    for (int length : new int[] {0, 1, 100, 127, 128, 20_000}) {
      for (Action action : Action.values()) {
        Version version =
            new Version(
                Bytes.wrap(new byte[length + 1]),
                Bytes.wrap(new byte[length]),
                number,
                number,
                (int) Math.min(number, Integer.MAX_VALUE),
                number,
                number,
                number,
                number == 1 ? Version.PERMANENT : -number,
                action,
                number > 1,
                number,
                number - 1);

        byte[] body =
            SnapshotRecord.newBuilder()
                .setVersion(SnapshotMessages.message(version))
                .build()
                .toByteArray();
        ByteBuffer expected = ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body);
        assertThat(VersionRecord.encode(SnapshotRecord.VERSION_FIELD_NUMBER, version))
            .isEqualTo(expected.flip());
      }
    }
  }

  @Test
  void aValueMayRunOverManyChunks() throws Exception {
    Applier applier = new Applier(State.EMPTY);
    byte[] value = new byte[5 * SnapshotEncoder.CHUNK_BYTES_MAX / 2];
    new Random(1).nextBytes(value);
    for (int i = 1; i <= 3; i++) {
      applier.apply(i, 1, put("/k" + i, Bytes.wrap(value)));
    }

    List<byte[]> chunks = encode(applier.freeze());

    assertThat(chunks).hasSize(8);
    assertThat(chunks.subList(0, 7)).allMatch(chunk -> chunk.length == 1 << 20);
    assertThat(parts(decode(chunks))).isEqualTo(parts(applier.freeze()));
  }

  @Test
  void theRemovalOfVeryManyDirectoriesIsReadBack() throws Exception {
    Applier applier = new Applier(State.EMPTY);
    for (int i = 1; i <= 20_000; i++) {
      Bytes path = Bytes.utf8("/a/some-quite-long-name-of-a-directory-" + i);
      applier.apply(
          i, 1, new Command.Tree(new TreeWrite.Create(path, Bytes.EMPTY, true, Version.PERMANENT)));
    }
    applier.apply(20_001, 1, new Command.Tree(new TreeWrite.Delete(Bytes.utf8("/a"), true, true)));

    State read = decode(encode(applier.freeze()));

    History history = read.keyspace().history();
    assertThat(((DirectoryChange) history.at(history.end() - 1)).removed()).hasSize(20_001);
    assertThat(parts(read)).isEqualTo(parts(applier.freeze()));
  }

  @Test
  void aStreamThatIsCutOffAnywhereIsRefused() {
    Applier applier = new Applier(State.EMPTY);
    applier.apply(1, 1, new Command.LeaseGrant(7, 10));
    applier.apply(2, 1, put("/a", Bytes.utf8("v")));
    byte[] whole = encode(applier.freeze()).getFirst();

    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);

      assertThatThrownBy(() -> decode(List.of(cut)))
          .as("cut to %d of %d bytes", length, whole.length)
          .isInstanceOf(InvalidSnapshotException.class);
    }
  }

  @Test
  void aRecordLargerThanAnyIsRefusedBeforeItIsAllocated() {
    assertThatThrownBy(() -> decode(List.of(new byte[] {0x7f, -1, -1, -1, 0})))
        .isInstanceOf(InvalidSnapshotException.class)
        .hasMessageContaining("record 0 has 2147483647 bytes");
    assertThatThrownBy(() -> decode(List.of(new byte[] {-1, -1, -1, -1, 0})))
        .isInstanceOf(InvalidSnapshotException.class)
        .hasMessageContaining("record 0 has -1 bytes");
  }

  @Test
  void aRecordThatIsLeftOutIsNoticed() throws Exception {
    Applier applier = new Applier(State.EMPTY);
    applier.apply(1, 1, new Command.LeaseGrant(7, 10));
    applier.apply(2, 1, new Command.LeaseGrant(8, 10));
    byte[] whole = encode(applier.freeze()).getFirst();
    int first = 4 + whole[3];
    int second = first + 4 + whole[first + 3];
    byte[] without = Arrays.copyOf(whole, first + whole.length - second);
    System.arraycopy(whole, second, without, first, whole.length - second);

    assertThatThrownBy(() -> decode(List.of(without)))
        .isInstanceOf(InvalidSnapshotException.class)
        .hasMessageContaining("2 records instead of 3");
  }

  private static Command put(String key, Bytes value) {
    return new Command.Put(Bytes.utf8(key), value, 0, false, false, false);
  }

  private static List<byte[]> encode(State state) {
    List<byte[]> chunks = new ArrayList<>();
    new SnapshotEncoder(state).forEachRemaining(chunks::add);
    return chunks;
  }

  private static State decode(List<byte[]> chunks) throws InvalidSnapshotException {
    SnapshotDecoder decoder = new SnapshotDecoder();
    for (byte[] chunk : chunks) {
      decoder.accept(chunk);
    }
    return decoder.finish();
  }

  /** A version that several parts refer to is there once. */
  private static void checkIsOneObject(Keyspace keyspace, String as) {
    History history = keyspace.history();
    for (Version version : keyspace.newest()) {
      if (version.sequence() >= history.first()) {
        assertThat(version).as(as).isSameAs(history.at(version.sequence()));
      }
    }
    for (long at = history.first(); at < history.end(); at++) {
      if (history.at(at) instanceof DirectoryChange change
          && change.before() instanceof DirectoryChange.Before.File(Version file)
          && file.sequence() >= history.first()) {
        assertThat(file).as(as).isSameAs(history.at(file.sequence()));
      }
    }
  }

  /** Everything a state holds, as values. */
  private static List<Object> parts(State state) {
    Keyspace keyspace = state.keyspace();
    List<Object> parts = new ArrayList<>();
    parts.addAll(List.of(state.index(), state.term(), state.digest(), keyspace.revision()));
    parts.addAll(List.of(keyspace.compactRevision(), keyspace.liveBytes(), keyspace.totalBytes()));
    parts.add(list(keyspace.newest()));
    parts.add(list(keyspace.base()));
    parts.add(keyspace.history().first());
    for (long at = keyspace.history().first(); at < keyspace.history().end(); at++) {
      parts.add(keyspace.history().at(at));
    }
    parts.add(list(state.tree().directories()));
    parts.add(list(state.tree().deadlines()));
    parts.add(list(state.leases().granted()));
    parts.add(list(state.leases().attachments()));
    parts.add(state.alarms());
    parts.add(state.members());
    return parts;
  }

  private static <V extends Keyed> List<V> list(SortedTree<V> tree) {
    List<V> elements = new ArrayList<>();
    tree.forEach(elements::add);
    List<V> scanned = new ArrayList<>();
    tree.scan(Bytes.EMPTY, Bytes.EMPTY, scanned::add);
    assertThat(elements).as("both ways of going through a tree").isEqualTo(scanned);
    return elements;
  }
}
