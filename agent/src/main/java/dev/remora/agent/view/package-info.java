/**
 * The view: what we know of the registry, and at which revision.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.view.View}. It holds a set of ranges; each is loaded
 * once at a revision and then follows the watch from the next one. What was good last stays
 * readable, whatever breaks.
 *
 * <p><b>Inside</b> there is no socket, clock or thread. Answers and watch messages are given in,
 * changes and resume points come out.
 *
 * <p><b>The caller owes</b> two things: call from one thread; hand in a watch message whole, since
 * the registry never splits a revision over two messages of one watch.
 *
 * <p><b>Words</b> follow etcd: revision, range, watch, compaction. A <i>range</i> is one key or all
 * keys that start with a prefix.
 */
@NullMarked
package dev.remora.agent.view;

import org.jspecify.annotations.NullMarked;
