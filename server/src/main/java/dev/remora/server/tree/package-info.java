/**
 * The v2 view of the keyspace: paths, directories, nodes with a time to live, in-order keys.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.tree.TreeView} to read, {@link
 * dev.remora.server.tree.TreeWriter} to write, {@link dev.remora.server.tree.TreeEvent} for what v2
 * watchers are told.
 *
 * <p><b>Decided here</b>: the path {@code /a/b} is the key {@code /a/b}; v2 sees keys that start
 * with a slash and have no empty, {@code .} or {@code ..} segment and no final slash. Directories
 * stand in an overlay beside the keyspace. A directory that is not in the overlay is implied by
 * what lies below it. A directory hides a key of the same name.
 *
 * <p><b>Inside</b> there is no clock: an expiration is a number, and what has run out is told by a
 * cutoff that came through the log.
 *
 * <p><b>Source</b>: the store of etcd's v2 API as it behaves in 3.4.
 */
@NullMarked
package dev.remora.server.tree;

import org.jspecify.annotations.NullMarked;
