package dev.remora.agent.runner;

import java.time.Duration;

/** At most so many reloads within any stretch of this length. */
public record ReloadLimit(int max, Duration period) {}
