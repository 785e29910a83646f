/**
 * What each member has told its watchers, from the first change on.
 *
 * <p><b>Enter by</b> {@link dev.remora.torture.watch.Watchers}. A watcher stays with its member,
 * and after every break goes on behind the last change it saw.
 */
@NullMarked
package dev.remora.torture.watch;

import org.jspecify.annotations.NullMarked;
