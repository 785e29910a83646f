package dev.remora.agent;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The agent as its users run it: a process, its output and its exit code. */
final class AgentProcess implements AutoCloseable {
  /** Quick to start: it never runs long. */
  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          // The JVM would say that the archive is of no full use with the next flag.
          "-Xlog:cds=off",
          "--enable-native-access=ALL-UNNAMED");

  private final Process process;
  private final Path log;

  /** Made at the first use, since it costs a start. */
  private static final class Holder {
    private static final List<String> COMMAND = command();
  }

  private AgentProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** What starts it, without the tests' own log settings. */
  private static List<String> command() {
    List<String> program = List.of("-cp", ClassArchive.classPathOfJars(), Main.class.getName());
    List<String> command =
        new ArrayList<>(
            ClassArchive.train("agent", JAVA, program, AgentProcess::training, "not rendered"));
    command.addAll(program);
    return List.copyOf(command);
  }

  /** Meets what most of the agent does, but for a registry that answers. */
  private static List<String> training(Path directory) throws IOException {
    Path config = directory.resolve("agent.yaml");
    Files.writeString(directory.resolve("t.peb"), "{{ key('/x') }}");
    Files.writeString(
        config,
        """
        node: n1
        registry: {endpoints: ['http://127.0.0.1:1']}
        data_dir: state
        listen: 127.0.0.1:0
        services: [{name: web, port: 80}]
        templates: [{source: t.peb, destination: out.conf, reload: {command: ['true']}}]
        """);
    return List.of("--config", config.toString());
  }

  static AgentProcess start(Path directory, String... arguments) throws IOException {
    return startBy(List.of(), directory, arguments);
  }

  /** Starts it by another program, which is given its command. */
  static AgentProcess startBy(List<String> by, Path directory, String... arguments)
      throws IOException {
    Path log = Files.createTempFile(directory, "agent", ".log");
    List<String> command = new ArrayList<>(by);
    command.addAll(Holder.COMMAND);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new AgentProcess(process, log);
  }

  /** Starts a daemon and waits until it says that it is ready. */
  static AgentProcess ready(Path directory, Path config) throws IOException {
    AgentProcess agent = start(directory, "--config", config.toString());
    agent.awaitLine("agent ready");
    return agent;
  }

  void awaitLine(String part) {
    await()
        .atMost(Duration.ofSeconds(30))
        .failFast("the agent ended early: " + part, () -> !process.isAlive())
        .until(() -> output().contains(part));
  }

  String output() throws IOException {
    return Files.readString(log);
  }

  long linesWith(String part) throws IOException {
    return output().lines().filter(line -> line.contains(part)).count();
  }

  /** When the first line with each of these words was logged. */
  List<String> times(String... parts) throws IOException {
    List<String> times = new ArrayList<>();
    for (String part : parts) {
      output()
          .lines()
          .filter(line -> line.contains(part))
          .findFirst()
          .ifPresent(line -> times.add(line.substring(0, line.indexOf(' '))));
    }
    return times;
  }

  /** Sends SIGTERM and returns the exit code. */
  int stop() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the agent does not end");
    }
    return process.exitValue();
  }

  /** The id of the agent, where it was started by another program that stays. */
  long onlyChild() {
    return process.children().findFirst().orElseThrow().pid();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Sends a signal by name, such as STOP. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
