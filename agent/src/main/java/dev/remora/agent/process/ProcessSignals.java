package dev.remora.agent.process;

import dev.remora.agent.runner.ReloadSpec;
import dev.remora.agent.runner.SignalName;
import dev.remora.agent.runner.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Signals to processes of this host, or of this PID namespace. One is only sent to a process that
 * is the one that is meant: ids are used again.
 */
public final class ProcessSignals implements Signals {
  private static final Path PROC = Path.of("/proc");
  private static final int PID_FILE_BYTES_MAX = 64;

  /** Between the start of a process, as the kernel rounds it, and the writing of its id. */
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  @Override
  public void send(ReloadSpec.Target target, String signal) throws IOException {
    int number =
        SignalName.number(signal).orElseThrow(() -> new IOException("no signal " + signal));
    switch (target) {
      case ReloadSpec.Target.PidFile(Path file) -> {
        long pid = pid(file);
        Instant written = Files.getLastModifiedTime(file).toInstant();
        NativeCalls.signal(pid, number, () -> checkAge(pid, file, written));
      }
      case ReloadSpec.Target.Named(String name) -> {
        long pid = named(name);
        NativeCalls.signal(pid, number, () -> checkName(pid, name));
      }
    }
  }

  private static long pid(Path file) throws IOException {
    String text;
    try {
      if (Files.size(file) > PID_FILE_BYTES_MAX) {
        throw new IOException(file + " is no pid file: it is too long");
      }
      text = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      throw new IOException("there is no pid file " + file + ": is the program running?", e);
    }
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new IOException(file + " is no pid file: it holds no process id");
    }
    return Long.parseLong(text);
  }

  /** A process that began after its id was written is another one that was given the same id. */
  private static void checkAge(long pid, Path file, Instant written) throws IOException {
    Optional<Instant> began = ProcessHandle.of(pid).flatMap(each -> each.info().startInstant());
    if (began.isEmpty()) {
      throw new IOException("there is no process " + pid + ", which " + file + " names");
    }
    if (began.get().isAfter(written.plus(ROUNDING))) {
      throw new IOException(
          "process " + pid + " is younger than " + file + ", which names it: it is another one");
    }
  }

  private static void checkName(long pid, String name) throws IOException {
    if (!isCalled(PROC.resolve(Long.toString(pid)), name)) {
      throw new IOException("there is no process called " + name);
    }
  }

  /** The only process of a name whose parent is not of that name. */
  private static long named(String name) throws IOException {
    TreeMap<Long, Long> parents = new TreeMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != ProcessHandle.current().pid() && isCalled(process, name)) {
          parents.put(pid, parent(process));
        }
      }
    }
    var heads = parents.keySet().stream().filter(pid -> !parents.containsKey(parents.get(pid)));
    var found = heads.toList();
    if (found.size() != 1) {
      throw new IOException(
          found.isEmpty()
              ? "there is no process called " + name
              : found.size() + " processes are called " + name + ": name a pid_file");
    }
    return found.getFirst();
  }

  /** By its own name, which the kernel cuts, or by that of its executable. */
  private static boolean isCalled(Path process, String name) {
    try {
      String[] fields = stat(process);
      if (fields[0].equals("Z")) {
        return false;
      }
      if (Files.readString(process.resolve("comm"), StandardCharsets.UTF_8).strip().equals(name)) {
        return true;
      }
      Path executable = Files.readSymbolicLink(process.resolve("exe")).getFileName();
      return executable != null && executable.toString().equals(name);
    } catch (IOException _) {
      return false; // It is gone, or of another user.
    }
  }

  private static long parent(Path process) {
    try {
      return Long.parseLong(stat(process)[1]);
    } catch (IOException _) {
      return 0; // It is gone.
    }
  }

  private static String[] stat(Path process) throws IOException {
    String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3);
  }
}
