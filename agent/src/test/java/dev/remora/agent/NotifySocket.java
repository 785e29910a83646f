package dev.remora.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;

/** A socket as systemd has one for what its services tell it; another program reads from it. */
public final class NotifySocket implements AutoCloseable {
  private static final String RECEIVER =
      """
      import socket, sys
      address = sys.argv[1]
      if address.startswith("@"):
          address = "\\0" + address[1:]
      receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      receiver.bind(address)
      print("bound", flush=True)
      while True:
          print(receiver.recv(4096).decode().replace("\\n", "|"), flush=True)
      """;

  private final Process process;
  private final List<String> received = new CopyOnWriteArrayList<>();

  private NotifySocket(Process process) {
    this.process = process;
  }

  /** Whether the program that it takes is there. */
  public static boolean canBe() {
    try {
      return new ProcessBuilder("python3", "-c", "pass").start().waitFor() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One at an address as in {@code NOTIFY_SOCKET}. */
  public static NotifySocket at(String address) throws IOException {
    Process process =
        new ProcessBuilder("python3", "-c", RECEIVER, address)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    NotifySocket socket = new NotifySocket(process);
    Thread.ofPlatform().daemon().start(socket::read);
    socket.await("bound");
    socket.received.removeFirst();
    return socket;
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(received::add);
    } catch (IOException | UncheckedIOException _) {
      // It was closed.
    }
  }

  /** Waits until something with these words has arrived. */
  public void await(String words) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> received.stream().anyMatch(each -> each.contains(words)));
  }

  /** All that has arrived, line breaks shown as bars. */
  public List<String> received() {
    return List.copyOf(received);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
