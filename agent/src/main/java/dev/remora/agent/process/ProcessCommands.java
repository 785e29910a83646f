package dev.remora.agent.process;

import dev.remora.agent.runner.Commands;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs, each in a session of its own ({@code setsid}), on virtual threads.
 *
 * <p>They inherit the agent's environment, less the agent's own {@code REMORA_…} settings.
 */
public final class ProcessCommands implements Commands {
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final String OWN_SETTINGS = "REMORA_";
  private static final long OUTPUT_MILLIS_MAX = 500;

  @Override
  public CompletionStage<Result> run(Command command) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    Thread.ofVirtual().name("command").start(() -> complete(result, command));
    return result;
  }

  private static void complete(CompletableFuture<Result> result, Command command) {
    try {
      result.complete(runToEnd(command));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.complete(new Result.NotStarted("the agent is stopping"));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  private static Result runToEnd(Command command) throws InterruptedException {
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

  private static Process start(List<String> arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder().redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith(OWN_SETTINGS));
    String program = arguments.getFirst();
    Path executable = executable(program, builder.environment().get("PATH")).orElse(null);
    if (executable == null) {
      throw new IOException(program + ": no such program, or not executable");
    }
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      words.add(SETSID.toString());
    }
    words.add(executable.toString());
    words.addAll(arguments.subList(1, arguments.size()));
    return builder.command(words).start();
  }

  /** Looked for here, since {@code setsid} would only report a missing program by exit code. */
  private static Optional<Path> executable(
      String program, @org.jspecify.annotations.Nullable String searchPath) {
    if (program.isEmpty() || program.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    List<Path> candidates = new ArrayList<>();
    if (program.indexOf('/') >= 0) {
      candidates.add(Path.of(program));
    } else {
      for (String directory : (searchPath == null ? "/usr/bin:/bin" : searchPath).split(":", -1)) {
        candidates.add(Path.of(directory, program));
      }
    }
    return candidates.stream()
        .filter(path -> Files.isRegularFile(path) && Files.isExecutable(path))
        .findFirst();
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
