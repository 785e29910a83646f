/**
 * What watches over the member ask: is it alive, is it ready, which version is it, how does it do.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.health.HealthRoute} and {@link
 * dev.remora.server.health.VersionRoute}, one of each for an event loop.
 *
 * <p><b>Decided here</b>: alive means that the event loop answers; healthy and ready mean that a
 * linearizable read comes back in time. A service manager is told, not answered.
 */
@NullMarked
package dev.remora.server.health;

import org.jspecify.annotations.NullMarked;
