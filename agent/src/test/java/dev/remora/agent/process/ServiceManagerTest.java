package dev.remora.agent.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.agent.NotifySocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceManagerTest {
  @TempDir private Path directory;

  @BeforeAll
  static void needsReceiver() {
    assumeTrue(NotifySocket.canBe(), "needs python3: Java cannot receive at such a socket");
  }

  @Test
  void whatIsToldArrivesAtASocketWithAPath() throws Exception {
    arrivesAt(directory.resolve("notify").toString());
  }

  @Test
  void whatIsToldArrivesAtAnAbstractSocket() throws Exception {
    arrivesAt("@" + directory.resolve("notify"));
  }

  private static void arrivesAt(String address) throws Exception {
    try (NotifySocket socket = NotifySocket.at(address)) {
      ServiceManager manager = new ServiceManager(Optional.of(address));

      manager.tellReady();
      long before = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
      manager.tellReloading();
      manager.tellStopping();

      socket.await("STOPPING=1");
      assertThat(socket.received()).hasSize(3);
      assertThat(socket.received().getFirst()).isEqualTo("READY=1");
      String reloading = socket.received().get(1);
      assertThat(reloading).matches("RELOADING=1\\|MONOTONIC_USEC=\\d+");
      assertThat(Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1)))
          .isBetween(before, TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }
  }

  @Test
  void nobodyToTellIsNoFailure() {
    for (String address :
        new String[] {"", "/nowhere/notify", "vsock:2:1", "@" + "x".repeat(108)}) {
      assertThatCode(() -> new ServiceManager(Optional.of(address)).tellReady())
          .as(address)
          .doesNotThrowAnyException();
    }
    assertThatCode(() -> new ServiceManager(Optional.empty()).tellReady())
        .doesNotThrowAnyException();
  }
}
