package dev.remora.server.simulation;

import java.util.SplittableRandom;

/**
 * One thing of a plan.
 *
 * @param number its place in the plan, from 0
 * @param timeMicros when it begins
 * @param seed what else is to be decided about it, so that leaving out another changes nothing here
 */
record Fault(int number, long timeMicros, FaultKind kind, long seed) {
  SplittableRandom random() {
    return new SplittableRandom(seed);
  }
}
