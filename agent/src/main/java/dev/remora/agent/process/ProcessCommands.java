package dev.remora.agent.process;

import dev.remora.agent.runner.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs, each in a session of its own ({@code setsid}), on virtual threads.
 *
 * <p>They inherit the agent's environment, less the agent's own {@code REMORA_…} settings.
 */
public final class ProcessCommands implements Commands {
  private static final long OUTPUT_MILLIS_MAX = 500;

  private final boolean isShown;
  private final OwnProcesses own;

  /** Keeps what the programs print for the error line. */
  public ProcessCommands() {
    this(new OwnProcesses());
  }

  /** As the other, and tells of what it starts. */
  public ProcessCommands(OwnProcesses own) {
    this(false, own);
  }

  private ProcessCommands(boolean isShown, OwnProcesses own) {
    this.isShown = isShown;
    this.own = own;
  }

  /** Lets the programs print to where the agent prints. */
  public static ProcessCommands shown() {
    return new ProcessCommands(true, new OwnProcesses());
  }

  @Override
  public CompletionStage<Result> run(Command command) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    Thread.ofVirtual().name("command").start(() -> complete(result, command));
    return result;
  }

  private void complete(CompletableFuture<Result> result, Command command) {
    try {
      result.complete(runToEnd(command));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.complete(new Result.NotStarted("the agent is stopping"));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private Result runToEnd(Command command) throws InterruptedException {
    if (command.arguments().isEmpty()) {
      return new Result.NotStarted("the command is empty");
    }
    Process process;
    try {
      process = start(command.arguments());
    } catch (IOException e) {
      return new Result.NotStarted(String.valueOf(e.getMessage()));
    }
    Tail tail = new Tail();
    Thread reader = Thread.ofVirtual().start(() -> drain(process, tail));
    Thread.ofVirtual().start(() -> feed(process, command.standardInput()));
    boolean hasEnded = process.waitFor(command.timeout().toMillis(), TimeUnit.MILLISECONDS);
    if (!hasEnded) {
      ProcessTree.kill(process);
    }
    // A daemon that the program left behind may hold the pipe open for ever.
    reader.join(OUTPUT_MILLIS_MAX);
    return hasEnded
        ? new Result.Exited(process.exitValue(), tail.text())
        : new Result.TimedOut(tail.text());
  }

  private Process start(List<String> arguments) throws IOException {
    ProcessBuilder builder = Launch.of(arguments);
    if (isShown) {
      builder.redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT);
    } else {
      builder.redirectErrorStream(true);
    }
    return own.start(builder);
  }

  private static void drain(Process process, Tail tail) {
    try {
      tail.drain(process.getInputStream());
    } catch (IOException e) {
      // The pipe broke as the program was killed: what has arrived is what there is.
    }
  }

  private static void feed(Process process, String text) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The program ended, or closed its input, before it had read everything: its right.
    }
  }
}
