package dev.remora.agent.render;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a group across a restart: three hashes (SHA-256, lower-case hex). While
 * written and acknowledged differ a reload is owed.
 *
 * @param desired the last content that passed its check, or null if there was none yet
 * @param written the content at the destination, or about to be renamed there: it is recorded
 *     before the rename, so that a crash after the rename cannot hide the reload
 * @param acknowledged the content of the last reload that succeeded, or null if it is unknown or
 *     the destination has changed since
 */
public record Ledger(
    @Nullable String desired, @Nullable String written, @Nullable String acknowledged) {
  /** Nothing is known: a ledger that was lost or damaged. Whatever is rendered will be reloaded. */
  public static final Ledger UNKNOWN = new Ledger(null, null, null);

  /** Whether the program may run with something else than what lies at the destination. */
  public boolean isReloadOwed() {
    return written != null && !written.equals(acknowledged);
  }
}
