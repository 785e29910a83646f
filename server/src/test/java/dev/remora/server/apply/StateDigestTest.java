package dev.remora.server.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.raft.ConfState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class StateDigestTest {
  private static final Bytes KEY = Bytes.utf8("/key");
  private static final Bytes VALUE = Bytes.utf8("value");

  private static Version version(
      Bytes key, Bytes value, long number, Action action, boolean shown) {
    return new Version(
        key, value, 2 + number, 3 + number, 0, 4, 5, 6, Version.PERMANENT, action, shown, 7, 8);
  }

  private static long after(Consumer<StateDigest> changes) {
    StateDigest digest = new StateDigest(1);
    changes.accept(digest);
    return digest.value();
  }

  @Test
  void everyDifferenceOfAVersionTells() {
    List<Version> versions =
        List.of(
            version(KEY, VALUE, 0, Action.SET, true),
            version(KEY, VALUE, 0, Action.SET, false),
            version(KEY, VALUE, 0, Action.CREATE, true),
            version(KEY, VALUE, 1, Action.SET, true),
            version(KEY, Bytes.utf8("Value"), 0, Action.SET, true),
            version(Bytes.utf8("/keyv"), Bytes.utf8("alue"), 0, Action.SET, true));

    Set<Long> digests = new HashSet<>();
    versions.forEach(version -> digests.add(after(digest -> digest.add(version))));

    assertThat(digests).hasSize(versions.size());
  }

  @Test
  void theOrderTells() {
    assertThat(after(digest -> add(digest, 1, 2))).isNotEqualTo(after(digest -> add(digest, 2, 1)));
  }

  private static void add(StateDigest digest, long first, long second) {
    digest.add(first);
    digest.add(second);
  }

  /** Members of different releases compare them: this is a format. */
  @Test
  void itIsMadeAsEver() {
    long made =
        after(digest -> {
          digest.add(version(KEY, VALUE, 0, Action.SET, true));
          digest.add(ConfState.of(List.of(1L, 2L)));
        });

    assertThat(made).isEqualTo(7_940_653_574_820_580_038L);
  }
}
