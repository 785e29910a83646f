/**
 * The keyspace: keys and their history by revision.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.mvcc.Keyspace} to read, from any thread, and by
 * {@link dev.remora.server.mvcc.KeyspaceWriter} to write, from one.
 *
 * <p><b>Inside</b> everything that is published is immutable. The newest version of each key stands
 * in a persistent {@link dev.remora.server.mvcc.SortedTree}; every change since the last compaction
 * stands in {@link dev.remora.server.mvcc.History}, in the order of revisions. A version names its
 * predecessor by its place in the history, never by reference, so that dropping history frees it.
 *
 * <p><b>The caller owes</b>: one writer; revisions in order; a change outside of a revision is a
 * bug.
 *
 * <p><b>Words</b>: revision, create and mod revision, version, compact, tombstone are etcd's.
 */
@NullMarked
package dev.remora.server.mvcc;

import org.jspecify.annotations.NullMarked;
