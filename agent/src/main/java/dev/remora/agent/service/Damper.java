package dev.remora.agent.service;

/** The penalty of one flapping instance (RFC 2439 §2.1). */
final class Damper {
  /** The penalty stops growing at this many times the limit, so that a hold has an end. */
  private static final int CEILING_FACTOR = 4;

  private final Damping damping;
  private double penalty;
  private long countedAt;
  private boolean isSuppressed;

  Damper(Damping damping) {
    this.damping = damping;
  }

  void flap(long nowMillis) {
    decay(nowMillis);
    penalty = Math.min(penalty + 1, CEILING_FACTOR * damping.suppress());
    isSuppressed = isSuppressed || penalty >= damping.suppress();
  }

  boolean isSuppressed(long nowMillis) {
    decay(nowMillis);
    isSuppressed = isSuppressed && penalty >= damping.reuse();
    return isSuppressed;
  }

  double penalty() {
    return penalty;
  }

  /** When the hold ends if nothing flaps until then. */
  long releaseAt() {
    double halvings = Math.log(penalty / damping.reuse()) / Math.log(2);
    return countedAt + 1 + (long) Math.ceil(halvings * damping.halfLifeMillis());
  }

  private void decay(long nowMillis) {
    if (penalty > 0) {
      penalty *= Math.pow(0.5, (double) (nowMillis - countedAt) / damping.halfLifeMillis());
    }
    countedAt = nowMillis;
  }
}
