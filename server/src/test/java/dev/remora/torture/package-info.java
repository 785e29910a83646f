/**
 * The black-box tester: real processes, real clients, real faults, and checks that need to know
 * nothing of what is inside. It runs against etcd and Remora alike.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.Torture}; {@code TortureTest} says how a long run is
 * started.
 *
 * <p>Inside there is nothing of the server's own classes; {@code BlackBoxTest} keeps it so.
 */
@NullMarked
package dev.remora.torture;

import org.jspecify.annotations.NullMarked;
