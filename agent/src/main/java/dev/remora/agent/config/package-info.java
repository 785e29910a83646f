/**
 * Configuration: YAML and the environment become one valid {@code AgentConfig}, or every mistake at
 * once, each with file, line and key.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.config.AgentConfig#load}.
 *
 * <p><b>Rules:</b> an unknown key is a mistake, and the nearest known one is named; a known key
 * that is not built yet is refused as such. Of several files, maps merge, lists append, and a later
 * scalar wins. This is the only room that reads the environment.
 */
@NullMarked
package dev.remora.agent.config;

import org.jspecify.annotations.NullMarked;
