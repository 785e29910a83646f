/**
 * Runs the scripts of etcd's raft library against our core: the same commands must print the same
 * Readies and messages. The scripts are not ours and not part of the project.
 */
@NullMarked
package dev.remora.server.raft.script;

import org.jspecify.annotations.NullMarked;
