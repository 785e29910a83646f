package dev.remora.server.apply;

import dev.remora.server.mvcc.Keyspace;
import dev.remora.server.mvcc.RangeRequest;
import dev.remora.server.mvcc.RangeResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs transactions that only read, on a published keyspace: they need no place in the log. */
public final class ReadTxn {
  private ReadTxn() {}

  /** Whether no branch of a transaction can change anything. */
  public static boolean isReadOnly(Command.Txn txn) {
    return areReads(txn.success()) && areReads(txn.failure());
  }

  private static boolean areReads(List<Command.Operation> operations) {
    return operations.stream()
        .allMatch(operation ->
            switch (operation) {
              case Command.Range _ -> true;
              case Command.Txn txn -> isReadOnly(txn);
              case Command.Put _, Command.DeleteRange _ -> false;
            });
  }

  /**
   * Runs a transaction that only reads.
   *
   * @return what {@link Applier#apply} would: done, or refused for a revision that cannot be read
   * @throws IllegalStateException if the transaction writes
   */
  public static Outcome run(Keyspace keyspace, Command.Txn txn) {
    boolean succeeded = txn.compares().stream().allMatch(compare -> compare.holds(keyspace));
    List<Outcome> outcomes = new ArrayList<>();
    for (Command.Operation operation : succeeded ? txn.success() : txn.failure()) {
      Outcome outcome = run(keyspace, operation);
      if (outcome instanceof Outcome.Refused) {
        return outcome;
      }
      outcomes.add(outcome);
    }
    return new Outcome.Txn(keyspace.revision(), succeeded, outcomes);
  }

  private static Outcome run(Keyspace keyspace, Command.Operation operation) {
    return switch (operation) {
      case Command.Txn inner -> run(keyspace, inner);
      case Command.Range(RangeRequest request) -> range(keyspace, request);
      case Command.Put _, Command.DeleteRange _ ->
          throw new IllegalStateException("a transaction that writes needs the log: " + operation);
    };
  }

  private static Outcome range(Keyspace keyspace, RangeRequest request) {
    Outcome.@Nullable Reason refusal =
        TxnRunner.refusal(request, keyspace.revision(), keyspace.compactRevision());
    if (refusal != null) {
      return new Outcome.Refused(keyspace.revision(), refusal);
    }
    return switch (keyspace.range(request)) {
      case RangeResult.Found found -> new Outcome.Range(keyspace.revision(), found);
      case RangeResult.Compacted _, RangeResult.FutureRevision _ ->
          throw new IllegalStateException("a range that was checked: " + request);
    };
  }
}
