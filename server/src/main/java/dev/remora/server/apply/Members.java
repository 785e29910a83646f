package dev.remora.server.apply;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who belongs to the cluster, and who never may again. Immutable; any thread may read it. Who has a
 * vote is said by the configuration alone ({@link State#conf}).
 *
 * @param list each once, by unsigned id
 * @param removed ids of those that have left, by unsigned id: eight bytes each, kept for good
 */
public record Members(List<Member> list, List<Long> removed) {
  /** Before the first has joined. */
  public static final Members EMPTY = new Members(List.of(), List.of());

  public Members {
    list = list.stream().sorted(Comparator.comparing(Member::id, Long::compareUnsigned)).toList();
    removed = removed.stream().distinct().sorted(Long::compareUnsigned).toList();
    if (list.stream().map(Member::id).distinct().count() < list.size()) {
      throw new IllegalArgumentException("a member twice: " + list);
    }
  }

  /** The member of this id. */
  public Optional<Member> get(long id) {
    return list.stream().filter(member -> member.id() == id).findFirst();
  }

  /** Whether a member of this id has left; none of this id can join again. */
  public boolean wasRemoved(long id) {
    return removed.contains(id);
  }

  /** With one more, or with this one in the place of the one of its id. */
  Members with(Member member) {
    List<Member> members = others(member.id());
    members.add(member);
    return new Members(members, removed);
  }

  /** Without one, for good. */
  Members without(long id) {
    List<Long> gone = new ArrayList<>(removed);
    gone.add(id);
    return new Members(others(id), gone);
  }

  /** Whether another member is reached at one of these. */
  boolean usesAny(List<String> peerUrls, long otherThan) {
    return others(otherThan).stream()
        .anyMatch(member -> member.peerUrls().stream().anyMatch(peerUrls::contains));
  }

  private List<Member> others(long id) {
    return new ArrayList<>(list.stream().filter(member -> member.id() != id).toList());
  }
}
