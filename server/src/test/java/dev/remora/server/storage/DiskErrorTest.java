package dev.remora.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.replica.Recovered;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each single operation on the disk fails once, in a life with everything in it. */
final class DiskErrorTest {
  private static final Set<SimDisk.Operation> CHANGING =
      EnumSet.of(
          SimDisk.Operation.WRITE,
          SimDisk.Operation.FORCE,
          SimDisk.Operation.RENAME,
          SimDisk.Operation.DELETE,
          SimDisk.Operation.FORCE_DIRECTORY);

  @Test
  void afterAnErrorOfTheLogItselfNothingIsWrittenOrAcknowledgedAndARestartTellsTheTruth()
      throws Exception {
    int tried = 0;
    for (boolean hasFailed = true; hasFailed; tried++) {
      SimDisk disk = new SimDisk(new Random(tried));
      SimulatedLog log = new SimulatedLog(disk);
      Failure failure = new Failure(false, tried);
      disk.inject(failure);

      log.live();

      hasFailed = failure.hasFailed();
      if (hasFailed) {
        assertThat(log.events().all())
            .as("operation %d", tried)
            .containsExactly("failed: Input/output error");
        assertThat(failure.writesAfter()).as("operation %d", tried).isEmpty();
      }
      disk.inject((_, _) -> null);
      disk.restartProcess();
      Recovered afterKill = SimulatedLog.recover(disk);
      disk.losePower();
      assertThat(log.allowed()).as("operation %d", tried).contains(afterKill);
      assertThat(SimulatedLog.recover(disk)).as("operation %d", tried).isEqualTo(afterKill);
    }
    assertThat(tried).as("operations that failed").isGreaterThan(60);
  }

  @Test
  void anErrorWhileASegmentIsMadeAheadIsToldAndTheNextAttemptSucceeds() throws Exception {
    int tried = 0;
    for (boolean hasFailed = true; hasFailed; tried++) {
      SimDisk disk = new SimDisk(new Random(tried));
      SimulatedLog log = new SimulatedLog(disk);
      Failure failure = new Failure(true, tried);
      disk.inject(failure);

      log.live();
      log.threads().advance(Duration.ofSeconds(1));
      log.run();

      hasFailed = failure.hasFailed();
      if (hasFailed) {
        assertThat(log.events().all())
            .as("operation %d", tried)
            .containsExactly(
                "exhausted: cannot make room for the log: Input/output error", "regained");
      }
      disk.inject((_, _) -> null);
      assertThat(log.allowed()).as("operation %d: all is acknowledged", tried).hasSize(1);
      disk.losePower();
      assertThat(SimulatedLog.recover(disk))
          .as("operation %d", tried)
          .isEqualTo(log.acknowledged());
    }
    assertThat(tried).as("operations that failed").isGreaterThan(10);
  }

  /** Lets one operation fail, of those that the log does, or of those that make a segment ahead. */
  private static final class Failure implements SimDisk.Fault {
    private final boolean isOfPreparation;
    private final int failing;
    private final List<String> writesAfter = new ArrayList<>();
    private int operations;
    private String lastNamed = "";

    Failure(boolean isOfPreparation, int failing) {
      this.isOfPreparation = isOfPreparation;
      this.failing = failing;
    }

    @Override
    public @Nullable IOException on(SimDisk.Operation operation, Path path) {
      String name = path.toString();
      if (operation == SimDisk.Operation.RENAME || operation == SimDisk.Operation.DELETE) {
        lastNamed = name;
      }
      if (!CHANGING.contains(operation) || isOfPreparation(operation, name) != isOfPreparation) {
        return null;
      }
      if (hasFailed() && operation != SimDisk.Operation.DELETE) {
        writesAfter.add(operation + " " + name);
      }
      return operations++ == failing ? new IOException("Input/output error") : null;
    }

    private boolean isOfPreparation(SimDisk.Operation operation, String name) {
      return switch (operation) {
        case FORCE_DIRECTORY -> lastNamed.endsWith(".prepared");
        case RENAME -> name.endsWith(".prepared");
        default -> name.endsWith(".tmp");
      };
    }

    boolean hasFailed() {
      return operations > failing;
    }

    /** What was attempted later, but for removing what is not needed. */
    List<String> writesAfter() {
      return writesAfter;
    }
  }
}
