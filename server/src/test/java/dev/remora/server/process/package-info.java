/**
 * The server as a process: started from the built classes, killed, stopped, started wrongly.
 *
 * <p><b>Enter by</b> {@link dev.remora.server.process.ServerProcess} for ours and {@link
 * dev.remora.server.process.EtcdProcess} for Debian's etcd 3.4, the reference. Both are ready when
 * {@code start} returns, since it waits for the line that says so, and both end with the test.
 *
 * <p><b>Inside</b> there is no fixed sleep, and every port is a free one of 127.0.0.1.
 */
@NullMarked
package dev.remora.server.process;

import org.jspecify.annotations.NullMarked;
