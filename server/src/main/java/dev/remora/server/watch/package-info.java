/**
 * Which change goes to which watcher.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.watch.WatchHub}: one for each event loop that serves
 * watchers, told of each published state.
 *
 * <p><b>The idea</b>: a watcher is a place in the history, not a queue. Watchers that have seen all
 * are found by what they watch when something changes; one whose connection cannot take more falls
 * behind, and later reads on from the history. So a slow reader costs nothing, loses nothing, and
 * is told so if compaction overtakes it.
 *
 * <p><b>Promises</b>: to each watcher, changes in the order of revisions, all that match of one
 * revision together, none twice, none missing.
 *
 * <p><b>Inside</b> there is no clock, no thread and no socket; each hub belongs to one loop.
 */
@NullMarked
package dev.remora.server.watch;

import org.jspecify.annotations.NullMarked;
