package dev.remora.server.raft.script;

/** Runs the commands of one file, in order. */
interface Interpreter {
  /** What the command prints. */
  String run(Directive directive);
}
