/**
 * Flags, environment and file become one valid {@link dev.remora.server.config.ServerConfig}, or
 * every mistake at once.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.config.CommandLine#read}.
 *
 * <p><b>Decided here</b>: which settings exist ({@link dev.remora.server.config.Setting}), what
 * they default to, and which source wins: a flag over the environment, the environment over the
 * file. Names and defaults are etcd's. Nobody else reads the environment.
 */
@NullMarked
package dev.remora.server.config;

import org.jspecify.annotations.NullMarked;
