package dev.remora.torture.cluster;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which program the members run. Both take the same flags. */
public enum Kind {
  /** Debian's etcd 3.4, with the v2 API on. */
  ETCD {
    @Override
    List<String> program() {
      return List.of("etcd");
    }

    @Override
    List<String> ownFlags() {
      return List.of("--enable-v2=true");
    }

    @Override
    public boolean isPresent() {
      return Shell.has("etcd");
    }
  },

  /** Our server: {@code -Dtorture.jar}, else the classes under test. */
  REMORA {
    @Override
    List<String> program() {
      List<String> command = new ArrayList<>();
      command.add(ProcessHandle.current().info().command().orElseThrow());
      command.addAll(JVM_FLAGS);
      String jar = System.getProperty("torture.jar");
      if (jar == null) {
        command.addAll(List.of("-cp", classPath(), "dev.remora.server.Main"));
      } else {
        command.addAll(List.of("-jar", jar));
      }
      return command;
    }

    @Override
    List<String> ownFlags() {
      return List.of("--v2-history-window=1000000");
    }

    @Override
    public boolean isPresent() {
      return true;
    }
  };

  /** Small and quick to start: members are started by the dozen. */
  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xms32m",
          "-Xmx192m",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** The command line up to the flags that both take. */
  abstract List<String> program();

  /** Flags that the other would not need or not take. */
  abstract List<String> ownFlags();

  /** Whether it is installed. */
  public abstract boolean isPresent();

  /** What the tests run on, without the tests. */
  private static String classPath() {
    Path tests = Path.of("target", "test-classes").toAbsolutePath();
    return String.join(
        File.pathSeparator,
        List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).stream()
            .filter(entry -> !Path.of(entry).toAbsolutePath().equals(tests))
            .toList());
  }
}
