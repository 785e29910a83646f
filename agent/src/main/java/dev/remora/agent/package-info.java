/**
 * Where the agent is wired: {@code Main} reads the configuration, makes the rooms, connects them,
 * starts and stops them. It is the only place that knows everyone, and it decides nothing else.
 */
@NullMarked
package dev.remora.agent;

import org.jspecify.annotations.NullMarked;
