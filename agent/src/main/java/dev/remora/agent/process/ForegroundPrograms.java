package dev.remora.agent.process;

import dev.remora.agent.runner.Programs;
import dev.remora.agent.runner.SignalName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Programs that read and print where the agent does. */
public final class ForegroundPrograms implements Programs {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final String TERMINATE = "TERM";

  private final OwnProcesses own;

  /** Makes one whose programs nobody else must know of. */
  public ForegroundPrograms() {
    this(new OwnProcesses());
  }

  /** Makes one that tells of what it starts. */
  public ForegroundPrograms(OwnProcesses own) {
    this.own = own;
  }

  @Override
  public Running start(List<String> arguments, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = Launch.of(arguments).inheritIO();
    builder.environment().putAll(environment);
    return new Started(own.start(builder));
  }

  private record Started(Process process) implements Running {
    @Override
    public CompletionStage<Integer> exit() {
      return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public CompletionStage<Integer> stop() {
      process.descendants().forEach(ProcessHandle::destroy);
      return stop(TERMINATE, GRACE);
    }

    @Override
    public CompletionStage<Integer> stop(String signal, Duration timeout) {
      CompletableFuture<Integer> stopped = new CompletableFuture<>();
      Thread.ofVirtual().name("stop").start(() -> stop(stopped, signal, timeout));
      return stopped;
    }

    private void stop(CompletableFuture<Integer> stopped, String signal, Duration timeout) {
      try {
        ask(signal);
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          ProcessTree.kill(process);
        }
        stopped.complete(process.waitFor());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ProcessTree.kill(process);
        stopped.completeExceptionally(e);
      }
    }

    /** The usual signal is one that Java knows. */
    private void ask(String signal) {
      if (signal.equals(TERMINATE)) {
        process.destroy();
        return;
      }
      try {
        signal(signal);
      } catch (IOException _) {
        process.destroy(); // It has ended, or will be asked in the usual way.
      }
    }

    @Override
    public void signal(String name) throws IOException {
      int number = SignalName.number(name).orElseThrow(() -> new IOException("no signal " + name));
      NativeCalls.signal(
          process.pid(),
          number,
          () -> {
            if (!process.isAlive()) {
              throw new IOException("the program has ended");
            }
          });
    }
  }
}
