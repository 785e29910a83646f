package dev.remora.agent.render;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a group across a restart: hashes (SHA-256, lower-case hex) of whole
 * contents. While written and acknowledged differ a reload is owed.
 *
 * @param desired the last content that passed its check, or null if there was none yet
 * @param written the content at the destination, or about to be put there: it is recorded before
 *     the rename, so that a crash after the rename cannot hide the reload
 * @param acknowledged the content of the last reload that succeeded, or null if it is unknown or
 *     the destination has changed since
 * @param quarantined the content that is not to be tried again, since the program did not work with
 *     it or a person took it back; null if there is none
 */
public record Ledger(
    @Nullable String desired,
    @Nullable String written,
    @Nullable String acknowledged,
    @Nullable String quarantined) {
  /** Nothing is known: a ledger that was lost or damaged. Whatever is rendered will be reloaded. */
  public static final Ledger UNKNOWN = new Ledger(null, null, null);

  /** Makes one with nothing in quarantine. */
  public Ledger(@Nullable String desired, @Nullable String written, @Nullable String acknowledged) {
    this(desired, written, acknowledged, null);
  }

  /** Whether the program may run with something else than what lies at the destination. */
  public boolean isReloadOwed() {
    return written != null && !written.equals(acknowledged);
  }

  /** Whether an earlier version is in the place of the desired one. */
  boolean isReturned() {
    return quarantined != null && !quarantined.equals(written);
  }

  /** This one, with nothing in quarantine. */
  public Ledger released() {
    return new Ledger(desired, written, acknowledged);
  }
}
