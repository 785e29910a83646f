package dev.remora.agent.runner;

import dev.remora.agent.service.Probe;
import java.time.Duration;

/**
 * How it is seen that a program works with its new files.
 *
 * @param probe must pass once
 * @param within after the reload
 */
public record VerifySpec(Probe probe, Duration within) {}
