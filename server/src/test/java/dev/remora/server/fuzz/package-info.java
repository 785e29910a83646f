/**
 * The v2 door against etcd's: random requests over the whole of {@code /v2/keys}, each sent to a
 * fresh etcd and a fresh server of ours, and both answers compared.
 *
 * <p><b>Enter by</b> {@code KeysFuzzTest}. {@code -Dfuzz.minutes=N} runs on for that long, with new
 * seeds; {@code -Dfuzz.seed=S} runs one seed again, {@code -Dfuzz.requests=N} as long as that.
 *
 * <p><b>Indexes are compared as they are</b>: before the first request both stores are brought to
 * one index, so one request is the same bytes for both, and one index too many is a difference.
 *
 * <p><b>What may differ</b> stands in {@code fuzz/known-differences.json} with its reason, and
 * nowhere else, but for what no two servers have in common: ids, dates, the order of children that
 * was not asked for.
 */
@NullMarked
package dev.remora.server.fuzz;

import org.jspecify.annotations.NullMarked;
