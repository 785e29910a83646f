package dev.remora.torture.nemesis;

import dev.remora.torture.cluster.Cluster;
import dev.remora.torture.cluster.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * fsync fails at one member, by strace (row 26). It must end at once: after a failed fsync the
 * kernel may have dropped the pages, so nobody may try again and acknowledge.
 */
final class SyncError implements Fault {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Override
  public boolean isPossible(Cluster cluster) {
    return System.getProperty("user.name").equals("root")
        && Files.isExecutable(Path.of("/usr/bin/strace"));
  }

  @Override
  public Blow strike(Cluster cluster, Random random) {
    Victims victims = Victims.one(cluster, random);
    Member member = victims.members().getFirst();
    member.expectEnd();
    Process strace = strace(member);
    boolean hasEnded = member.awaitExit(PATIENCE).isPresent();
    strace.destroy();
    if (!hasEnded) {
      member.kill();
    }
    return new Blow(
        victims.label(),
        hasEnded ? List.of() : List.of(victims.label() + " lives on after a failed fsync"),
        member::start);
  }

  private static Process strace(Member member) {
    try {
      return new ProcessBuilder(
              "strace",
              "-f",
              "-qq",
              "-o",
              "/dev/null",
              "-p",
              Long.toString(member.pids().getFirst()),
              "-e",
              "trace=fdatasync,fsync",
              "-e",
              "inject=fdatasync,fsync:error=EIO")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
