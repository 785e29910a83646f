/**
 * Whether what the clients saw could have been one store that never failed.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.check.Checks}. Each check looks at the whole run,
 * and says nothing if all is well. Two of them judge linearizability and know nothing of each
 * other: one searches for an order, the other takes the order of the indexes.
 */
@NullMarked
package dev.remora.torture.check;

import org.jspecify.annotations.NullMarked;
