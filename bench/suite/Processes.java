import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts processes, and ends with all of them. Any thread. */
final class Processes implements AutoCloseable {
  private final Path directory;
  private final List<Process> started = new ArrayList<>();
  private boolean isClosed;

  /**
   * Starts nothing yet.
   *
   * @param directory which all are started in
   */
  Processes(Path directory) {
    this.directory = directory;
  }

  /**
   * Starts one that goes on.
   *
   * @param readyWords what it says once it serves
   */
  Child start(String name, String readyWords, List<String> command) throws IOException {
    long startedNanos = System.nanoTime();
    return new Child(name, start(command), readyWords, startedNanos);
  }

  /**
   * Runs one to its end.
   *
   * @return all it says
   * @throws IOException if it fails
   */
  String run(List<String> command) throws IOException, InterruptedException {
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit + ":\n" + said);
    }
    return said;
  }

  private synchronized Process start(List<String> command) throws IOException {
    if (isClosed) {
      throw new IOException("the suite ends");
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // The members are given all they need; what the shell has of these would be taken for theirs.
    builder.environment().keySet().removeIf(key -> key.matches("(ETCD|REMORA)_.*"));
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    started.removeIf(earlier -> !earlier.isAlive());
    started.add(process);
    return process;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Ends all by SIGKILL; none is started any more. */
  @Override
  public synchronized void close() {
    isClosed = true;
    started.forEach(Process::destroyForcibly);
    started.forEach(process -> process.onExit().join());
  }
}
