package dev.remora.agent.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ViewTest {
  private static final KeyRange RANGE = new KeyRange.Prefix("/a/");
  private final View view = new View();

  @BeforeEach
  void oneRange() {
    view.want(List.of(RANGE));
  }

  @Test
  void aRangeIsReadFirstAndWatchedFromTheNextRevision() {
    assertThat(view.unread()).containsExactly(RANGE);
    assertThatThrownBy(() -> view.resumeFrom(RANGE)).isInstanceOf(IllegalStateException.class);

    Change change = view.load(RANGE, 7, List.of(kv("/a/x", "1", 5)));

    assertThat(change.events()).isEmpty();
    assertThat(view.unread()).isEmpty();
    assertThat(view.resumeFrom(RANGE)).isEqualTo(8);
    assertThat(view.content(RANGE)).contains(new View.Content(7, List.of(kv("/a/x", "1", 5))));
  }

  @Test
  void aWatchMessageIsAppliedWholeAndOnce() {
    view.load(RANGE, 7, List.of(kv("/a/x", "1", 5)));
    List<Event> message =
        List.of(
            new Event.Put(kv("/a/y", "2", 8)),
            new Event.Delete("/a/x", 8),
            new Event.Put(kv("/a/z", "3", 9)));

    Change first = view.apply(RANGE, message);
    Change again = view.apply(RANGE, message);

    assertThat(first).isEqualTo(new Change(RANGE, 9, message));
    assertThat(again.events()).isEmpty();
    assertThat(view.content(RANGE))
        .contains(new View.Content(9, List.of(kv("/a/y", "2", 8), kv("/a/z", "3", 9))));
    assertThat(view.resumeFrom(RANGE)).isEqualTo(10);
  }

  @Test
  void aResumedWatchBringsOnlyWhatIsNew() {
    view.load(RANGE, 7, List.of());
    view.apply(RANGE, List.of(new Event.Put(kv("/a/x", "1", 8))));

    Change change =
        view.apply(
            RANGE, List.of(new Event.Put(kv("/a/x", "1", 8)), new Event.Put(kv("/a/x", "2", 9))));

    assertThat(change.events()).containsExactly(new Event.Put(kv("/a/x", "2", 9)));
  }

  @Test
  void afterCompactionTheDifferenceIsTold() {
    view.load(RANGE, 7, List.of(kv("/a/gone", "1", 5), kv("/a/same", "1", 6)));

    view.compacted(RANGE);

    assertThat(view.unread()).containsExactly(RANGE);
    assertThat(view.content(RANGE)).as("the last good content stands").isPresent();
    Change change = view.load(RANGE, 20, List.of(kv("/a/new", "2", 15), kv("/a/same", "1", 6)));
    assertThat(change)
        .isEqualTo(
            new Change(
                RANGE,
                20,
                List.of(new Event.Put(kv("/a/new", "2", 15)), new Event.Delete("/a/gone", 20))));
  }

  @Test
  void anOlderReadDoesNotUndoWhatAWatchTold() {
    view.load(RANGE, 7, List.of());
    view.apply(RANGE, List.of(new Event.Put(kv("/a/x", "1", 9))));

    view.load(RANGE, 8, List.of());

    assertThat(view.content(RANGE)).contains(new View.Content(9, List.of(kv("/a/x", "1", 9))));
  }

  @Test
  void eventsBeforeTheFirstReadAreNotMistakenForTheWholeContent() {
    view.apply(RANGE, List.of(new Event.Put(kv("/a/x", "1", 9))));

    view.load(RANGE, 8, List.of(kv("/a/w", "0", 3)));

    assertThat(view.content(RANGE)).contains(new View.Content(8, List.of(kv("/a/w", "0", 3))));
    assertThat(view.resumeFrom(RANGE)).isEqualTo(9);
  }

  @Test
  void anotherHistoryIsReadEvenIfItsRevisionsAreLower() {
    view.load(RANGE, 70, List.of(kv("/a/x", "1", 5)));

    view.forgetRevisions();
    Change change = view.load(RANGE, 3, List.of(kv("/a/x", "other", 2)));

    assertThat(change.events()).containsExactly(new Event.Put(kv("/a/x", "other", 2)));
    assertThat(view.resumeFrom(RANGE)).isEqualTo(4);
  }

  @Test
  void anUnwantedRangeIsForgotten() {
    view.load(RANGE, 7, List.of());

    view.want(List.of(new KeyRange.Key("/b")));

    assertThat(view.content(RANGE)).isEqualTo(Optional.empty());
    assertThat(view.unread()).containsExactly(new KeyRange.Key("/b"));
  }

  @Test
  void givenOutContentNeverChanges() {
    view.load(RANGE, 7, List.of(kv("/a/x", "1", 5)));
    View.Content before = view.content(RANGE).orElseThrow();

    view.apply(RANGE, List.of(new Event.Delete("/a/x", 8)));

    assertThat(before.values()).containsExactly(kv("/a/x", "1", 5));
  }

  private static KeyValue kv(String key, String value, long revision) {
    return new KeyValue(key, value, revision, revision, 0);
  }
}
