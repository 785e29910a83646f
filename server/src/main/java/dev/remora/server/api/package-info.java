/**
 * The doors: etcd's v2 HTTP API, its v3 JSON API, and what both share.
 *
 * <p><b>Decided here</b>: how a request is decoded, what is refused before anything is proposed,
 * and how an answer is written, in etcd's own words. Nothing is decided about data: that is {@code
 * apply}'s.
 *
 * <p><b>Threads</b>: each listener belongs to one event loop and asks the replica through a {@link
 * dev.remora.server.replica.Door}. Reads take a published state and never touch the replica's loop.
 */
@NullMarked
package dev.remora.server.api;

import org.jspecify.annotations.NullMarked;
