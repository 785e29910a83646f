package dev.remora.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.apply.Applier;
import dev.remora.server.apply.Command;
import dev.remora.server.apply.Outcome;
import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import org.junit.jupiter.api.Test;

/** What v2 writes do to the tree, as etcd's store does it. */
final class TreeWriterTest {
  private final Applier applier = new Applier(State.EMPTY);
  private long index;

  @Test
  void everyMissingParentStaysWhenWhatMadeItIsGone() {
    write(set("/a/b/c/d"));

    write(new TreeWrite.Delete(Bytes.utf8("/a/b"), false, true));

    TreeView tree = applier.freeze().treeView();
    assertThat(tree.isDirectory(Bytes.utf8("/a"))).isTrue();
    assertThat(tree.lookup(Bytes.utf8("/a/b/c"))).isEqualTo(new Lookup.Missing(Bytes.utf8("/a/b")));
  }

  @Test
  void aKeyWithAnEmptyFirstSegmentHidesNoOtherFromTheRoot() {
    put("//odd");
    put("/a/b");

    Lookup root = applier.freeze().treeView().read(Paths.ROOT, false);

    assertThat(((Lookup.Found) root).directory().children())
        .extracting(Node::path)
        .containsExactly(Bytes.utf8("/a"));
  }

  @Test
  void aTreeAsDeepAsAPathMayBeIsReadWhole() {
    put("/a".repeat(Paths.SEGMENTS_MAX));
    put("/a".repeat(Paths.SEGMENTS_MAX) + "/b".repeat(100_000));

    Lookup lookup = applier.freeze().treeView().read(Paths.ROOT, true);

    int depth = 0;
    Node node = ((Lookup.Found) lookup).directory();
    while (!node.children().isEmpty()) {
      node = node.children().getFirst();
      depth++;
    }
    assertThat(depth).isEqualTo(Paths.SEGMENTS_MAX);
    assertThat(node.isDirectory()).isFalse();
  }

  @Test
  void anExpectedIndexIsShownAsAnUnsignedNumber() {
    write(set("/a"));

    TreeResult result =
        write(
            new TreeWrite.CompareAndSwap(
                Bytes.utf8("/a"), Bytes.EMPTY, Bytes.EMPTY, -1, Version.PERMANENT, false));

    assertThat(result)
        .isEqualTo(
            new TreeResult.Refused(
                TreeError.COMPARE_FAILED, Bytes.utf8("[18446744073709551615 != 2]"), 2));
  }

  private static TreeWrite set(String path) {
    return new TreeWrite.Set(Bytes.utf8(path), Bytes.utf8("x"), false, Version.PERMANENT, false);
  }

  private void put(String key) {
    Bytes value = Bytes.utf8("v");
    applier.apply(++index, 1, new Command.Put(Bytes.utf8(key), value, 0, false, false, false));
  }

  private TreeResult write(TreeWrite write) {
    Outcome outcome = applier.apply(++index, 1, new Command.Tree(write));
    return ((Outcome.Tree) outcome).result();
  }
}
