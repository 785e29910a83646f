package dev.remora.agent.view;

/**
 * When a service that became smaller is not believed at once.
 *
 * @param minInstances fewer instances than this are too few; 0 for any number
 * @param maxShrinkPercent a greater loss than this is too great; 100 for none
 * @param holdMillis how long the last good instances are shown instead
 */
public record GuardSettings(int minInstances, int maxShrinkPercent, long holdMillis) {
  /** Believes everything. */
  public static final GuardSettings OFF = new GuardSettings(0, 100, 30_000);
}
