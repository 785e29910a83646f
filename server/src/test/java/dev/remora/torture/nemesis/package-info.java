/**
 * What is done to a cluster, and how it is undone.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.nemesis.Nemesis}, which strikes again and again; the
 * rows of the fault matrix that a fault makes are in its Javadoc.
 */
@NullMarked
package dev.remora.torture.nemesis;

import org.jspecify.annotations.NullMarked;
