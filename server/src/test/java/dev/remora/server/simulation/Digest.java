package dev.remora.server.simulation;

import dev.remora.server.apply.State;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;

/**
 * All that a client could learn from a state, as a number; what is trimmed later does not count.
 */
final class Digest {
  private static final Bytes ALL = Bytes.wrap(new byte[1]);

  private Digest() {}

  static long of(State state) {
    Keyspace keyspace = state.keyspace();
    long hash = Mix.of(Mix.of(state.term(), state.revision()), state.digest());
    hash = Mix.of(hash, keyspace.compactRevision());
    hash = Mix.of(hash, keyspace.liveBytes());
    hash = Mix.of(hash, range(keyspace, keyspace.revision()));
    hash = Mix.of(hash, range(keyspace, older(state)));
    for (long lease : state.leases().ids()) {
      hash = Mix.of(hash, lease);
      for (Bytes key : state.leases().keys(lease)) {
        hash = Mix.of(hash, key.hashCode());
      }
    }
    hash = Mix.of(hash, state.conf().hashCode());
    return Mix.of(hash, state.alarms().raised().size());
  }

  /** Some revision that can still be read; all members take the same at the same place. */
  private static long older(State state) {
    Keyspace keyspace = state.keyspace();
    long oldest = Math.max(1, keyspace.compactRevision());
    return oldest + state.index() % (keyspace.revision() - oldest + 1);
  }

  private static long range(Keyspace keyspace, long revision) {
    Bytes from = Bytes.wrap(new byte[1]);
    RangeRequest all = RangeRequest.of(from, ALL);
    RangeRequest then =
        new RangeRequest(
            from, ALL, 0, revision, all.sortOrder(), all.sortTarget(), false, false, 0, 0, 0, 0);
    if (!(keyspace.range(then) instanceof RangeResult.Found found)) {
      throw new Violation(
          Invariant.SNAPSHOT_EQUALS_REPLAY, "revision " + revision + " cannot be read");
    }
    long hash = revision;
    for (Version version : found.versions()) {
      hash = Mix.of(Mix.of(hash, version.key().hashCode()), version.value().hashCode());
      hash = Mix.of(Mix.of(hash, version.createRevision()), version.modRevision());
      hash = Mix.of(Mix.of(hash, version.version()), version.lease());
    }
    return hash;
  }
}
