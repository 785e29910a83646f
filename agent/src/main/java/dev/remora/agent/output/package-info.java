/**
 * Output: files of the agent on disk.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.output.Destinations} for rendered files, {@link
 * dev.remora.agent.output.LedgerFiles} for what is remembered of them, {@link
 * dev.remora.agent.output.TemplateDirectory} for templates, and {@link
 * dev.remora.agent.output.UnifiedDiff} to show a change.
 *
 * <p><b>Promised:</b> a destination has its old content or its new one, whole, at every moment,
 * also after a crash; the one exception is a file that is a mount of its own, which no rename can
 * replace. A staged file is readable by its owner only until it has its final mode.
 *
 * <p>Every method blocks. Failures are {@link java.io.IOException}s whose message says what to do
 * and holds no content.
 */
@NullMarked
package dev.remora.agent.output;

import org.jspecify.annotations.NullMarked;
