package dev.remora.server.apply;

import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Version;
import dev.remora.server.raft.ConfState;
import java.util.zip.CRC32C;

/**
 * A number for all that was made of the log so far: members that have it equal after the same entry
 * have done the same. It is carried on from change to change, so that it costs no look at the
 * state; hence it tells nothing about what went wrong in memory later, before that is written
 * again. Not against intent. Single writer.
 */
final class StateDigest {
  /** The golden ratio's bits, as for Fibonacci hashing (Knuth, TAOCP 3, 6.4). */
  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  private final CRC32C bytes = new CRC32C();
  private long value;

  /** Goes on from there; an empty state has 0. */
  StateDigest(long start) {
    value = start;
  }

  long value() {
    return value;
  }

  /** Something happened; the number says what. */
  void add(long number) {
    value = (value ^ number) * FACTOR;
    value ^= value >>> 32;
  }

  /** A key has another version. */
  void add(Version version) {
    add(version.key());
    add(version.value());
    add(version.createRevision());
    add(version.modRevision() << 16 ^ version.sub());
    add(version.version());
    add(version.lease());
    add(version.createdIndex());
    add(version.expiration());
    add(version.action().word());
    add(version.isShown() ? 1 : 0);
  }

  /** The configuration is another. What a record's own hash is, no two JDKs need agree on. */
  void add(ConfState conf) {
    add(conf.voters().hashCode());
    add(conf.votersOutgoing().hashCode());
    add(conf.learners().hashCode());
    add(conf.learnersNext().hashCode());
    add(conf.autoLeave() ? 1 : 0);
  }

  /** Something is known of the members that was not. */
  void add(Members members) {
    for (Member member : members.list()) {
      add(member.id());
      add(member.name());
      add(member.peerUrls().hashCode());
      add(member.clientUrls().hashCode());
      add(member.incarnation());
    }
    add(members.removed().hashCode());
  }

  /** A word says what happened. */
  void add(String word) {
    add(word.hashCode());
  }

  private void add(Bytes text) {
    bytes.reset();
    bytes.update(text.array());
    add((long) text.length() << 32 | bytes.getValue());
  }
}
