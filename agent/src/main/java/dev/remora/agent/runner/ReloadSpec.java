package dev.remora.agent.runner;

import dev.remora.agent.service.Probe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One way to tell a program that its files are different. */
public sealed interface ReloadSpec {
  /** A program that is run to its end. */
  record Command(List<String> command, Duration timeout) implements ReloadSpec {
    public Command {
      command = List.copyOf(command);
    }
  }

  /** A request that must be answered as is expected. */
  record Http(Probe.Http request, Duration timeout) implements ReloadSpec {}

  /** A signal to another process, by name such as {@code HUP}. */
  record Signal(Target target, String signal) implements ReloadSpec {}

  /**
   * The supervised program.
   *
   * @param isRestart whether it is stopped and started, instead of sent its reload signal
   */
  record Child(boolean isRestart) implements ReloadSpec {}

  /** Whom a signal is for. */
  sealed interface Target {
    /** The process whose id is in a file, if it is as old as the file. */
    record PidFile(Path file) implements Target {}

    /** The process of this name; of several, the one that is the parent of the others. */
    record Named(String name) implements Target {}
  }
}
