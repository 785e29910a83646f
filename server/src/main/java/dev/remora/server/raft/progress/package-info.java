/**
 * What a leader knows of every member: how far its log agrees, what is under way to it.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.raft.progress.Tracker}. Nothing here sends; it only
 * remembers what was sent and answered.
 */
@NullMarked
package dev.remora.server.raft.progress;

import org.jspecify.annotations.NullMarked;
