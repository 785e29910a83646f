/**
 * What the clients do while the cluster is attacked.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.workload.Clients}. All keys of v2 are below {@link
 * dev.remora.torture.workload.Workload#FOLDER}, all of v3 begin with {@link
 * dev.remora.torture.workload.Workload#PREFIX}. No value is written twice, so that a value tells
 * whose write it was.
 */
@NullMarked
package dev.remora.torture.workload;

import org.jspecify.annotations.NullMarked;
