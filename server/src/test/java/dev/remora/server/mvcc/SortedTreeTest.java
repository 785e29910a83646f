package dev.remora.server.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SortedTreeTest {
  private record Item(Bytes key, int number, boolean isLive) implements Keyed {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void itIsWhatASortedMapIs(long seed) {
    Random random = new Random(seed);
    TreeMap<Bytes, Item> expected = new TreeMap<>();
    SortedEdit<Item> edit = SortedTree.<Item>empty().edit();
    int keys = seed % 2 == 0 ? 40 : 5_000;

    for (int i = 0; i < 20_000; i++) {
      Bytes key = key(random.nextInt(keys));
      // Phases of growth and of shrinking, so that nodes split and merge.
      if (random.nextInt(10) < (i / 4_000 % 2 == 0 ? 8 : 2)) {
        Item item = new Item(key, i, random.nextInt(4) > 0);
        edit.put(item);
        expected.put(key, item);
      } else {
        edit.remove(key);
        expected.remove(key);
      }
      if (i % 997 == 0) {
        assertSame(edit.freeze(), expected, random, keys);
      }
    }

    assertSame(edit.freeze(), expected, random, keys);
  }

  @Test
  void aFrozenTreeStaysAsItWas() {
    SortedEdit<Item> edit = SortedTree.<Item>empty().edit();
    for (int i = 0; i < 1_000; i++) {
      edit.put(new Item(key(i), i, true));
    }
    SortedTree<Item> before = edit.freeze();

    for (int i = 0; i < 1_000; i++) {
      edit.put(new Item(key(i), -i, false));
    }
    for (int i = 0; i < 1_000; i += 2) {
      edit.remove(key(i));
    }

    assertThat(all(before)).extracting(Item::number).containsExactlyElementsOf(numbers(1_000));
    assertThat(before.sizeLive()).isEqualTo(1_000);
    assertThat(edit.sizeLive()).isZero();
  }

  @Test
  void anEmptiedTreeCanBeFilledAgain() {
    SortedEdit<Item> edit = SortedTree.<Item>empty().edit();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 500; i++) {
        edit.put(new Item(key(i), i, true));
      }
      for (int i = 499; i >= 0; i--) {
        edit.remove(key(i));
      }
      edit.remove(key(0));
    }

    assertThat(all(edit.freeze())).isEmpty();
  }

  private static void assertSame(
      SortedTree<Item> tree, NavigableMap<Bytes, Item> expected, Random random, int keys) {
    assertThat(all(tree)).containsExactlyElementsOf(expected.values());
    assertThat(tree.sizeLive()).isEqualTo(live(expected).size());
    for (int i = 0; i < 20; i++) {
      Bytes from = key(random.nextInt(keys));
      Bytes to = key(random.nextInt(keys));
      NavigableMap<Bytes, Item> range =
          from.compareTo(to) < 0 ? expected.subMap(from, true, to, false) : new TreeMap<>();
      assertThat(tree.find(from)).isEqualTo(java.util.Optional.ofNullable(expected.get(from)));
      assertThat(tree.countLive(from, to)).isEqualTo(live(range).size());
      assertThat(tree.firstLive(from, to)).isEqualTo(live(range).stream().findFirst());
      List<Item> scanned = new ArrayList<>();
      tree.scanLive(from, to, scanned::add);
      assertThat(scanned).isEqualTo(live(range));
    }
  }

  private static List<Item> live(NavigableMap<Bytes, Item> items) {
    return items.values().stream().filter(Item::isLive).toList();
  }

  private static List<Item> all(SortedView<Item> tree) {
    List<Item> all = new ArrayList<>();
    tree.scan(Bytes.EMPTY, Bytes.EMPTY, all::add);
    return all;
  }

  private static List<Integer> numbers(int count) {
    return java.util.stream.IntStream.range(0, count).boxed().toList();
  }

  private static Bytes key(int number) {
    return Bytes.utf8("%05d".formatted(number));
  }
}
