/**
 * Where the server is wired: {@code Main} reads the configuration, makes the rooms, connects them,
 * starts and stops them. It is the only place that knows everyone, and it decides nothing else.
 */
@NullMarked
package dev.remora.server;

import org.jspecify.annotations.NullMarked;
