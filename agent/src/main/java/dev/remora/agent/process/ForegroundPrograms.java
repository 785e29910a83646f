package dev.remora.agent.process;

import dev.remora.agent.runner.Programs;
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

  @Override
  public Running start(List<String> arguments, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = Launch.of(arguments).inheritIO();
    builder.environment().putAll(environment);
    return new Started(builder.start());
  }

  private record Started(Process process) implements Running {
    @Override
    public CompletionStage<Integer> exit() {
      return process.onExit().thenApply(Process::exitValue);
    }

    @Override
    public CompletionStage<Integer> stop() {
      CompletableFuture<Integer> stopped = new CompletableFuture<>();
      Thread.ofVirtual().name("stop").start(() -> stop(stopped));
      return stopped;
    }

    private void stop(CompletableFuture<Integer> stopped) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      try {
        if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          ProcessTree.kill(process);
        }
        stopped.complete(process.waitFor());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        ProcessTree.kill(process);
        stopped.completeExceptionally(e);
      }
    }
  }
}
