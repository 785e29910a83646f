package dev.remora.server.simulation;

/** An invariant does not hold. */
final class Violation extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private final Invariant invariant;

  Violation(Invariant invariant, String what) {
    super(invariant + ": " + what);
    this.invariant = invariant;
  }

  Violation(Invariant invariant, String what, Throwable cause) {
    super(invariant + ": " + what, cause);
    this.invariant = invariant;
  }

  Invariant invariant() {
    return invariant;
  }
}
