/**
 * The v2 API as a client sees it: scenarios of requests and exact answers, run over plain sockets.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.conformance.V2ConformanceTest}. The scenarios lie in
 * {@code v2/cases.json}; every one of them holds on etcd 3.4. Those our server does not owe yet
 * stand in {@code v2/pending.txt}, by name and with the reason.
 *
 * <p><b>Against another server</b>: {@code -Dconformance.url=http://127.0.0.1:2379}; several URLs,
 * parted by commas, are the members of one cluster. Then nothing is pending, and {@link
 * dev.remora.server.conformance.FalsifiedScenariosTest} shows that no expectation is idle.
 *
 * <p><b>The caller owes</b> a server that nobody else writes to: indexes are compared exactly.
 */
@NullMarked
package dev.remora.server.conformance;

import org.jspecify.annotations.NullMarked;
