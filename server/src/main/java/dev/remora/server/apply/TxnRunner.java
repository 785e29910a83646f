package dev.remora.server.apply;

import dev.remora.server.lease.LeaseWriter;
import dev.remora.server.mvcc.Action;
import dev.remora.server.mvcc.Bytes;
import dev.remora.server.mvcc.KeyRange;
import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.KeyspaceWriter;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.RangeResult;
import dev.remora.server.mvcc.Version;
import dev.remora.server.mvcc.Write;
import dev.remora.server.tree.TreeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs v3's operations: a transaction, or a single put or delete as a transaction of one.
 *
 * <p>First all compares are taken, nested ones too, and every operation of the branches they choose
 * is checked; only then is anything changed. So a transaction is done whole or not at all, and
 * takes one revision or none. (etcd's applyV3.)
 */
final class TxnRunner {
  private final KeyspaceWriter keys;
  private final TreeView tree;
  private final LeaseWriter leases;

  /** An operation with its branch chosen. */
  private sealed interface Step {
    record Single(Command.Operation operation) implements Step {}

    record Branch(boolean succeeded, List<Step> steps) implements Step {}
  }

  TxnRunner(KeyspaceWriter keys, TreeView tree, LeaseWriter leases) {
    this.keys = keys;
    this.tree = tree;
    this.leases = leases;
  }

  Outcome run(Command.Operation operation) {
    Step step = choose(operation);
    Outcome.@Nullable Reason refusal = refusal(step);
    if (refusal != null) {
      return new Outcome.Refused(keys.revision(), refusal);
    }
    Outcome outcome = run(step);
    keys.finish();
    return outcome;
  }

  private Step choose(Command.Operation operation) {
    if (!(operation instanceof Command.Txn txn)) {
      return new Step.Single(operation);
    }
    boolean succeeded = true;
    if (!txn.compares().isEmpty()) {
      Keyspace before = keys.freeze();
      succeeded = txn.compares().stream().allMatch(compare -> compare.holds(before));
    }
    List<Command.Operation> branch = succeeded ? txn.success() : txn.failure();
    return new Step.Branch(succeeded, branch.stream().map(this::choose).toList());
  }

  /** The first refusal of a put or else, as in etcd, of a range. */
  private Outcome.@Nullable Reason refusal(Step step) {
    List<KeyRange> deleted = new ArrayList<>();
    Outcome.@Nullable Reason refusal =
        firstRefusal(step, operation -> putRefusal(operation, deleted));
    return refusal != null
        ? refusal
        : firstRefusal(
            step,
            operation ->
                operation instanceof Command.Range(RangeRequest request) ? refusal(request) : null);
  }

  private static Outcome.@Nullable Reason firstRefusal(
      Step step, Function<Command.Operation, Outcome.@Nullable Reason> check) {
    return switch (step) {
      case Step.Single(Command.Operation operation) -> check.apply(operation);
      case Step.Branch(_, List<Step> steps) -> {
        for (Step inner : steps) {
          Outcome.@Nullable Reason refusal = firstRefusal(inner, check);
          if (refusal != null) {
            yield refusal;
          }
        }
        yield null;
      }
    };
  }

  /**
   * Why a put is refused.
   *
   * @param deleted what the operations before it delete, to which this one's range is added: what
   *     they delete cannot be kept. (etcd 3.4 stops for good over such a transaction.)
   */
  private Outcome.@Nullable Reason putRefusal(Command.Operation operation, List<KeyRange> deleted) {
    if (operation instanceof Command.DeleteRange delete) {
      deleted.add(KeyRange.of(delete.key(), delete.rangeEnd()));
    }
    if (!(operation instanceof Command.Put put)) {
      return null;
    }
    boolean keeps = put.keepsValue() || put.keepsLease();
    if (keeps
        && (keys.find(put.key()).isEmpty()
            || deleted.stream().anyMatch(range -> range.contains(put.key())))) {
      return Outcome.Reason.KEY_NOT_FOUND;
    }
    return put.lease() != 0 && !leases.exists(put.lease()) ? Outcome.Reason.LEASE_NOT_FOUND : null;
  }

  private Outcome.@Nullable Reason refusal(RangeRequest request) {
    return refusal(request, keys.revision(), keys.compactRevision());
  }

  /** In a transaction, other than alone, a revision below 0 counts as compacted. */
  static Outcome.@Nullable Reason refusal(
      RangeRequest request, long revision, long compactRevision) {
    if (request.revision() > revision) {
      return Outcome.Reason.FUTURE_REVISION;
    }
    return request.revision() != 0 && request.revision() < compactRevision
        ? Outcome.Reason.COMPACTED
        : null;
  }

  private Outcome run(Step step) {
    return switch (step) {
      case Step.Branch(boolean succeeded, List<Step> steps) -> {
        List<Outcome> outcomes = new ArrayList<>(steps.size());
        for (Step inner : steps) {
          outcomes.add(run(inner));
        }
        yield new Outcome.Txn(revisionSoFar(), succeeded, outcomes);
      }
      case Step.Single(Command.Put put) -> put(put);
      case Step.Single(Command.DeleteRange delete) -> deleteRange(delete);
      case Step.Single(Command.Range(RangeRequest request)) -> range(request);
      case Step.Single(Command.Txn txn) ->
          throw new IllegalStateException("a transaction whose branch was not chosen: " + txn);
    };
  }

  private Outcome put(Command.Put put) {
    Optional<Version> before = keys.find(put.key());
    // A key to be kept was there before the transaction; that an operation before this one has
    // removed
    // it is refused at the door. Should it get here, there is nothing to keep.
    Bytes value = put.keepsValue() ? before.map(Version::value).orElse(put.value()) : put.value();
    long lease = put.keepsLease() ? before.map(Version::lease).orElse(put.lease()) : put.lease();
    boolean isShown = tree.isShown(put.key());
    keys.put(new Write(put.key(), value, lease, false, Version.PERMANENT, Action.SET, isShown));
    return new Outcome.Put(revisionSoFar(), put.wantsPrevious() ? before.orElse(null) : null);
  }

  private Outcome deleteRange(Command.DeleteRange delete) {
    KeyRange range = KeyRange.of(delete.key(), delete.rangeEnd());
    List<Version> gone = new ArrayList<>();
    if (!range.isEmpty()) {
      keys.newest().scanLive(range.from(), range.to(), gone::add);
    }
    gone.forEach(version -> keys.remove(version.key(), Action.DELETE, tree.isShown(version.key())));
    return new Outcome.DeletedRange(
        revisionSoFar(), gone.size(), delete.wantsPrevious() ? gone : List.of());
  }

  private Outcome range(RangeRequest request) {
    return switch (keys.freeze().range(request)) {
      case RangeResult.Found found -> new Outcome.Range(revisionSoFar(), found);
      case RangeResult.Compacted _, RangeResult.FutureRevision _ ->
          throw new IllegalStateException("a range that was checked: " + request);
    };
  }

  private long revisionSoFar() {
    return keys.openRevision();
  }
}
