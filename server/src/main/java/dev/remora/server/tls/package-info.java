/**
 * Certificates: what this server shows, and whom it believes.
 *
 * <p><b>Decided here</b>: which versions and ciphers are spoken, which certificates of others are
 * let in at which port, and when files are read again. A broken file never replaces a good one.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.tls.PortTls}, one for the clients' port and one for
 * that of other members.
 *
 * <p><b>Never</b> does a private key, or a part of one, get into a message or the log.
 */
@NullMarked
package dev.remora.server.tls;

import org.jspecify.annotations.NullMarked;
