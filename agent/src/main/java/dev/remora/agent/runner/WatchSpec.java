package dev.remora.agent.runner;

import java.util.List;

/**
 * A command that is told of changes.
 *
 * @param prefix what the watched keys begin with, without {@code registry.prefix}
 * @param command program and arguments; it reads the changed keys as JSON lines on standard input
 */
public record WatchSpec(String prefix, List<String> command) {
  public WatchSpec {
    command = List.copyOf(command);
  }
}
