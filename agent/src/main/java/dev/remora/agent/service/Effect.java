package dev.remora.agent.service;

import java.util.List;

/**
 * What the driver must do, in order. Of all but {@link Report} at most one is outstanding, and it
 * is answered by one {@link Input}.
 */
public sealed interface Effect {
  /** Ask for a new lease. */
  record Grant(long ttlMillis) implements Effect {}

  /** Make these lease ids durable. */
  record Remember(List<Long> leases) implements Effect {
    public Remember {
      leases = List.copyOf(leases);
    }
  }

  /** Read these keys at one revision. */
  record Read(List<String> keys) implements Effect {
    public Read {
      keys = List.copyOf(keys);
    }
  }

  /** Ask whether somebody else's lease lives. */
  record CheckLease(long lease) implements Effect {}

  /** Commit this transaction. */
  record Write(Txn txn) implements Effect {}

  /** Keep our lease alive. */
  record Renew(long lease) implements Effect {}

  /** Tell the operator. It needs no answer. */
  record Report(Fact fact) implements Effect {}
}
