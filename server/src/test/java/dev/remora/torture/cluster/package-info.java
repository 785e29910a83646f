/**
 * Real server processes: started, stopped, killed and robbed of their disk.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.cluster.Cluster}.
 *
 * <p>Whatever was started ends with this JVM, also when a test fails.
 */
@NullMarked
package dev.remora.torture.cluster;

import org.jspecify.annotations.NullMarked;
