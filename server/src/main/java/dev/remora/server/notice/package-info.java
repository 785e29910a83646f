/**
 * Log lines that somebody outside can cause.
 *
 * <p><b>Decided here</b>: how many of a kind are written, so that nobody fills the disk with them.
 * That each stays one line is the business of the log's pattern.
 */
@NullMarked
package dev.remora.server.notice;

import org.jspecify.annotations.NullMarked;
