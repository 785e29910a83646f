package dev.remora.server.apply;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;

/**
 * A condition of a transaction: etcd's Compare (rpc.proto).
 *
 * @param relation how what is found must relate to what is given
 * @param target what is compared
 * @param key the key, or the first of a range
 * @param rangeEnd the end of the range, as in {@link RangeRequest}; empty for the one key
 * @param number what to compare with; unused for the value
 * @param value what to compare with, for the value
 */
public record Compare(
    Relation relation, Target target, Bytes key, Bytes rangeEnd, long number, Bytes value) {
  /** Relations, by their names in rpc.proto. */
  public enum Relation {
    /** Found is the same. */
    EQUAL,
    /** Found is greater. */
    GREATER,
    /** Found is less. */
    LESS,
    /** Found is another. */
    NOT_EQUAL
  }

  /** Targets, by their names in rpc.proto. */
  public enum Target {
    /** The version count. */
    VERSION,
    /** The create revision. */
    CREATE,
    /** The mod revision. */
    MOD,
    /** The value. */
    VALUE,
    /** The lease. */
    LEASE
  }

  /**
   * Whether it holds for all keys of the range. A range without keys is compared as if all its
   * numbers were 0; its value is never anything.
   */
  boolean holds(Keyspace keyspace) {
    RangeResult result = keyspace.range(RangeRequest.of(key, rangeEnd));
    return switch (result) {
      case RangeResult.Found found when found.versions().isEmpty() ->
          target != Target.VALUE && relates(Long.compare(0, number));
      case RangeResult.Found found -> found.versions().stream().allMatch(this::holds);
      case RangeResult.Compacted _, RangeResult.FutureRevision _ ->
          throw new IllegalStateException("the newest revision is readable: " + result);
    };
  }

  private boolean holds(Version version) {
    return relates(
        switch (target) {
          case VERSION -> Long.compare(version.version(), number);
          case CREATE -> Long.compare(version.createRevision(), number);
          case MOD -> Long.compare(version.modRevision(), number);
          case VALUE -> version.value().compareTo(value);
          case LEASE -> Long.compare(version.lease(), number);
        });
  }

  private boolean relates(int order) {
    return switch (relation) {
      case EQUAL -> order == 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case NOT_EQUAL -> order != 0;
    };
  }
}
