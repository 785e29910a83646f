/**
 * Templates: text and values in, text out, or file:line:column and why not.
 *
 * <p><b>Enter by</b> {@link dev.remora.agent.template.Templates#render}.
 *
 * <p><b>Inside</b> there is no file, no clock and no process. What a template may read comes
 * through {@link dev.remora.agent.template.Values} (one revision of the registry) and {@link
 * dev.remora.agent.template.TemplateFiles} (its own directory), and what it read is part of the
 * result. A template sees maps, lists, strings, numbers and booleans only, and can call no Java
 * method. Endless or explosive work ends at a bound of {@link dev.remora.agent.template.Limits}.
 *
 * <p><b>The caller owes</b> one thing: one evaluation at a time.
 *
 * <p><b>Words</b> are Pebble's and Jinja's: template, tag, filter, function, macro, include.
 */
@NullMarked
package dev.remora.agent.template;

import org.jspecify.annotations.NullMarked;
